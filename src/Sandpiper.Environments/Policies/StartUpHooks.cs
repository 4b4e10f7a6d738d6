using Sandpiper.Environments.Store;

namespace Sandpiper.Environments.Policies;

/// <summary>Decides about start-up hooks: refused, unless the user or a review of the very bytes says otherwise.</summary>
/// <param name="waivers">What the user allowed.</param>
/// <param name="leaveOutAll">The user asked to install packages without their hooks.</param>
public sealed class StartUpHooks(WaiverFile waivers, bool leaveOutAll)
{
    /// <summary>The decision, with its rule (SP-WHEEL-20 to 23) and the reason in words.</summary>
    public HookVerdict Judge(SealedWheel wheel, StoredFile hook) => throw new NotImplementedException($"{waivers.GetType()} {leaveOutAll}");
}
