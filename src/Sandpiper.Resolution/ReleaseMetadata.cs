using Sandpiper.Packaging.Metadata;
using Sandpiper.Packaging.Names;
using Sandpiper.Packaging.Requirements;
using Sandpiper.Packaging.Wheels;

namespace Sandpiper.Resolution;

/// <summary>METADATA of a release, and what follows from it for one interpreter; or why it rules the release out.</summary>
internal sealed class ReleaseMetadata
{
    private readonly MarkerEnvironment _environment;
    private readonly Dictionary<string, Needs> _needs = new(StringComparer.Ordinal);

    private ReleaseMetadata(CoreMetadata? metadata, Sha256Digest digest, MarkerEnvironment environment, Obstacle? obstacle) =>
        (Fields, Digest, _environment, Obstacle) = (metadata, digest, environment, obstacle);

    /// <summary>Null only when there is an obstacle.</summary>
    public CoreMetadata? Fields { get; }

    /// <summary>Of the document as it was given.</summary>
    public Sha256Digest Digest { get; }

    public Obstacle? Obstacle { get; }

    public static ReleaseMetadata Of(ReadOnlySpan<byte> content, WheelFileName wheel, PythonRule python)
    {
        Obstacle? obstacle = null;
        if (!CoreMetadata.TryParse(content, out CoreMetadata? fields, out string problem))
            obstacle = Same($"cannot be understood: {problem}");
        // A page that lists one project's file under another's name decides nothing here: METADATA has the last word.
        else if (fields.Name != wheel.Name || fields.Version != wheel.Version)
            obstacle = Same($"calls itself {fields.Name} {fields.Version} in its METADATA");
        else if (fields.RequiresPython is { } requires && !python.Accepts(requires)) obstacle = python.Obstacle(requires.ToString());
        return new ReleaseMetadata(fields, Sha256Digest.Of(content), python.Environment, obstacle);
    }

    /// <summary>What it needs when exactly <paramref name="extras"/> were asked for; worked out once. For one caller at a time.</summary>
    public Needs With(IReadOnlyCollection<PackageName> extras)
    {
        string key = extras.Count == 0 ? "" : string.Join(',', extras.Order());
        if (!_needs.TryGetValue(key, out Needs? needs)) _needs.Add(key, needs = WorkOut(extras));
        return needs;
    }

    private Needs WorkOut(IReadOnlyCollection<PackageName> extras)
    {
        var all = new List<Requirement>();
        foreach (Requirement requirement in Fields!.RequiresDist)
        {
            MarkerResult applies = requirement.Marker?.Evaluate(_environment, extras) ?? MarkerResult.True;
            if (applies == MarkerResult.False) continue;
            if (applies == MarkerResult.Undefined)
                return new([], Plural($"a marker that compares what cannot be compared (`{requirement.Marker}`)", "has", "have"));
            // The address is the package's choice, not the user's: whoever publishes it could send us anywhere.
            if (requirement.Url is not null)
                return new([], Plural($"{requirement.Name} from an address of its own, which is not followed", "needs", "need"));
            all.Add(requirement);
        }
        return new(all, null);
    }

    private static Obstacle Same(string text) => new(text, text);

    private static Obstacle Plural(string text, string one, string many) => new($"{one} {text}", $"{many} {text}");
}

/// <summary>The requirements that apply, or why one of them rules the release out.</summary>
internal sealed record Needs(IReadOnlyList<Requirement> All, Obstacle? Obstacle);
