using Sandpiper.Packaging.Metadata;
using Sandpiper.Packaging.Names;
using Sandpiper.Packaging.Requirements;
using Sandpiper.Packaging.Wheels;

namespace Sandpiper.Resolution;

/// <summary>METADATA of a release, and what follows from it for one interpreter; or why it rules the release out.</summary>
internal sealed class ReleaseMetadata
{
    private const int CharactersOfComparison = 8;   // at least; a marker is as long as what it compares
    private const int StepsOfCharacter = 4;         // that is kept until the search ends: it gives up at some hundred megabytes of them

    private readonly MarkerEnvironment _environment;
    private readonly Effort _effort;
    private Needs? _bare;                               // without extras
    private Dictionary<string, Needs>? _withExtras;

    private ReleaseMetadata(CoreMetadata? metadata, Sha256Digest digest, PythonRule python, Effort effort, Obstacle? obstacle) =>
        (Fields, Digest, _environment, _effort, Obstacle) = (metadata, digest, python.Environment, effort, obstacle);

    /// <summary>Null when there is an obstacle, and only then.</summary>
    public CoreMetadata? Fields { get; }

    /// <summary>Of the document as it was given.</summary>
    public Sha256Digest Digest { get; }

    public Obstacle? Obstacle { get; }

    /// <summary>Nothing of it counts: it cannot be read, or is that of something else.</summary>
    public bool IsUnusable => Obstacle is Obstacle.UnreadableMetadata or Obstacle.OtherMetadata;

    public static ReleaseMetadata Of(
        ServedMetadata served, WheelFileName wheel, RequirementPool known, PythonRule python, Effort effort)
    {
        Obstacle? obstacle = null;
        if (!CoreMetadata.TryParse(served.Content, known, wheel.Name, wheel.Version, out CoreMetadata? fields, out string problem))
            obstacle = new Obstacle.UnreadableMetadata(problem);
        // A page that lists one project's file under another's name decides nothing here: METADATA has the last word.
        else if (fields.Name != wheel.Name || fields.Version != wheel.Version)
            obstacle = new Obstacle.OtherMetadata(fields.Name, fields.Version);
        else if (fields.RequiresPython is { } requires && !python.Accepts(requires)) obstacle = python.Obstacle(requires.ToString());
        // What is never to be chosen is not kept.
        return new ReleaseMetadata(obstacle is null ? fields : null, served.Digest, python, effort, obstacle);
    }

    /// <summary>To be spent once, by the search itself: what is fetched ahead of it must not decide when it gives up.</summary>
    public long Steps => (long)(Fields?.Characters ?? 0) * StepsOfCharacter;

    /// <summary>What it needs when exactly <paramref name="extras"/> were asked for; worked out once. For one caller at a time.</summary>
    public Needs With(IReadOnlyCollection<PackageName> extras)
    {
        if (extras.Count == 0) return _bare ??= WorkOut(extras, _effort);
        string key = string.Join(',', extras.Order());
        _withExtras ??= new(StringComparer.Ordinal);
        if (!_withExtras.TryGetValue(key, out Needs? needs)) _withExtras.Add(key, needs = WorkOut(extras, _effort));
        return needs;
    }

    /// <summary>The same, for any number of callers, and anew.</summary>
    /// <param name="effort">Whom it costs.</param>
    public Needs WorkOut(IReadOnlyCollection<PackageName> extras, Effort effort)
    {
        var all = new List<Requirement>();
        foreach (Requirement requirement in Fields!.RequiresDist)
        {
            // A marker is compared with every extra, and whoever wrote it may ask for thousands.
            effort.Spend(1 + ((requirement.Marker?.ToString().Length ?? 0) / CharactersOfComparison * (1L + extras.Count)));
            if (effort.IsSpent) return new([], new Obstacle.NotLookedAt());
            MarkerResult applies = requirement.Marker?.Evaluate(_environment, extras) ?? MarkerResult.True;
            if (applies == MarkerResult.False) continue;
            if (applies == MarkerResult.Undefined)
                return new([], new Obstacle.UndefinedMarker(requirement.Marker!));
            // The address is the package's choice, not the user's: whoever publishes it could send us anywhere.
            if (requirement.Url is not null) return new([], new Obstacle.FromAddress(requirement.Name));
            all.Add(requirement);
        }
        return new(all, null);
    }
}

/// <summary>The requirements that apply, or why one of them rules the release out.</summary>
internal sealed record Needs(IReadOnlyList<Requirement> All, Obstacle? Obstacle);
