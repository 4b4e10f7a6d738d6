using Sandpiper.Sandbox.Profiles;

namespace Sandpiper.Sandbox.Bubblewrap;

/// <summary>What cannot be changed any more once a sandbox is being made.</summary>
/// <param name="HostNetwork">It has the network of the host.</param>
/// <param name="Layers">What is written may be kept apart from what is there.</param>
/// <param name="Processors">On how many it is started; null: on all.</param>
public readonly record struct SandboxNeeds(bool HostNetwork, bool Layers, int? Processors)
{
    public static SandboxNeeds Of(Confinement confinement) =>
        new(confinement.HostNetwork, !confinement.Layered.IsEmpty, confinement.Processors);
}
