using Sandpiper.Policies.Hooks;
using Sandpiper.Policies.Waivers;
using Sandpiper.Store;
using Sandpiper.Wheels;

namespace Sandpiper.Environments.Composing;

/// <summary>
/// Decides about the files that the interpreter would read at every start, in every program, before anything is imported. Refused, unless
/// the user or a review of the very bytes says otherwise.
/// </summary>
/// <param name="waivers">What the user allowed.</param>
/// <param name="leaveOutAll">The user asked, for this command, to install packages without their hooks.</param>
public sealed class StartUpHooks(WaiverFile waivers, bool leaveOutAll)
{
    private const int MaxHookBytes = 1 << 20;

    /// <summary>The decision, with its rule (SP-WHEEL-20 to 23) and the reason in words.</summary>
    /// <param name="hook">One of the wheel's files whose kind is <see cref="StoredFileKind.StartUpHook"/>.</param>
    /// <exception cref="StoreDamagedException">The hook is not what was sealed.</exception>
    /// <exception cref="WaiverFileDamagedException">What the user allowed cannot be read.</exception>
    public HookVerdict Judge(SealedWheel wheel, StoredFile hook)
    {
        var (rule, does) = Describe(wheel, hook);
        // The request for this one command goes before a standing permission, and is the stricter of the two.
        if (leaveOutAll) return new(HookDecision.LeaveOut, rule, $"you asked for packages without start-up hooks; it {does}");
        if (waivers.Find(wheel.FileName.Name, wheel.FileName.Version, rule) is { } waiver)
            return new(HookDecision.Allow, rule, $"allowed by {waiver.Who} on {waiver.When:yyyy-MM-dd}: {waiver.Reason}");
        if (ReviewedHooks.Find(hook.Digest) is { } reviewed)
            return new(HookDecision.LeaveOut, rule, $"reviewed: it {reviewed.Does}; without it: {reviewed.Without}");
        return new(HookDecision.Refuse, rule, $"it {does}");
    }

    public static (string Rule, string Does) Describe(SealedWheel wheel, StoredFile hook)
    {
        string name = hook.Path[(hook.Path.LastIndexOf('/') + 1)..];
        if (name.EndsWith(".start", StringComparison.OrdinalIgnoreCase))
            return ("SP-WHEEL-23", "calls functions at every start of the interpreter (PEP 829)");
        if (!name.EndsWith(".pth", StringComparison.OrdinalIgnoreCase))
            return ("SP-WHEEL-20", "is imported at every start of the interpreter");
        return hook.Size > MaxHookBytes || PathFile.RunsCode(wheel.Read(hook, MaxHookBytes).Span)
            ? ("SP-WHEEL-21", "runs code at every start of the interpreter")
            : ("SP-WHEEL-22", "adds directories from which every program imports");
    }
}
