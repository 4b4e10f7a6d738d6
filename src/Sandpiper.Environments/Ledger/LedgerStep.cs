namespace Sandpiper.Environments.Ledger;

/// <summary>Of one change of an environment which generation followed which: all that a further change has to know of it.</summary>
/// <param name="From">The generation before; null when there was none.</param>
/// <param name="To">The generation after.</param>
/// <param name="Confirmed">The switch is known to have happened; otherwise the command ended between writing this line and the
/// switch, or right after it.</param>
public record LedgerStep(int? From, int To, bool Confirmed);
