using System.Collections.Immutable;
using Sandpiper.Packaging.Names;

namespace Sandpiper.Resolution;

/// <summary>Pins that satisfy the problem, or why none do.</summary>
public abstract record ResolutionResult
{
    private ResolutionResult() { }

    /// <param name="Pins">Ordered by name.</param>
    public sealed record Solved(ImmutableArray<Pin> Pins) : ResolutionResult;

    /// <param name="Package">The package for which nothing fits, or over which the search was given up.</param>
    /// <param name="Because">Facts: who asked for what, and why each candidate fell away.</param>
    /// <param name="Suggestions">What would change the answer.</param>
    public sealed record Unsolvable(PackageName Package, ImmutableArray<Reason> Because, ImmutableArray<Suggestion> Suggestions)
        : ResolutionResult
    {
        /// <summary>Nobody knows whether there is a solution.</summary>
        public bool IsGivenUp => Because.Any(reason => reason is Reason.GivenUp);
    }
}
