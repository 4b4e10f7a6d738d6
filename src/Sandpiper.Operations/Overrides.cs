using System.Collections.Immutable;
using Sandpiper.Environments.Generations;

namespace Sandpiper.Operations;

/// <summary>What is in a generation against a rule, as the ledger tells it.</summary>
internal static class Overrides
{
    /// <param name="generation">That is switched to.</param>
    /// <param name="omitHooks">Its hooks were left out because this very command said so.</param>
    public static ImmutableArray<string> Of(Generation generation, bool omitHooks) =>
    [
        .. generation.Packages.SelectMany(p => p.Accepted.Select(
            a => $"allowed {p.Name} {p.Version}: {a.Rule} {a.Path}{(a.Others > 0 ? $" and {a.Others} more" : "")}")),
        .. omitHooks ? generation.Packages.SelectMany(p => p.OmittedHooks.Select(h => $"left out {p.Name} {p.Version}: {h}")) : [],
    ];
}
