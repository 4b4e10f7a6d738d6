namespace Sandpiper.Environments.Ledger;

/// <summary>A path that a package had given way for, and that it has now that nobody else does.</summary>
/// <param name="Name">Of the package that has it now.</param>
/// <param name="Path">Below the environment's directory.</param>
/// <param name="From">The package that had it before; null when that cannot be told.</param>
public sealed record LedgerHandover(string Name, string Path, string? From);
