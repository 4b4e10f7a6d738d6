using System.Collections.Immutable;
using System.Text;
using Sandpiper.Environments.Composing;
using Sandpiper.Environments.Generations;
using Sandpiper.Policies.Hooks;
using Sandpiper.Store;
using Sandpiper.Wheels;

namespace Sandpiper.Operations;

/// <summary>Decides about the start-up hooks of every package before any is composed: no hook becomes active unasked (P2).</summary>
internal static class HookJudgement
{
    private const int MaxEvidence = 160;
    private const int MaxHookBytes = 1 << 20;

    /// <param name="facts">A hook that it says was left out stays out unless it was allowed since: changing one package changes no other.</param>
    /// <exception cref="PackageRefusedException">A hook that nobody allowed.</exception>
    public static ComposedPackage Judge(InstalledPackage facts, SealedWheel wheel, StartUpHooks hooks)
    {
        var leftOut = ImmutableHashSet.CreateBuilder<StoredFile>();
        var allowed = ImmutableArray.CreateBuilder<string>();
        foreach (StoredFile file in wheel.Files)
        {
            if (file.Kind != StoredFileKind.StartUpHook) continue;
            HookVerdict verdict = hooks.Judge(wheel, file);
            switch (verdict.Decision)
            {
                case HookDecision.LeaveOut:
                    leftOut.Add(file);
                    break;
                case HookDecision.Allow:
                    allowed.Add(file.Path);
                    break;
                case HookDecision.Refuse when facts.OmittedHooks.Contains(file.Path, StringComparer.Ordinal):
                    leftOut.Add(file);
                    break;
                default:
                    throw new PackageRefusedException(facts.Name, facts.Version, verdict.Rule, $"its wheel brings `{file.Path}`: {verdict.Because}", EvidenceIn(wheel, file), null) { MayBeAllowed = true, IsHook = true };
            }
        }
        InstalledPackage judged = facts with { OmittedHooks = [.. leftOut.Select(f => f.Path).Order(StringComparer.Ordinal)], AllowedHooks = allowed.ToImmutable() };
        return new ComposedPackage(wheel, judged, leftOut.ToImmutable());
    }

    // The first line that says something; what a person has to see to decide.
    private static string? EvidenceIn(SealedWheel wheel, StoredFile file)
    {
        if (file.Size > MaxHookBytes) return null;
        string? line = Encoding.UTF8.GetString(wheel.Read(file, MaxHookBytes).Span).Split('\n').Select(l => l.Trim()).FirstOrDefault(l => l.Length > 0 && l[0] != '#');
        return line is { Length: > MaxEvidence } ? line[..MaxEvidence] + "…" : line;
    }
}
