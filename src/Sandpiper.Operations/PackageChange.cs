using System.Collections.Immutable;
using Sandpiper.Environments.Ledger;
using Sandpiper.Packaging.Names;

namespace Sandpiper.Operations;

/// <summary>What happens to one package between two generations.</summary>
/// <param name="Before">Version, or null when it was not there.</param>
/// <param name="After">Version, or null when it goes.</param>
/// <param name="Notes">What a person should hear of it.</param>
public sealed record PackageChange(PackageName Name, string? Before, string? After, ImmutableArray<string> Notes);

/// <summary>What a command did to an environment, or would do.</summary>
/// <param name="Generation">The number that is current now; null when nothing was ever installed.</param>
/// <param name="IsNew">A new generation was made.</param>
/// <param name="Changes">Ordered by name; empty when everything was as asked already.</param>
/// <param name="Packages">In the environment now.</param>
/// <param name="Took">Composing and switching.</param>
public sealed record EnvironmentChange(int? Generation, bool IsNew, ImmutableArray<PackageChange> Changes, int Packages, TimeSpan Took)
{
    /// <summary>Another generation is current than before, be its packages the same.</summary>
    public bool IsSwitched { get; init; }

    /// <summary>What packages have that they had given way for before; nobody changed them.</summary>
    public ImmutableArray<LedgerHandover> HandedOver { get; init; } = [];

    /// <summary>
    /// A wheel of it has not been compiled for its interpreter yet; where it is looked at in any case, perhaps one has not, and that is
    /// found out then.
    /// </summary>
    public bool LacksByteCode { get; init; }

    /// <summary>It shows directories of the store as the one before did, and nobody has looked at them (<see cref="LateLook"/>).</summary>
    public bool IsToBeLookedAt { get; init; }

    /// <summary>Generations that nobody goes back to wait to be removed (<see cref="LateRemoval"/>).</summary>
    public bool LeavesGenerations { get; init; }

    /// <summary>Scripts for which no shim was made, and why; extras that packages which stay do not have.</summary>
    public ImmutableArray<string> Notes { get; init; } = [];
}
