using System.Collections.Immutable;
using Sandpiper.Assessment.Matrix;
using Sandpiper.Assessment.Probes;
using Sandpiper.Assessment.Replicas;
using Sandpiper.Assessment.Trials;
using Sandpiper.Sandbox.Bubblewrap;

namespace Sandpiper.Assessment;

/// <summary>What is to be measured.</summary>
/// <param name="Place">An empty directory of ours; everything happens below it. Whoever made it removes it.</param>
public sealed record AssessmentRequest(string Place)
{
    /// <summary>Fewer approaches, fewer kinds.</summary>
    public bool Quick { get; init; }

    /// <summary>
    /// Only these kinds, and each of them; empty: all, of which a quick run leaves out what cannot make a row worse.
    /// </summary>
    public ImmutableArray<Kind> Kinds { get; init; } = [];

    /// <summary>One package does all of <see cref="Kinds"/> where the approach installs it, instead of one package each.</summary>
    public bool InOnePackage { get; init; }

    /// <summary>Only these approaches, by id; empty: all.</summary>
    public ImmutableArray<string> Only { get; init; } = [];

    /// <summary>A copy of the published program that everybody may run, for its own rows; null: without them.</summary>
    public string? Executable { get; init; }

    /// <summary>Programs of <see cref="Approaches.OtherTool"/> that are on the asker's PATH, with where they are.</summary>
    public ImmutableDictionary<string, string> Present { get; init; } = ImmutableDictionary<string, string>.Empty;

    /// <summary>People are users of their own; null: one user plays them all.</summary>
    internal RealUsers? Users { get; init; }

    /// <summary>Trials at the same time.</summary>
    public int Workers { get; init; } = 2;
}

/// <summary>How far it is.</summary>
/// <param name="Done">Pieces of work that are over.</param>
/// <param name="Count">Of so many.</param>
/// <param name="Doing">What was begun last: the approach's label.</param>
public sealed record AssessmentProgress(int Done, int Count, string Doing);

/// <summary>What was measured.</summary>
/// <param name="Layout">The system's Python; null when there is none.</param>
/// <param name="Rows">One an approach, in the order in which people name them.</param>
/// <param name="Kinds">What was tried.</param>
/// <param name="Controls">Trials that must show nothing.</param>
public sealed record AssessmentResult(
    Layout? Layout, ImmutableArray<Row> Rows, ImmutableArray<Kind> Kinds, ImmutableArray<Control> Controls)
{
    /// <summary>The same with users of their own; null: not tried, and not everybody has subordinate uids.</summary>
    public Confirmation? Confirmation { get; init; }

    /// <summary>Nothing was seen that makes the rest doubtful.</summary>
    public bool IsReliable => Controls.All(c => c.Holds) && Confirmation is not { Differences.Length: > 0 };
}

/// <summary>A trial that must show nothing at all; if it does, nothing else that was measured can be believed.</summary>
/// <param name="Row">The approach's id.</param>
/// <param name="What">Why it must not.</param>
/// <param name="Expected">What has to come of the installing.</param>
/// <param name="Outcome">What was seen.</param>
public sealed record Control(string Row, ControlledFor What, Installed Expected, TrialOutcome Outcome)
{
    public bool Holds => Outcome.Reaches.Length == 0 && Outcome.Installed == Expected;
}

/// <summary>Why a control must show nothing.</summary>
public enum ControlledFor
{
    /// <summary>The package does no harm.</summary>
    Benign,

    /// <summary>The hash that was asked for is not that of the package.</summary>
    FalseHash,

    /// <summary>Only wheels were asked for, and it has none.</summary>
    WheelsOnly,
}
