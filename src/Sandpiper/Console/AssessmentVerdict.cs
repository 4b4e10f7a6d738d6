using System.Collections.Immutable;
using Sandpiper.Assessment;
using Sandpiper.Assessment.Matrix;
using Sandpiper.Assessment.Probes;
using Sandpiper.Assessment.Replicas;
using Sandpiper.Assessment.Trials;

namespace Sandpiper.Console;

/// <summary>
/// The answer in a few sentences, numbered as the ways are. Every clause is made from a cell: where the cells say otherwise, so does the
/// sentence; what was not measured is not spoken of.
/// </summary>
internal static class AssessmentVerdict
{
    private static readonly ImmutableArray<string> Numbered = ["sudo-pip", "pip-user", "own-site-packages", "virtualenv"];
    private static readonly ImmutableArray<Asset> Told = [Asset.Root, Asset.OtherUsers, Asset.SharedSitePackages, Asset.Keys];

    private const int FewAssets = 4;

    public static ImmutableArray<string> Of(AssessmentResult result)
    {
        Row[] rows = [.. result.Rows.Where(r => r.Missing is null)];
        List<string?> sentences = [.. Numbered.Select(id => Find(id) is { } row ? OfWay(row) : null)];
        sentences.Add(Find("mix") is { } mix ? OfMix(mix) : null);
        sentences.Add(Find("virtualenv") is { } own && Find("own-site-packages") is { } shared ? Compared(own, shared) : null);
        sentences.Add(OfRebuilding([.. rows.Where(r => Numbered.Contains(r.Id, StringComparer.Ordinal))]));
        sentences.Add(OfWheelsOnly(rows));
        sentences.Add(Find("sandpiper-user") is { } confined ? OfConfined(confined) : null);
        sentences.Add(OfUnconfined(Find("sandpiper-unconfined"), Find("sandpiper-system")));
        return [.. sentences.OfType<string>()];

        Row? Find(string id) => rows.FirstOrDefault(r => string.Equals(r.Id, id, StringComparison.Ordinal));
    }

    /// <summary>Root first, since that is the question.</summary>
    private static string OfWay(Row row)
    {
        string furniture = row.KeepsFurniture == false ? " Packages with commands or man pages cannot be installed so." : "";
        return $"{row.Label}: hostile code reaches {string.Join("; ", Clauses(row, Told))}.{furniture}";
    }

    private static string OfMix(Row row) =>
        $"{row.Label} are as exposed as the worse of the two: {string.Join("; ", Clauses(row, [Asset.Root, Asset.Keys]))}.";

    private static IEnumerable<string> Clauses(Row row, ImmutableArray<Asset> assets) => ByMoment(row, assets).Select(Clause);

    // Assets that share their moment share a clause.
    private static IEnumerable<IGrouping<string, Cell>> ByMoment(Row row, ImmutableArray<Asset> assets) =>
        assets.Select(a => row[a]).GroupBy(AssessmentWords.When, StringComparer.Ordinal);

    private static string Clause(IGrouping<string, Cell> cells) =>
        $"{Listed(cells.Select(c => AssessmentWords.Of(c.Asset)))} {cells.Key}";

    private static string Compared(Row virtualenv, Row own)
    {
        (Cell Here, Cell There)[] all = [.. AssetNames.All.Select(a => (virtualenv[a], own[a]))];
        (Cell Here, Cell There)[] unlike = [.. all.Where(c => !string.Equals(AssessmentWords.Of(c.Here), AssessmentWords.Of(c.There),
            StringComparison.Ordinal))];
        if (unlike.Length == 0) return $"{virtualenv.Label} differs from {own.Label} in none of the {all.Length} assets.";
        string differences = string.Join("; ", unlike
            .GroupBy(c => $"{AssessmentWords.When(c.Here)} instead of {AssessmentWords.When(c.There)}", StringComparer.Ordinal)
            .Select(g => $"{Listed(g.Select(c => AssessmentWords.Of(c.Here.Asset)))} {g.Key}"));
        string same = all.Any(c => c.Here.Asset == Asset.Keys && !unlike.Contains(c)) ? " For your keys it makes no difference." : "";
        return $"{virtualenv.Label} differs from {own.Label}: {differences}.{same}";
    }

    private static string? OfRebuilding(Row[] rows)
    {
        Row[] still = [.. rows.Where(r => r.StillRunsAs(Moment.AfterRebuild).Length > 0)];
        Row[] bySudo = [.. rows.Where(r => r.StillRunsBySudoAs.Length > 0)];
        if (rows.Length == 0) return null;
        if (still.Length + bySudo.Length == 0)
        {
            string[] gaps = [.. rows.Where(r => r.HasGap).Select(r => r.Label)];
            return "After site-packages was removed and made anew, nothing hostile ran any more in "
                + (gaps.Length > 0 ? $"what could be tried; with {Listed(gaps)} not everything could." : "any of these ways.");
        }
        return "Removing the package and making site-packages anew does not end it: hostile code still ran as "
            + string.Join("; ", still.GroupBy(r => AssessmentWords.Of(r.StillRunsAs(Moment.AfterRebuild)), StringComparer.Ordinal)
                .Select(g => $"{g.Key} with {Listed(g.Select(r => r.Label))}")
                .Concat(bySudo.GroupBy(r => AssessmentWords.Of(r.StillRunsBySudoAs), StringComparer.Ordinal)
                    .Select(g => $"{g.Key}, by your next sudo, with {Listed(g.Select(r => r.Label))}"))) + ".";
    }

    private static string? OfWheelsOnly(Row[] rows)
    {
        var pairs = rows.Where(r => r.TakenOverFrom is not null && r.Id.EndsWith("-wheels-only", StringComparison.Ordinal))
            .Select(r => (Strict: r, Plain: rows.FirstOrDefault(p => string.Equals(p.Id, r.TakenOverFrom, StringComparison.Ordinal))))
            .Where(p => p.Plain is not null).ToArray();
        if (pairs.Length == 0) return null;
        string[] better = [.. pairs.Where(p => p.Plain!.InstallsAs.Length > 0 && p.Strict.InstallsAs.Length == 0)
            .Select(p => p.Plain!.Label)];
        string[] still = [.. pairs.Where(p => p.Strict.InstallsAs.Length > 0).Select(p => p.Plain!.Label)];
        string except = still.Length > 0 ? $", but not with {Listed(still)}" : "";
        string[] root = [.. pairs.Where(p => p.Strict[Asset.Root].Worst is not (Worst.Never or Worst.Unknown)).Select(p => p.Plain!.Label)];
        string[] unknown = [.. pairs.Where(p => p.Strict[Asset.Root].Worst is Worst.Unknown).Select(p => p.Plain!.Label)];
        string reached = root.Length > 0 ? $"; the system was reached later all the same with {Listed(root)}" : "";
        string open = unknown.Length > 0 ? $"; whether the system would be reached is not known with {Listed(unknown)}" : "";
        return (better.Length > 0
                ? $"Taking wheels only (`--only-binary :all:`) keeps code from running while installing with {Listed(better)}{except}"
                : "Taking wheels only (`--only-binary :all:`) did not keep code from running while installing")
            + (reached.Length + open.Length > 0 ? $"{reached}{open}." : "; the system was not reached.");
    }

    /// <summary>The asker takes for unavoidable that what he installed can damage what he has access to.</summary>
    private static string OfConfined(Row row) => Reached(row) is { IsEmpty: false } open
        ? $"With `sandpiper run` and nothing granted: {Reaching(row, open)}."
        : "That it can damage whatever you have access to is avoidable: with `sandpiper run` and nothing granted, none of the "
            + $"{row.Cells.Length} assets was reached; what you grant is reached.";

    private static string? OfUnconfined(Row? mine, Row? roots)
    {
        string?[] parts =
            [Part("Used without `run`, what sandpiper installed", mine), Part("Installed by root and used without `run`, it", roots)];
        return parts.Any(p => p is not null) ? string.Join(' ', parts.OfType<string>()) : null;

        static string? Part(string what, Row? row) => row is null ? null
            : $"{what} reaches {(Reached(row) is { IsEmpty: false } open ? Reaching(row, open) : "none of the assets")}.";
    }

    private static ImmutableArray<Asset> Reached(Row row) => [.. row.Cells.Where(c => c.Worst != Worst.Never).Select(c => c.Asset)];

    // A list of all that was not named yet is read by nobody.
    private static string Reaching(Row row, ImmutableArray<Asset> assets)
    {
        IGrouping<string, Cell>[] groups = [.. ByMoment(row, assets)];
        bool isAll = assets.Length == row.Cells.Length;
        bool isRest = isAll && groups.Length > 1 && groups[^1].Count() > FewAssets && groups[^1].Last().Asset == assets[^1];
        return string.Join("; ", groups.Select(g => isRest && g == groups[^1] ? $"everything else {g.Key}" : Clause(g)));
    }

    private static string Listed(IEnumerable<string> words) => words.ToArray() switch
    {
        [] => "nothing",
        [var one] => one,
        [.. var first, var last] => $"{string.Join(", ", first)} and {last}",
    };
}
