using System.Collections.Immutable;
using Sandpiper.Environments.Composing;
using Sandpiper.Environments.Generations;
using Sandpiper.Policies;
using Sandpiper.Store;
using Sandpiper.Wheels;

namespace Sandpiper.Operations;

/// <summary>
/// Holds what was found in each wheel against what is allowed, at every change of an environment,
/// wherever the wheel comes from (P8).
/// </summary>
internal static class Judgement
{
    /// <summary>Before a wheel is sealed: what nobody accepted does not get into the store.</summary>
    /// <exception cref="RefusedException">It has something that nobody accepted.</exception>
    public static void MustBeAcceptable(Artifact artifact, ImmutableArray<Finding> findings, InstalledPackage facts, Policy policy)
    {
        var verdict = policy.Judge(artifact, findings, facts.OmittedHooks, facts.Accepted);
        if (!verdict.Refused.IsEmpty) throw new RefusedException(policy.RefusalOf(artifact, verdict.Refused));
    }

    /// <summary>Before it is composed: what goes in, what stays out, and what is on record.</summary>
    /// <param name="facts">
    /// A hook that it says was left out stays out unless it was allowed since: changing one package changes no other.
    /// </param>
    /// <exception cref="RefusedException">It has something that nobody accepted.</exception>
    /// <exception cref="StoreDamagedException">An earlier version sealed it and kept no findings, so that nobody can judge it.</exception>
    public static ComposedPackage Judge(InstalledPackage facts, SealedWheel wheel, Policy policy)
    {
        facts = facts with { Digest = wheel.Digest };
        if (wheel.Findings is not { } findings) return AsRecorded(facts, wheel, policy);
        // As nearly always: nothing was found, and nothing is on record.
        if (findings.IsEmpty && facts.Accepted.IsEmpty) return Composed(wheel, facts with { OmittedHooks = [], AllowedHooks = [] });
        var artifact = new Artifact(facts.Name, facts.Version, wheel.Digest);
        var verdict = policy.Judge(
            artifact, [.. findings, .. FindingsOnRecord(facts, findings)], facts.OmittedHooks, OnRecord(facts, findings));
        if (!verdict.Refused.IsEmpty) throw new RefusedException(policy.RefusalOf(artifact, verdict.Refused));
        var leftOut = verdict.LeftOut.Select(f => f.Path!).ToHashSet(StringComparer.Ordinal);
        return Composed(wheel, facts with
        {
            OmittedHooks = [.. leftOut.Order(StringComparer.Ordinal)],
            AllowedHooks = [.. verdict.Accepted.Where(a => a.Finding.IsHook).Select(a => a.Finding.Path!)],
            Accepted = verdict.Acceptances,
        });
    }

    /// <summary>
    /// What was accepted of it. A generation of an earlier version names the hooks that were allowed, and no rules: those come from
    /// what was found in its wheel.
    /// </summary>
    public static ImmutableArray<Acceptance> OnRecord(InstalledPackage facts, ImmutableArray<Finding> findings) =>
    [
        .. facts.Accepted,
        .. findings.Where(f => f.IsHook && facts.AllowedHooks.Contains(f.Path!, StringComparer.Ordinal))
            .Select(f => new Acceptance(f.Rule, f.Path!, Others: 0, Waiver: null)),
    ];

    // The choice between an index's .metadata and the wheel's own is made once; a wheel that is kept was chosen on its own since.
    private static IEnumerable<Finding> FindingsOnRecord(InstalledPackage facts, ImmutableArray<Finding> findings)
    {
        string rule = Rules.CodeOf(Fault.OtherMetadata);
        bool isNew = findings.Any(f => f.Fault == Fault.OtherMetadata);
        return isNew ? [] : facts.Accepted.Where(a => string.Equals(a.Rule, rule, StringComparison.Ordinal))
            .Select(a => new Finding(Fault.OtherMetadata, a.Path));
    }

    private static ComposedPackage AsRecorded(InstalledPackage facts, SealedWheel wheel, Policy policy) => policy.KeepsWhatIsRecorded
        ? Composed(wheel, facts)
        : throw new StoreDamagedException(
            wheel.Digest, $"{facts.Name} {facts.Version} was sealed by an earlier version, which kept nothing to judge it by");

    private static ComposedPackage Composed(SealedWheel wheel, InstalledPackage facts)
    {
        var leftOut = facts.OmittedHooks.ToHashSet(StringComparer.Ordinal);
        if (leftOut.Count == 0) return new ComposedPackage(wheel, facts, []);
        var hooks = wheel.Files.Where(f => f.Kind == StoredFileKind.StartUpHook && leftOut.Contains(f.Path));
        return new ComposedPackage(wheel, facts, [.. hooks]);
    }
}
