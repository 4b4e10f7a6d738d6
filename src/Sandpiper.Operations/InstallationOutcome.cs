using System.Collections.Immutable;
using Sandpiper.Environments.Shims;
using Sandpiper.Packaging.Names;
using Sandpiper.Resolution;

namespace Sandpiper.Operations;

/// <summary>What came of an installation that was not refused.</summary>
public abstract record InstallationOutcome
{
    private InstallationOutcome() { }

    /// <summary>Done, or with a dry run: what would be.</summary>
    public sealed record Changed(EnvironmentChange Change) : InstallationOutcome;

    /// <summary>No set of versions satisfies what was asked; nothing was changed.</summary>
    /// <param name="Elsewhere">Indexes that were not asked, and from which packages are installed; these may not move.</param>
    public sealed record Unsolvable(ResolutionResult.Unsolvable Why, ImmutableArray<Uri> Elsewhere) : InstallationOutcome;

    /// <summary>Names that it would have on PATH are another environment's; nothing was changed.</summary>
    public sealed record NamesHeld(ImmutableArray<HeldName> Held) : InstallationOutcome;

    /// <summary>A tool without a command of its own; nothing was changed.</summary>
    /// <param name="Others">Commands of what it needs.</param>
    public sealed record NoCommands(PackageName Tool, ImmutableArray<string> Others) : InstallationOutcome;
}
