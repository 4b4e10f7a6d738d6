using System.Collections.Immutable;
using Sandpiper.Assessment;
using Sandpiper.Assessment.Matrix;
using Sandpiper.Assessment.Probes;
using Sandpiper.Assessment.Trials;
using Sandpiper.Auditing;

namespace Sandpiper.Console;

/// <summary>What a person sees of an assessment, in 80 columns: the table, worst first, and the verdict.</summary>
internal static class AssessmentScreen
{
    private const int LabelWidth = 25, CellWidth = 7, Width = 80;

    // Several assets share a column where they are reached together; the worst of them is shown, --json has each.
    private static readonly ImmutableArray<(string Title, ImmutableArray<Asset> Assets)> Columns =
    [
        ("SYSTEM", [Asset.Root]), ("OTHERS", [Asset.OtherUsers]), ("SHARED", [Asset.SharedSitePackages, Asset.CommandsForAll]),
        ("KEYS", [Asset.Keys]), ("FILES", [Asset.Files, Asset.Startup, Asset.Tools]), ("ENVS", [Asset.OtherEnvironments]),
    ];

    /// <summary>What counts first unless the user says otherwise: the machine, then the common set of packages.</summary>
    public static ImmutableArray<Asset> SystemFirst { get; } =
    [
        Asset.Root, Asset.SharedSitePackages, Asset.CommandsForAll, Asset.OtherUsers, Asset.Keys, Asset.Files, Asset.Startup, Asset.Tools,
        Asset.OtherEnvironments, Asset.SameEnvironment, Asset.Installer, Asset.Network,
    ];

    /// <param name="order">Assets, what matters most first; it decides the order of the rows and nothing else.</param>
    public static void Write(Terminal terminal, AssessmentResult result, MachineFacts facts, ImmutableArray<Asset> order,
        string took)
    {
        Row[] shown = [.. Ordered(result.Rows, order).Where(r => r.TakenOverFrom is null || result.Rows.Length < 4)];
        terminal.Line("Measured in a throw-away copy of this machine, without harming it:");
        terminal.Line($"{Counted.Of(shown.Count(r => r.Missing is null), "way")} to install, "
            + $"{Counted.Of(result.Kinds.Length, "harmless stand-in")} for malware, {took}.");
        terminal.Line("");
        string titles = string.Concat(Columns.Select(c => c.Title.PadRight(CellWidth)));
        terminal.Line(Inked.Bold($"{new string(' ', LabelWidth)}{titles}STILL RUNS AS"));
        foreach (Row row in shown)
        {
            if (row.Missing is { } why)
            {
                string reason = ShortText.Of(why, Width - LabelWidth - "not measured: ".Length);
                terminal.Line(" ", Inked.Dim($"{row.Label.PadRight(LabelWidth - 1)}not measured: {reason}"));
                continue;
            }
            Inked[] cells = [.. Columns.Select(c => Shown(row, c.Assets))];
            string still = AssessmentWords.StillRuns(row);
            terminal.Line([" " + row.Label.PadRight(LabelWidth - 1), .. cells, still]);
        }
        terminal.Line("");
        foreach (string line in Legend) terminal.Line(Inked.Dim(line));
        if (!order.SequenceEqual(SystemFirst))
            terminal.Line(Inked.Dim($" Rows in your order: {string.Join(", ", order.Select(a => a.Id()))}"));
        WriteControls(terminal, result);
        WriteVerdict(terminal, result);
        WriteMachine(terminal, facts);
    }

    /// <summary>The worst first, by the first asset in which two rows differ.</summary>
    public static IEnumerable<Row> Ordered(ImmutableArray<Row> rows, ImmutableArray<Asset> order)
    {
        IOrderedEnumerable<Row> ordered = rows.OrderBy(r => r.Missing is not null);
        foreach (Asset asset in order) ordered = ordered.ThenBy(r => Rank(r[asset]));
        return ordered;
    }

    private static readonly ImmutableArray<string> Legend =
    [
        " NOW while installing · start of any Python · use of the package · later, by",
        " what it left behind · sudo, your next one · – looked for, not reached · ? not",
        " known. SHARED: packages and commands for all. STILL RUNS AS: whose rights",
        " hostile code has after it was removed and site-packages made anew; * with",
        " your next sudo.",
    ];

    private static (Worst, bool) Rank(Cell cell) => (cell.Worst, !cell.AtStart);

    private static Inked Shown(Row row, ImmutableArray<Asset> assets)
    {
        Cell worst = assets.Select(a => row[a]).OrderBy(Rank).First();
        return new(AssessmentWords.Of(worst).PadRight(CellWidth), AssessmentWords.InkOf(worst.Worst));
    }

    private static void WriteControls(Terminal terminal, AssessmentResult result)
    {
        foreach (Control control in result.Controls.Where(c => !c.Holds))
        {
            terminal.Problem(Inked.Red($"{control.Row}: {AssessmentWords.Of(control.What)} should have shown nothing, and did not: "
                + "what is above is not to be relied on"));
        }
        if (result.Controls.Length > 0 && result.Controls.All(c => c.Holds))
            terminal.Line(Inked.Dim($" {Counted.Of(result.Controls.Length, "control")} showed nothing, as it must be."));
        if (result.Confirmation is not { } confirmation) return;
        string sentence = AssessmentWords.Of(confirmation);
        if (confirmation.Differences.Length > 0) terminal.Problem(Inked.Red(sentence));
        else foreach (string line in WrappedText.Of(sentence, Width - 1)) terminal.Line(Inked.Dim($" {line}"));
    }

    private static void WriteVerdict(Terminal terminal, AssessmentResult result)
    {
        int number = 0;
        foreach (string sentence in AssessmentVerdict.Of(result))
        {
            terminal.Line("");
            string lead = $"{++number,2}. ";
            foreach (string line in WrappedText.Of(sentence, Width - lead.Length))
            {
                terminal.Line(lead, line);
                lead = new string(' ', lead.Length);
            }
        }
    }

    private static void WriteMachine(Terminal terminal, MachineFacts facts)
    {
        terminal.Line("");
        terminal.Line(Inked.Bold(" This machine"));
        foreach (string fact in MachineWords.Of(facts))
        {
            string lead = "  · ";
            foreach (string line in WrappedText.Of(fact, Width - lead.Length))
            {
                terminal.Line(lead, line);
                lead = new string(' ', lead.Length);
            }
        }
        terminal.Line("");
        terminal.Line(" sandpiper assess --why 4,system            one cell: the chain, step by step");
        terminal.Line(" sandpiper assess --html report.html        every cell with its chain, as a page");
        terminal.Line(" next: sandpiper audit                      what is installed here already");
        terminal.Line(" then: sandpiper install NAME, and sandpiper run -- python");
    }
}
