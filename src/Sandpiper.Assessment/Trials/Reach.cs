using Sandpiper.Assessment.Probes;
using Sandpiper.Assessment.Replicas;

namespace Sandpiper.Assessment.Trials;

/// <summary>One thing that was seen from outside: code of a probe reached an asset.</summary>
/// <param name="Kind">Of the package.</param>
/// <param name="Moment">During which step it arrived.</param>
/// <param name="By">Who did that step.</param>
/// <param name="Trigger">How the code came to run: the name of the kind, or <c>planted-…</c>.</param>
/// <param name="RunsAs">With whose rights.</param>
/// <param name="Asset">What was reached.</param>
/// <param name="What">The decoy's path; <c>a secret</c>, <c>a connection</c>.</param>
public sealed record Reach(Kind Kind, Moment Moment, Person By, string Trigger, Person RunsAs, Asset Asset, string What)
{
    /// <summary>By something that the probe had left behind, not by the package itself.</summary>
    public bool IsPlanted => Trigger.StartsWith(Planted, StringComparison.Ordinal);

    internal const string Planted = "planted-";
}
