using System.Collections.Immutable;
using System.Globalization;
using Sandpiper.Packaging.Index;
using Sandpiper.Packaging.Names;
using Sandpiper.Packaging.Requirements;
using Sandpiper.Packaging.Versions;
using Sandpiper.Resolution;

namespace Sandpiper.Console;

/// <summary>Why nothing fits, in sentences, each a fact that a person can check.</summary>
internal static class ResolutionWords
{
    private const int MaxVersions = 3;
    private const int MaxTags = 3;
    private const int MaxLength = 300;      // of a requirement, a marker, a problem: somebody else wrote it

    public static Explanation Explain(ResolutionResult.Unsolvable why) => new(
        ExitCode.CouldNot,
        why.IsGivenUp
            ? $"no versions were found that fit together, and the search was given up over `{why.Package}`; nothing was changed"
            : $"no version of `{why.Package}` fits; nothing was changed",
        Because(why),
        Hints(why));

    public static ImmutableArray<string> Because(ResolutionResult.Unsolvable why) =>
        [.. why.Because.Select(Sentence).Distinct(StringComparer.Ordinal)];

    public static ImmutableArray<string> Hints(ResolutionResult.Unsolvable why) => [.. why.Suggestions.Select(Hint)];

    private static string Sentence(Reason reason) => reason switch
    {
        Reason.Asked r => Asked(r.Asks),
        Reason.NoProject r => $"{Asked(r.Asks)}, and no index has a package `{r.Name}`",
        Reason.NoFiles r => $"{Asked(r.Asks)}, and {NoFiles(r.Page)}",
        Reason.NoVersion r => $"{Asked(r.Asks)}; {There(r)}",
        Reason.Rejected { Versions.Length: 1 } r => $"{Names(r.Name, r.Versions)} {One(r.Obstacle)}",
        Reason.Rejected r => $"{Names(r.Name, r.Versions)} {Many(r.Obstacle)}",
        Reason.NewestWheel { Version: { } version } r => $"the newest version that has a wheel which fits here is {r.Name} {version}",
        Reason.NewestWheel r => $"no version of {r.Name} has a wheel for this Python on this machine",
        Reason.UndefinedMarker { Line: var line } => $"the marker {Quoted(line.Requirement.Marker)} of {line.Requirement.Name} "
            + $"compares what cannot be compared{Place(line.Source)}",
        // The address itself is not told: it may carry a password.
        Reason.FromAddress { Line: var line } => $"you asked for {line.Requirement.Name} from an address of its own{Place(line.Source)}; "
            + "this release installs from indexes only",
        Reason.NoHash { Line: var line } => $"hashes are required, and {line.Requirement.Name} has none{Place(line.Source)}",
        Reason.LeftOut { Page: var page } => LeftOutWords.Of(page)!,    // null only where nothing was left out
        Reason.GivenUp r => GivenUp(r),
        _ => reason.ToString(),
    };

    private static string Asked(ImmutableArray<Ask> asks) =>
        string.Join(", and ", asks.Select(Words).Distinct(StringComparer.Ordinal));

    /// <summary><c>you asked for six&gt;=1 (requirements.txt:3)</c>, <c>tide 1.0 needs pebble&gt;=1</c>.</summary>
    private static string Words(Ask ask) => ask.By is { } by
        ? $"{by.Name} {by.Version} needs {Bare(ask.Requirement)}"
        : $"you {(ask.IsLimit ? "limited it to" : "asked for")} {Bare(ask.Requirement)}{Place(ask.Source)}";

    private static string NoFiles(ProjectPage page) => string.Equals(page.Status, "quarantined", StringComparison.Ordinal)
        ? $"the index has quarantined `{page.Name}`{(page.StatusReason is { Length: > 0 } reason ? $": {Shortened(reason)}" : "")}"
        : $"the index lists no wheel and no source distribution of `{page.Name}`{(page.LeftOut.IsEmpty ? "" : " that can be used")}";

    private static string There(Reason.NoVersion r)
    {
        string there = r.IsSingle
            ? $"there is only {r.Name} {r.Newest}"
            : $"there are versions of {r.Name} from {r.Oldest} to {r.Newest}";
        return r.IsContradiction ? $"no version is all of that, {there}" : there;
    }

    private static string GivenUp(Reason.GivenUp r) => r.Limit switch
    {
        SearchLimit.UnusableMetadata =>
            $"{r.Versions} versions of `{r.Name}` have METADATA that cannot be used, so the search for a better one was given up",
        SearchLimit.Versions =>
            $"{r.Versions} versions of `{r.Name}` were looked at and none fits with the rest, so the search for one was given up",
        _ => "the search was given up: too many combinations contradict each other, and none was found that does not; "
            + $"most of them over the version of `{r.Name}`",
    };

    private static string One(Obstacle obstacle) => obstacle switch
    {
        Obstacle.OtherHash => "has another hash than you gave",
        Obstacle.Prerelease => "is a pre-release, and you ruled those out",
        Obstacle.TooNew { Uploaded: { } day } o =>
            string.Create(CultureInfo.InvariantCulture, $"was uploaded on {day:yyyy-MM-dd}, after {Limit(o)}"),
        Obstacle.Yanked o => $"was yanked{Why(o)}, and you do not ask for exactly this version",
        Obstacle.OtherTags { Tags: var tags } => $"has no wheel for this Python on this machine (it has "
            + $"{string.Join(", ", tags.Take(MaxTags))}{(tags.Length > MaxTags ? $" and {tags.Length - MaxTags} more" : "")})",
        Obstacle.NeedsBuilding => "has only a source distribution: it needs building, which this release does not do",
        Obstacle.NoFile => "has no file that can be understood",
        Obstacle.OtherMetadata o => $"calls itself {o.Name} {o.Version} in its METADATA",
        _ => Either(obstacle, "has", "needs", "leads"),
    };

    private static string Many(Obstacle obstacle) => obstacle switch
    {
        Obstacle.OtherHash => "have other hashes than you gave",
        Obstacle.Prerelease => "are pre-releases, and you ruled those out",
        Obstacle.TooNew { Uploaded: not null } o => $"were uploaded after {Limit(o)}",
        Obstacle.Yanked o => $"were yanked{Why(o)}, and you do not ask for exactly these",
        Obstacle.OtherTags => "have no wheel for this Python on this machine",
        Obstacle.NeedsBuilding => "have only source distributions: they need building, which this release does not do",
        Obstacle.NoFile => "have no files that can be understood",
        Obstacle.OtherMetadata o => $"call themselves {o.Name} {o.Version} in their METADATA",
        _ => Either(obstacle, "have", "need", "lead"),
    };

    private static string Either(Obstacle obstacle, string has, string needs, string leads) => obstacle switch
    {
        Obstacle.NoHash => $"{has} no hash that you gave, and hashes are required",
        Obstacle.TooNew o => $"may be newer than {Limit(o)}: the index does not say",
        Obstacle.OtherPython o => $"{needs} Python {Shortened(o.Requires)}, and this is {o.Python}",
        Obstacle.UnreadableMetadata o => $"cannot be understood: {o.Problem}",
        Obstacle.UndefinedMarker o => $"{has} a marker that compares what cannot be compared ({Quoted(o.Marker)})",
        Obstacle.FromAddress o => $"{needs} {o.Name} from an address of its own, which is not followed",
        Obstacle.NothingFits o => $"{needs} {Bare(o.Need)}, of which no version fits",
        Obstacle.LeadsToNothing o => $"{leads} to no version of {o.Name} that fits",
        Obstacle.Against o => $"{needs} {Bare(o.Need)}, and {Words(o.Other)}",
        Obstacle.AgainstChoice o => $"{needs} {Bare(o.Need)}, and {o.Need.Name} {o.Chosen} was chosen before",
        Obstacle.OtherVersions o => $"{needs} versions of {o.Name} that do not fit",
        _ => obstacle.ToString(),
    };

    private static string Hint(Suggestion suggestion) => suggestion switch
    {
        Suggestion.Version s => $"sandpiper install {s.Name}=={s.Wheel}",
        Suggestion.LaterLimit s => $"sandpiper install {s.Name} --exclude-newer …      a later limit",
        Suggestion.OwnChoice s => $"sandpiper install … '{s.Name}==…'      a version of your choice makes the search short",
        _ => suggestion.ToString(),
    };

    /// <summary><c>foo 2.1, 2.0 and 37 others down to 0.1</c>.</summary>
    private static string Names(PackageName name, ImmutableArray<Pep440Version> versions) => versions.Length switch
    {
        1 => $"{name} {versions[0]}",
        <= MaxVersions => $"{name} {string.Join(", ", versions.SkipLast(1))} and {versions[^1]}",
        _ => $"{name} {versions[0]}, {versions[1]} and {versions.Length - 2} others down to {versions[^1]}",
    };

    private static string Limit(Obstacle.TooNew o) =>
        $"{o.Limit.UtcDateTime.ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture)} UTC, the limit you set";

    private static string Why(Obstacle.Yanked o) => o.Reason.Length > 0 ? $" ({Shortened(o.Reason)})" : "";

    private static string Place(string source) => source.Length == 0 ? "" : $" ({source})";

    private static string Quoted(Marker? marker) => $"`{Shortened(marker?.ToString() ?? "")}`";

    /// <summary>Without its marker: <c>six[a]&gt;=1</c>.</summary>
    private static string Bare(Requirement requirement) => Shortened((requirement with { Marker = null }).ToString());

    private static string Shortened(string text) => ShortText.Of(text, MaxLength);
}
