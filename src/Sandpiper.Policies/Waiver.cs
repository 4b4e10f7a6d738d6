using Sandpiper.Packaging.Names;
using Sandpiper.Packaging.Versions;

namespace Sandpiper.Policies;

/// <summary>A user's decision to accept what one rule says of one wheel, and why. It holds for these very bytes.</summary>
/// <param name="Rule">The code that the refusal named: <c>SP-WHEEL-21</c>.</param>
/// <param name="Reason">In the user's words.</param>
/// <param name="Who">Login name of who decided.</param>
/// <param name="When">When he decided.</param>
public sealed record Waiver(PackageName Name, Pep440Version Version, string Rule, string Reason, string Who, DateTimeOffset When)
{
    /// <summary>Counted from 1, in the order in which they were made: what is typed to withdraw it. 0 until it is on record.</summary>
    public int Number { get; init; }

    /// <summary>Of the wheel; null in a line of before waivers held for bytes, which holds no more.</summary>
    public Sha256Digest? Digest { get; init; }

    /// <summary>From then on it holds no more; null: until it is withdrawn.</summary>
    public DateTimeOffset? Expires { get; init; }

    /// <summary>The one environment that it holds for, where the rule is about what else is there; null: all.</summary>
    public string? Environment { get; init; }

    /// <summary>The file that decided; others between the same two wheels are meant with it.</summary>
    public string? Path { get; init; }

    /// <summary>The other party, who keeps the path; null where there is none.</summary>
    public Artifact? Owner { get; init; }

    /// <summary>Who took it back; null: nobody.</summary>
    public string? WithdrawnBy { get; init; }

    public DateTimeOffset? WithdrawnWhen { get; init; }

    public WaiverState StateAt(DateTimeOffset now) =>
        WithdrawnBy is not null ? WaiverState.Withdrawn
        : Digest is null ? WaiverState.Unbound
        : Expires <= now ? WaiverState.Expired
        : WaiverState.Holds;

    /// <summary>Whether it is about this finding in this wheel; whether it still holds is another question.</summary>
    public bool IsAbout(Artifact artifact, Finding finding, string environment) =>
        Digest == artifact.Digest && Name == artifact.Name && Version == artifact.Version
        && string.Equals(Rule, finding.Rule, StringComparison.Ordinal)
        && (!Rules.IsAboutEnvironment(Rule)
            || (string.Equals(Environment, environment, StringComparison.Ordinal) && Owner == finding.Owner));
}

/// <summary>Whether a waiver has an effect, and why not.</summary>
public enum WaiverState
{
    /// <summary>It names no bytes: of an earlier version. The default value, so that a forgotten answer is the safe one.</summary>
    Unbound,

    Holds,

    Expired,

    Withdrawn,
}
