using System.Collections.Immutable;

namespace Sandpiper.Policies;

/// <summary>Why a package is not installed: what was found, in what, and for which environment.</summary>
/// <param name="Findings">Of one rule, in their order; never empty.</param>
public sealed record Refusal(ImmutableArray<Finding> Findings)
{
    /// <summary>Null while nobody has said which package the wheel was chosen for.</summary>
    public Artifact? Artifact { get; init; }

    /// <summary>Where it was to go; null: the wheel itself is refused, whatever it is for.</summary>
    public string? Environment { get; init; }

    /// <summary>It was allowed once, and is no more: why.</summary>
    public WaiverState? Allowance { get; init; }

    public Finding First => Findings[0];

    public string Rule => First.Rule;

    /// <summary>A waiver for this rule has an effect.</summary>
    public bool MayBeAccepted => Findings.All(f => f.MayBeAccepted);

    /// <summary>
    /// Where neither of two packages goes before the other: the same refusal, of the other. Either can be accepted, which decides who
    /// does without. Null: there is but one way.
    /// </summary>
    public Refusal? OtherWay => First is { Precedence: Precedence.OfNeither, Owner: { } owner } && Artifact is { } artifact
        ? this with { Findings = [.. Findings.Where(f => f.Owner == owner).Select(f => f with { Owner = artifact })], Artifact = owner }
        : null;
}

/// <summary>Something was refused for safety, so nothing of what was asked was done.</summary>
/// <param name="refusal">The facts.</param>
/// <param name="inner">The refusal of a room that does not know packages: the archive's.</param>
public sealed class RefusedException(Refusal refusal, Exception? inner = null)
    : Exception($"{refusal.Artifact}: {refusal.First.Fault} {refusal.First.Path} ({refusal.Rule})", inner)
{
    public RefusedException(Finding finding)
        : this(new Refusal([finding]))
    {
    }

    public Refusal Refusal { get; } = refusal;

    /// <summary>Stable: what a waiver quotes.</summary>
    public string Rule => Refusal.Rule;
}
