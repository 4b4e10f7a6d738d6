using Sandpiper.Environments;
using Sandpiper.Policies.Waivers;
using Sandpiper.Store;

namespace Sandpiper.Operations;

/// <summary>
/// What every operation is given besides its request: for whom it works, where, and what time it is. It reads nothing from the air.
/// </summary>
public sealed record OperationContext
{
    /// <summary>The data root and the cache.</summary>
    public required DataPlaces Places { get; init; }

    /// <summary>Who asks, by name: the ledger's <c>who</c>.</summary>
    public required string Author { get; init; }

    /// <summary>The program that shims start, absolute.</summary>
    public required string Executable { get; init; }

    public required TimeProvider Time { get; init; }

    internal WheelStore Store => new(Places.Root);

    internal WaiverFile Waivers => new(Places.Root);
}
