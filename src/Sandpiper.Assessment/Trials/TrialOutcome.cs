using System.Collections.Immutable;
using Sandpiper.Assessment.Probes;

namespace Sandpiper.Assessment.Trials;

/// <summary>What came of the installing.</summary>
public enum Installed
{
    /// <summary>The package was installed, and everything afterwards was done.</summary>
    Yes,

    /// <summary>It was refused on purpose, by a rule that the approach is chosen for.</summary>
    Refused,

    /// <summary>It failed: nothing was learnt of what would have followed.</summary>
    Failed,
}

/// <summary>What was seen of one hostile package under one approach.</summary>
/// <param name="Kinds">What the package does, in their order; one at least.</param>
/// <param name="Installed">Whether it could be installed at all.</param>
/// <param name="Reaches">Everything that was reached, in order; also by what failed.</param>
/// <param name="Said">What the installer said last, where it did not install.</param>
public sealed record TrialOutcome(ImmutableArray<Kind> Kinds, Installed Installed, ImmutableArray<Reach> Reaches, string Said);
