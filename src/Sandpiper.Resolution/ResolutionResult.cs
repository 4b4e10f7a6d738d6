using System.Collections.Immutable;
using Sandpiper.Packaging.Names;

namespace Sandpiper.Resolution;

/// <summary>Pins that satisfy the problem, or why none do.</summary>
public abstract record ResolutionResult
{
    private ResolutionResult() { }

    /// <param name="Pins">Ordered by name.</param>
    public sealed record Solved(ImmutableArray<Pin> Pins) : ResolutionResult;

    /// <param name="Package">The package for which nothing fits.</param>
    /// <param name="Because">Sentences, each a fact: who asked for what, and why each candidate fell away.</param>
    /// <param name="Hints">Commands that would change the answer.</param>
    public sealed record Unsolvable(PackageName Package, ImmutableArray<string> Because, ImmutableArray<string> Hints) : ResolutionResult;
}
