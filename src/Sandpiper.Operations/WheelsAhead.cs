using Sandpiper.Environments.Generations;

namespace Sandpiper.Operations;

/// <summary>
/// Most of what is installed stays when a package comes or goes: what is known of those wheels is looked up on another core, while it is
/// still being found out by which interpreter, from where, and whether somebody else is at it.
/// </summary>
/// <remarks>
/// It decides nothing: what was seen longer ago than <see cref="OperationContext.StoreHolds"/> is looked at again, and all of it where the
/// store was changed before the change began to hold it.
/// </remarks>
public static class WheelsAhead
{
    /// <summary>To be said where something will most likely change; does not wait.</summary>
    public static void Look(OperationContext context, Generation current)
    {
        Operation.ExpectWheelsOf(current);
        context.Store.LookAhead([.. current.Packages.Select(p => p.Digest)]);
    }
}
