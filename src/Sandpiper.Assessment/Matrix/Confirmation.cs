using System.Collections.Immutable;
using Sandpiper.Assessment.Probes;

namespace Sandpiper.Assessment.Matrix;

/// <summary>
/// The ways of pip once more where each person is a user of his own, by subordinate uids: do owners and modes give what the views gave?
/// </summary>
/// <param name="Cells">So many were compared: one a way and an asset.</param>
/// <param name="Differences">Those in which it came out otherwise; one that is here is not to be relied on.</param>
/// <param name="Problem">Why nothing was compared; null when it was.</param>
public sealed record Confirmation(int Cells, ImmutableArray<Difference> Differences, string? Problem)
{
    /// <summary>While installing, at a start, at an import: the ways in which rights come in. The others differ in what is typed.</summary>
    internal static ImmutableArray<Kind> Kinds { get; } = [Kind.Build, Kind.Pth, Kind.Import];

    /// <summary>Cell by cell.</summary>
    /// <param name="said">What <see cref="Words"/> gave.</param>
    internal static Confirmation Compared(IReadOnlyList<Row> rows, string said)
    {
        Dictionary<string, string> real = said.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(word => word.Split('='))
            .Where(parts => parts.Length == 2).ToDictionary(parts => parts[0], parts => parts[1], StringComparer.Ordinal);
        var differences = ImmutableArray.CreateBuilder<Difference>();
        int cells = 0;
        foreach (Row row in rows)
        {
            foreach (Asset asset in AssetNames.All)
            {
                string views = CellOf(row, asset), users = real.GetValueOrDefault(NameOf(row, asset), Worst.Unknown.Id());
                // What is known nowhere is no agreement.
                if (views is not "unknown" || users is not "unknown") cells++;
                if (!string.Equals(views, users, StringComparison.Ordinal)) differences.Add(new(row.Id, asset, views, users));
            }
        }
        return new(cells, differences.ToImmutable(), null);
    }

    /// <summary>Every cell of some rows, as words on one line.</summary>
    internal static string Words(IEnumerable<Row> rows) => string.Join(' ', rows.Where(r => r.Missing is null).SelectMany(row =>
        AssetNames.All.Select(asset => $"{NameOf(row, asset)}={CellOf(row, asset)}")));

    private static string NameOf(Row row, Asset asset) => $"{row.Id}/{asset.Id()}";

    private static string CellOf(Row row, Asset asset) =>
        Cell.Of(asset, row.Trials.Where(t => t.Kinds.Any(k => Kinds.Contains(k)))).Worst.Id();
}

/// <summary>A cell that came out otherwise with real users.</summary>
/// <param name="Way">The row's id.</param>
/// <param name="Views">What the views of one user gave, and the table shows.</param>
/// <param name="Users">What users of their own gave.</param>
public sealed record Difference(string Way, Asset Asset, string Views, string Users);
