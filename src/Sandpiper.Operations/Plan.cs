using System.Collections.Immutable;
using Sandpiper.Environments.Generations;
using Sandpiper.Packaging.Names;
using Sandpiper.Policies;
using Sandpiper.Store;

namespace Sandpiper.Operations;

/// <summary>What the next generation shall hold, every wheel of it sealed.</summary>
/// <param name="Command">The word that was typed, for the ledger.</param>
/// <param name="Before">The current generation; null: none.</param>
/// <param name="Packages">Ordered by name.</param>
/// <param name="Wheels">That of each package.</param>
/// <param name="Policy">What is allowed.</param>
internal sealed record Plan(
    string Command, Generation? Before, ImmutableArray<SelectedPackage> Packages, IReadOnlyDictionary<PackageName, SealedWheel> Wheels,
    Policy Policy)
{
    /// <summary>How its files come out of the store: as those of the generation before, unless somebody says otherwise.</summary>
    public LinkMode Mode { get; init; } = Before?.LinkMode ?? LinkMode.Symlink;

    /// <summary>Whether it shows byte code as soon as there is some: as the generation before, unless somebody says otherwise.</summary>
    public bool ShowsByteCode { get; init; } = Before?.ShowsByteCode ?? true;

    /// <summary>The package whose commands the environment is for: as before, unless somebody says otherwise.</summary>
    public PackageName? Tool { get; init; } = Before?.Tool?.Package;
}
