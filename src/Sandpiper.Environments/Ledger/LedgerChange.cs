namespace Sandpiper.Environments.Ledger;

/// <summary>What one change of an environment did to one package.</summary>
/// <param name="Name">Of the package.</param>
/// <param name="Before">Version, or null when it was not there.</param>
/// <param name="After">Version, or null when it went.</param>
/// <param name="Sha256">Of the wheel that came; null when none did.</param>
/// <param name="Index">Where it came from; null when none did.</param>
public sealed record LedgerChange(string Name, string? Before, string? After, string? Sha256, string? Index);
