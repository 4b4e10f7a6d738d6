using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using Sandpiper.Packaging.Names;
using Sandpiper.Packaging.Requirements;
using Sandpiper.Packaging.Versions;

namespace Sandpiper.Packaging.Metadata;

/// <summary>The fields of METADATA that installing needs (PyPA "Core metadata").</summary>
public sealed record CoreMetadata
{
    private const int MaxShown = 200;       // characters of a field that a message repeats

    private static readonly FormatVersion Newest = new(2, 6);           // PEP 808
    private static readonly FormatVersion FirstStatic = new(2, 2);      // PEP 643

    public required PackageName Name { get; init; }
    public required Pep440Version Version { get; init; }
    public ImmutableArray<Requirement> RequiresDist { get; init; } = [];

    /// <summary>Null: any Python.</summary>
    public SpecifierSet? RequiresPython { get; init; }
    public ImmutableArray<PackageName> ProvidesExtra { get; init; } = [];
    public string? Summary { get; init; }

    /// <summary><c>License-Expression</c>, or else <c>License</c>, which may be the whole text of a licence.</summary>
    public string? License { get; init; }
    public string? HomePage { get; init; }

    /// <summary>
    /// True in the PKG-INFO of a source distribution when every wheel built from it will name these dependencies, extras and versions of
    /// Python (PEP 643): nothing has to be built to know them.
    /// </summary>
    public bool IsStatic { get; init; }

    /// <summary>Of the fields that were read: a thousand METADATA take as much memory as somebody wrote into them.</summary>
    public int Characters { get; init; }

    /// <summary>Repairs that were needed to understand it (an old spelling in Requires-Dist, say); shown with <c>-v</c>.</summary>
    public ImmutableArray<string> Repairs { get; init; } = [];

    /// <summary>
    /// Reads METADATA or PKG-INFO. A problem: a field that decides is missing or unreadable, one that the standard allows once is repeated,
    /// or the major version of the format is unknown.
    /// </summary>
    public static bool TryParse(ReadOnlySpan<byte> content, [NotNullWhen(true)] out CoreMetadata? metadata, out string problem) =>
        TryParse(content, known: null, likelyName: default, likelyVersion: default, out metadata, out problem);

    /// <param name="known">
    /// For who resolves: where requirements that other METADATA had as well are looked up; what is only shown to people is then left out.
    /// </param>
    /// <param name="likelyName">Whose it most likely is: then the name is compared, and not read.</param>
    /// <param name="likelyVersion">Of which version it most likely is.</param>
    /// <inheritdoc cref="TryParse(ReadOnlySpan{byte}, out CoreMetadata?, out string)"/>
    public static bool TryParse(
        ReadOnlySpan<byte> content, RequirementPool? known, PackageName likelyName, Pep440Version likelyVersion,
        [NotNullWhen(true)] out CoreMetadata? metadata, out string problem)
    {
        metadata = null;
        var repairs = new List<string>();
        if (!MetadataFields.TryRead(content, isShown: known is null, out var fields, out problem)) return false;
        if (!TryReadFormat(fields, repairs, out var format, out problem)) return false;
        if (!TryReadName(fields, likelyName, out var name, out problem)) return false;
        if (!TryReadVersion(fields, likelyVersion, out var version, out problem)) return false;
        if (!TryReadRequiresPython(fields, known, repairs, out var requiresPython, out problem)) return false;
        if (!TryReadRequiresDist(fields, known, repairs, out var requiresDist, out problem)) return false;
        metadata = new CoreMetadata
        {
            Name = name,
            Version = version,
            RequiresDist = requiresDist,
            RequiresPython = requiresPython,
            ProvidesExtra = ReadExtras(fields, repairs),
            Summary = fields.Text("summary"),
            License = fields.Text("license-expression") ?? fields.Text("license"),
            HomePage = fields.Text("home-page") ?? fields.HomePageAmongUrls,
            IsStatic = format.CompareTo(FirstStatic) >= 0 && !fields.All("dynamic").Any(IsDependencyField),
            Characters = fields.Characters,
            Repairs = [.. repairs],
        };
        return true;
    }

    /// <summary>
    /// The first field on which both differ among Name, Version, Requires-Dist, Requires-Python, Provides-Extra; null when they say the
    /// same: what was resolved on (<c>.metadata</c>) must be what is installed (P3). Order and repetition mean nothing.
    /// </summary>
    public string? FirstDifference(CoreMetadata other)
    {
        if (Name != other.Name) return "Name";
        if (Version != other.Version) return "Version";
        if (!Meanings(RequiresDist).SetEquals(Meanings(other.RequiresDist))) return "Requires-Dist";
        if (!Equals(RequiresPython ?? SpecifierSet.Any, other.RequiresPython ?? SpecifierSet.Any)) return "Requires-Python";
        return ProvidesExtra.ToHashSet().SetEquals(other.ProvidesExtra) ? null : "Provides-Extra";
    }

    private static bool TryReadFormat(MetadataFields fields, List<string> repairs, out FormatVersion format, out string problem)
    {
        problem = "";
        string? text = fields.Text("metadata-version");
        if (!FormatVersion.TryParse(text, out format)) problem = "METADATA has no readable Metadata-Version";
        else if (format.Major is not (1 or 2)) problem = $"METADATA has the unknown Metadata-Version {format}";
        else if (format.CompareTo(Newest) > 0) repairs.Add($"Metadata-Version {format} was read as {Newest}");
        return problem.Length == 0;
    }

    private static bool TryReadName(MetadataFields fields, PackageName likely, out PackageName name, out string problem)
    {
        bool isRead = PackageName.TryParse(fields.Text("name"), likely, out name, out _);
        problem = isRead ? "" : "METADATA has no readable Name";
        return isRead;
    }

    private static bool TryReadVersion(MetadataFields fields, Pep440Version likely, out Pep440Version version, out string problem)
    {
        bool isRead = Pep440Version.TryParse(fields.Text("version"), likely, out version, out _);
        problem = isRead ? "" : "METADATA has no readable Version";
        return isRead;
    }

    private static bool TryReadRequiresPython(
        MetadataFields fields, RequirementPool? known, List<string> repairs, out SpecifierSet? requiresPython, out string problem)
    {
        requiresPython = null;
        problem = "";
        if (fields.Text("requires-python") is not { } text) return true;
        bool isRead = known is null
            ? SpecifierSet.TryParseRepaired(text, out requiresPython, out var made, out var trouble)
            : known.TryParsePythonRepaired(text, out requiresPython, out made, out trouble);
        if (!isRead)
        {
            problem = $"METADATA has an unreadable Requires-Python: {trouble}";
            return false;
        }
        repairs.AddRange(made.Select(repair => $"Requires-Python {Shown(text)}: {repair}"));
        return true;
    }

    private static bool TryReadRequiresDist(
        MetadataFields fields, RequirementPool? known, List<string> repairs, out ImmutableArray<Requirement> requiresDist,
        out string problem)
    {
        var all = fields.All("requires-dist");
        var found = ImmutableArray.CreateBuilder<Requirement>(all.Count);
        requiresDist = [];
        problem = "";
        foreach (string text in all)
        {
            bool isRead = known is null
                ? Requirement.TryParseRepaired(text, out var requirement, out var made, out var trouble)
                : known.TryParseRepaired(text, out requirement, out made, out trouble);
            if (!isRead)
            {
                problem = $"METADATA has an unreadable Requires-Dist, {Shown(text)}: {trouble}";
                return false;
            }
            found.Add(requirement!);
            if (!made.IsEmpty) repairs.AddRange(made.Select(repair => $"Requires-Dist {Shown(text)}: {repair}"));
        }
        requiresDist = found.MoveToImmutable();
        return true;
    }

    // A name that no requirement could ask for does no harm by being left out.
    private static ImmutableArray<PackageName> ReadExtras(MetadataFields fields, List<string> repairs)
    {
        IReadOnlyList<string> all = fields.All("provides-extra");
        if (all.Count == 0) return [];
        var extras = new HashSet<PackageName>();
        foreach (string text in all)
        {
            if (PackageName.TryParse(text, out var extra, out _)) extras.Add(extra);
            else repairs.Add($"Provides-Extra {Shown(text)} was left out: it is no name");
        }
        return [.. extras];
    }

    // A person reads it, and a field may have millions of characters.
    private static string Shown(string text) => text.Length <= MaxShown ? text : $"{text.AsSpan(0, MaxShown)}…";

    private static bool IsDependencyField(string dynamic) =>
        dynamic.ToLowerInvariant() is "requires-dist" or "requires-python" or "provides-extra";

    // A requirement is a record of arrays and trees, which are equal only to themselves: compare what they say.
    private static HashSet<(PackageName, string, SpecifierSet, string?, string?)> Meanings(ImmutableArray<Requirement> requirements) =>
        [.. requirements.Select(r => (r.Name, string.Join(',', r.Extras.Order()), r.Specifiers, r.Url, r.Marker?.ToString()))];
}
