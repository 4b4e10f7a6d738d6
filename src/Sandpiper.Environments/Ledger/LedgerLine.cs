using System.Collections.Immutable;
using Sandpiper.Packaging.Names;

namespace Sandpiper.Environments.Ledger;

/// <summary>One change of an environment, as its ledger tells it.</summary>
/// <param name="Command">The word that was typed: <c>install</c>, <c>uninstall</c>, <c>rollback</c>.</param>
/// <param name="When">In UTC.</param>
/// <param name="Who">Login name.</param>
/// <param name="From">The generation before; null when there was none.</param>
/// <param name="To">The generation after.</param>
/// <param name="Changes">What the packages did.</param>
/// <param name="Overrides">What was done against a rule, in words.</param>
/// <param name="Confirmed">The switch is known to have happened; otherwise the command ended between writing this line and the
/// switch, or right after it.</param>
public sealed record LedgerLine(
    string Command, DateTimeOffset When, string Who, int? From, int To,
    ImmutableArray<LedgerChange> Changes, ImmutableArray<string> Overrides, bool Confirmed)
{
    /// <summary>The user that wrote the line, as the kernel knows him; the ledger fills it in. Null in what cannot tell.</summary>
    public uint? UserId { get; init; }

    /// <summary>Whose place others have taken: no package changed for it, and yet other code is imported.</summary>
    public ImmutableArray<LedgerHandover> HandedOver { get; init; } = [];

    /// <summary>SHA-256 of the <c>generation.json</c> of the generation that is made; null when none is.</summary>
    public Sha256Digest? Description { get; init; }
}
