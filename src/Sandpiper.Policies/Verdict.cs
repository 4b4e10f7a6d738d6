using System.Collections.Immutable;

namespace Sandpiper.Policies;

/// <summary>What is to be done about everything that was found in one wheel.</summary>
/// <param name="Accepted">Installed all the same, and by which waiver; ordered by rule and path.</param>
/// <param name="LeftOut">Start-up hooks that are not installed.</param>
/// <param name="Refused">Not accepted by anybody: the package is not installed. Of one rule, the first that was met.</param>
public sealed record Verdict(ImmutableArray<AcceptedFinding> Accepted, ImmutableArray<Finding> LeftOut, ImmutableArray<Finding> Refused)
{
    /// <summary>What was accepted, as an environment records it: one entry a rule.</summary>
    public ImmutableArray<Acceptance> Acceptances =>
        [.. Accepted.GroupBy(a => a.Finding.Rule, StringComparer.Ordinal)
            .Select(g => new Acceptance(g.Key, g.First().Finding.Path ?? "", g.Count() - 1, g.First().Waiver?.Number))];
}

/// <param name="Waiver">Null: the environment's record says that it was accepted, and nothing new comes.</param>
public sealed record AcceptedFinding(Finding Finding, Waiver? Waiver);

/// <summary>That a package is in an environment although a rule speaks against it.</summary>
/// <param name="Path">The first file that it is about.</param>
/// <param name="Others">How many more.</param>
/// <param name="Waiver">Number of the waiver; null where it was carried over from a generation before.</param>
public sealed record Acceptance(string Rule, string Path, int Others, int? Waiver);

/// <summary>Something that was accepted and is no more.</summary>
/// <param name="Owner">The other party, where the waiver was about two wheels and is known.</param>
/// <param name="State">Of the waiver; null when none is on record any more.</param>
public sealed record EndedAcceptance(Acceptance Acceptance, Artifact? Owner, WaiverState? State);
