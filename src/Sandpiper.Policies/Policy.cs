using System.Collections.Frozen;
using System.Collections.Immutable;
using Sandpiper.Packaging.Names;

namespace Sandpiper.Policies;

/// <summary>
/// What is allowed, for one command on one environment. Read once, then passed along;
/// nothing reads a setting from the air.
/// </summary>
/// <param name="waivers">What was ever accepted.</param>
/// <param name="environment">Its name.</param>
/// <param name="now">When a waiver that has a last moment is held against it.</param>
public sealed class Policy(ImmutableArray<Waiver> waivers, string environment, DateTimeOffset now)
{
    private readonly FrozenDictionary<Sha256Digest, ImmutableArray<Waiver>> _waivers =
        waivers.Where(w => w.Digest is not null).GroupBy(w => w.Digest!.Value).ToFrozenDictionary(g => g.Key, g => g.ToImmutableArray());

    private readonly ImmutableArray<Waiver> _all = waivers;

    public string Environment => environment;

    /// <summary>Install packages without their start-up hooks, for this command.</summary>
    public bool OmitHooks { get; init; }

    /// <summary>
    /// Nothing new comes into the environment (<c>uninstall</c>, <c>repair</c>): what its record says was accepted stays so. Otherwise one
    /// waiver that has ended would stand in the way of removing another package.
    /// </summary>
    public bool KeepsWhatIsRecorded { get; init; }

    /// <summary>For an environment that one confined run has, and nothing else: see <see cref="Rules.MayBeTried"/>.</summary>
    public bool IsForOneRun { get; init; }

    /// <summary>The verdict on everything that was found in one wheel.</summary>
    /// <param name="omitted">Paths of hooks that are left out in the environment already: changing one package changes no other.</param>
    /// <param name="recorded">What the environment's record says was accepted of this very wheel.</param>
    public Verdict Judge(
        Artifact artifact, ImmutableArray<Finding> findings, IEnumerable<string> omitted, ImmutableArray<Acceptance> recorded)
    {
        var accepted = new List<AcceptedFinding>();
        var leftOut = ImmutableArray.CreateBuilder<Finding>();
        var refused = new List<Finding>();
        foreach (var finding in findings)
        {
            // The request for this one command goes before a standing permission, and is the stricter of the two.
            if (finding.IsHook && OmitHooks) leftOut.Add(finding);
            else if (WaiverFor(artifact, finding) is { } waiver) accepted.Add(new(finding, waiver));
            else if (finding.IsHook && (IsDispensable(finding) || omitted.Contains(finding.Path, StringComparer.Ordinal)))
                leftOut.Add(finding);
            // What nobody has decided yet is on no record.
            else if (KeepsWhatIsRecorded && finding.Precedence is not Precedence.OfNeither
                && recorded.Any(r => string.Equals(r.Rule, finding.Rule, StringComparison.Ordinal)))
                accepted.Add(new(finding, null));
            else if (IsForOneRun && Rules.MayBeTried(finding.Fault)) accepted.Add(new(finding, null));
            else refused.Add(finding);
        }
        return new Verdict(
            [.. accepted.OrderBy(a => a.Finding.Rule, StringComparer.Ordinal).ThenBy(a => a.Finding.Path, StringComparer.Ordinal)],
            leftOut.DrainToImmutable(),
            [.. refused.Where(f => string.Equals(f.Rule, refused[0].Rule, StringComparison.Ordinal))]);
    }

    /// <summary>The newest waiver that holds for this finding; null: nobody accepts it.</summary>
    public Waiver? WaiverFor(Artifact artifact, Finding finding) =>
        finding.MayBeAccepted ? About(artifact, finding).LastOrDefault(w => w.StateAt(now) is WaiverState.Holds) : null;

    /// <summary>The waivers by which this wheel does without what another has too; nearly always none.</summary>
    public IEnumerable<Waiver> WaysGivenBy(Artifact artifact) => _waivers.GetValueOrDefault(artifact.Digest, []).Where(
        w => w.Owner is { } owner && w.StateAt(now) is WaiverState.Holds
            && w.IsAbout(artifact, new Finding(Fault.FileOfAnother) { Owner = owner }, environment));

    /// <summary>That it was accepted once and is no more, and why; null: it never was.</summary>
    public WaiverState? EndedFor(Artifact artifact, Finding finding) =>
        (About(artifact, finding).LastOrDefault() ?? _all.LastOrDefault(w => IsOfBefore(w, artifact, finding)))?.StateAt(now);

    /// <summary>Whether everything that the record says was accepted of this wheel still is.</summary>
    public bool StillAccepts(Sha256Digest wheel, ImmutableArray<Acceptance> recorded) => FirstEnded(wheel, recorded) is null;

    /// <summary>The first thing that the record says was accepted of this wheel, and is no more; null when all of it is.</summary>
    public EndedAcceptance? FirstEnded(Sha256Digest wheel, ImmutableArray<Acceptance> recorded) =>
        recorded.Select(r => EndedOf(wheel, r)).FirstOrDefault(ended => ended is not null);

    /// <summary>Whether a waiver holds that makes a start-up hook of this wheel active.</summary>
    public bool AllowsHookOf(Sha256Digest wheel) =>
        _waivers.GetValueOrDefault(wheel, []).Any(w => w.StateAt(now) is WaiverState.Holds && Rules.IsAboutHooks(w.Rule));

    /// <summary>The same as a refusal, with what is known about earlier permissions.</summary>
    public Refusal RefusalOf(Artifact artifact, ImmutableArray<Finding> refused) => new(refused)
    {
        Artifact = artifact,
        Environment = Rules.IsAboutEnvironment(refused[0].Rule) ? environment : null,
        Allowance = EndedFor(artifact, refused[0]),
    };

    private EndedAcceptance? EndedOf(Sha256Digest wheel, Acceptance recorded)
    {
        Waiver[] about = [.. _waivers.GetValueOrDefault(wheel, []).Where(w => string.Equals(w.Rule, recorded.Rule, StringComparison.Ordinal)
            && (w.Environment is null || string.Equals(w.Environment, environment, StringComparison.Ordinal)))];
        // Of two wheels it was about one pair: that the other gives way to a third is another matter.
        Artifact? owner = about.FirstOrDefault(w => w.Number == recorded.Waiver)?.Owner;
        Waiver[] same = owner is null ? about : [.. about.Where(w => w.Owner == owner)];
        if (same.Any(w => w.StateAt(now) is WaiverState.Holds)) return null;
        return new EndedAcceptance(recorded, owner ?? same.LastOrDefault()?.Owner, same.LastOrDefault()?.StateAt(now));
    }

    private IEnumerable<Waiver> About(Artifact artifact, Finding finding) =>
        _waivers.GetValueOrDefault(artifact.Digest, []).Where(w => w.IsAbout(artifact, finding, environment));

    private static bool IsOfBefore(Waiver waiver, Artifact artifact, Finding finding) =>
        waiver.Digest is null && waiver.Name == artifact.Name && waiver.Version == artifact.Version
        && string.Equals(waiver.Rule, finding.Rule, StringComparison.Ordinal);

    private static bool IsDispensable(Finding hook) =>
        hook.Namespaces is not null || (hook.Content is { } content && ReviewedHooks.Find(content) is not null);
}
