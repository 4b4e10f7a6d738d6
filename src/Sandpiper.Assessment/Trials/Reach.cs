using Sandpiper.Assessment.Probes;
using Sandpiper.Assessment.Replicas;

namespace Sandpiper.Assessment.Trials;

/// <summary>One thing that was seen from outside: code of a probe reached an asset.</summary>
/// <param name="Kind">How the package's own code came to run, which did this or left what did.</param>
/// <param name="Moment">During which step it arrived.</param>
/// <param name="By">Who did that step.</param>
/// <param name="Trigger">How the code came to run: the name of the kind, or <c>planted-…</c>.</param>
/// <param name="RunsAs">With whose rights.</param>
/// <param name="Asset">What was reached.</param>
/// <param name="What">The decoy's path; <c>a secret</c>, <c>a connection</c>.</param>
/// <param name="LeftBy">What had left the code that ran; null: it is the package's own.</param>
public sealed record Reach(
    Kind Kind, Moment Moment, Person By, string Trigger, Person RunsAs, Asset Asset, string What, Planter? LeftBy = null)
{
    /// <summary>By something that the probe had left behind, not by the package itself.</summary>
    public bool IsPlanted => Trigger.StartsWith(Planted, StringComparison.Ordinal);

    internal const string Planted = "planted-";
}

/// <summary>Code that left other code behind.</summary>
/// <param name="Trigger">As of a <see cref="Reach"/>.</param>
/// <param name="RunsAs">With whose rights it did.</param>
/// <param name="LeftBy">What had left itself; null: it is the package's own.</param>
public sealed record Planter(string Trigger, Person RunsAs, Planter? LeftBy);
