using System.Collections.Immutable;
using Sandpiper.Environments.Generations;

namespace Sandpiper.Environments.Ledger;

/// <summary>Which generation of an environment is current, or was before the link that says so was lost.</summary>
/// <param name="IsLinked">The link says so.</param>
public sealed record CurrentGeneration(int Number, bool IsLinked)
{
    /// <summary>Null when nothing was ever installed: what the first install left when it was killed was never current.</summary>
    /// <exception cref="EnvironmentException">The ledger is larger than any.</exception>
    public static CurrentGeneration? Of(ManagedEnvironment environment)
    {
        if (environment.LinkedNumber is { } linked && Directory.Exists(environment.DirectoryOf(linked))) return new(linked, IsLinked: true);
        ImmutableArray<int> there = environment.Numbers;
        ImmutableArray<LedgerLine> lines = new EnvironmentLedger(environment).Read();
        // A line precedes every generation. One without any was there before the ledger was lost; one that was only announced never
        // became current.
        ImmutableArray<int> known = [.. there.Where(n => lines.All(l => l.To != n) || lines.Any(l => l.To == n && l.Confirmed))];
        if (known.IsEmpty) return null;
        return new(lines.LastOrDefault(l => l.Confirmed && known.Contains(l.To))?.To ?? known.Max(), IsLinked: false);
    }

    /// <summary>The description of the current one; null when nothing was ever installed.</summary>
    /// <exception cref="CurrentLostException">There are generations, and the link does not say which.</exception>
    /// <exception cref="EnvironmentException">It is damaged.</exception>
    public static Generation? Read(ManagedEnvironment environment) => Of(environment) switch
    {
        null => null,
        { IsLinked: true, Number: var number } => environment.Read(number),
        { Number: var last } => throw new CurrentLostException(environment.Name, environment.CurrentLink, last, environment.Numbers.Length),
    };
}
