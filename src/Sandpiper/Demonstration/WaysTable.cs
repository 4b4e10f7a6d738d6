using System.Collections.Immutable;
using Sandpiper.Assessment;
using Sandpiper.Assessment.Matrix;
using Sandpiper.Assessment.Probes;
using Sandpiper.Assessment.Replicas;
using Sandpiper.Assessment.Trials;
using Sandpiper.Console;

namespace Sandpiper.Demonstration;

/// <summary>
/// What hostile packages did, way by way: a few lines of what was measured. Every word is made from what was reached; nothing is recorded.
/// </summary>
/// <param name="result">Of the four ways that people ask about, and ours.</param>
/// <param name="keepsFurniture">Commands and man pages work with ours.</param>
internal sealed class WaysTable(AssessmentResult result, bool keepsFurniture)
{
    /// <summary>What is tried.</summary>
    public static ImmutableArray<Kind> Kinds { get; } = [Kind.Build, Kind.Pth, Kind.Import, Kind.Overwrite];

    /// <summary>The columns, as <c>assess</c> calls them; ours is the last.</summary>
    public static ImmutableArray<string> Ways { get; } =
        ["sudo-pip", "pip-user", "own-site-packages", "virtualenv", SandpiperId];

    /// <summary>The heads of the columns, in two lines.</summary>
    public static ImmutableArray<(string First, string Second)> Titles { get; } =
        [("(1) sudo", "    pip"), ("(2) pip", "    user"), ("(3) own", "    site"), ("(4) venv", ""), ("sandpiper", "run")];

    private const string SandpiperId = "sandpiper-user";

    /// <summary>What is done, each with one word a way.</summary>
    public ImmutableArray<(string Tried, ImmutableArray<string> Words)> Lines =>
    [
        ("an install script gets", []),
        ("  root's files", Words(row => Taken(row, Asset.Root))),
        ("  your key", Words(row => Taken(row, Asset.Keys))),
        ("a start-up hook runs as", Words(HookRunsAs)),
        ("an import changes the", []),
        ("  package beside it", Words(row => Changed(row))),
        ("a package brings a file", []),
        ("  of the one beside it", Words(Replaced)),
        ("commands and man pages", Words(row => row.Id is SandpiperId ? Work(keepsFurniture) : Work(row.KeepsFurniture))),
        ("all removed and made", []),
        ("  anew, it runs as", Words(AssessmentWords.StillRuns)),
    ];

    /// <summary>Why a way has no words; nothing where every one has.</summary>
    public ImmutableArray<string> Problems => [.. Rows.Where(r => r.Missing is not null).Select(r => $"{r.Label}: {r.Missing}")];

    /// <summary>Nothing was reached with ours, and every control showed nothing.</summary>
    public bool IsAsPromised => result.Controls.All(c => c.Holds)
        && Rows.Single(r => r.Id is SandpiperId).Cells.All(c => c.Worst == Worst.Never);

    private IEnumerable<Row> Rows => Ways.Select(id => result.Rows.Single(r => string.Equals(r.Id, id, StringComparison.Ordinal)));

    private ImmutableArray<string> Words(Func<Row, string> word) => [.. Rows.Select(r => r.Missing is null ? word(r) : "?")];

    private static string Taken(Row row, Asset asset) => With(row, Kind.Build, trial =>
        trial.Installed == Installed.Refused ? "not run"
        : trial.Reaches.Any(r => r.Asset == asset && r.Moment is Moment.Resolve or Moment.Install) ? "taken" : "–");

    private static string HookRunsAs(Row row) => With(row, Kind.Pth, trial => trial.Installed == Installed.Refused ? "refused"
        : AssessmentWords.InShort([.. trial.Reaches.Where(r => r.Moment == Moment.Start).Select(r => r.RunsAs).Distinct()], []));

    private static string Changed(Row row) => With(row, Kind.Import, trial =>
        trial.Reaches.Any(r => r is { Asset: Asset.SameEnvironment, Moment: Moment.Import }) ? "changed" : "–");

    private static string Replaced(Row row) => With(row, Kind.Overwrite, trial => trial.Installed == Installed.Refused ? "refused"
        : trial.Reaches.Any(r => r.Moment == Moment.Neighbour) ? "replaced" : "–");

    private static string With(Row row, Kind kind, Func<TrialOutcome, string> word) =>
        row.Trials.FirstOrDefault(t => t.Kinds.Contains(kind)) is { } trial && trial.Installed != Installed.Failed ? word(trial) : "?";

    private static string Work(bool? keeps) => keeps switch { true => "work", false => "break", null => "?" };
}
