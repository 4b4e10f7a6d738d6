using Sandpiper.Resolution;

namespace Sandpiper.Operations;

/// <summary>What came of an installation that was not refused.</summary>
public abstract record InstallationOutcome
{
    private InstallationOutcome() { }

    /// <summary>Done, or with a dry run: what would be.</summary>
    public sealed record Changed(EnvironmentChange Change) : InstallationOutcome;

    /// <summary>No set of versions satisfies what was asked; nothing was changed.</summary>
    public sealed record Unsolvable(ResolutionResult.Unsolvable Why) : InstallationOutcome;
}
