using System.Collections.Immutable;
using Sandpiper.Packaging.Names;

namespace Sandpiper.Resolution;

/// <summary>What has been decided and asked for so far. Immutable, so that going back is taking an older one.</summary>
/// <param name="Chosen">One wheel for each package that was decided.</param>
/// <param name="Extras">Of each package, the extras that somebody asked for.</param>
/// <param name="Demands">On each package, who asks for what.</param>
/// <param name="Order">Packages in the order in which they were first asked for.</param>
internal sealed record SearchState(
    ImmutableDictionary<PackageName, Candidate> Chosen,
    ImmutableDictionary<PackageName, ImmutableHashSet<PackageName>> Extras,
    ImmutableDictionary<PackageName, ImmutableArray<Demand>> Demands,
    ImmutableList<PackageName> Order)
{
    public static SearchState Empty { get; } = new(
        ImmutableDictionary<PackageName, Candidate>.Empty,
        ImmutableDictionary<PackageName, ImmutableHashSet<PackageName>>.Empty,
        ImmutableDictionary<PackageName, ImmutableArray<Demand>>.Empty,
        []);

    public ImmutableArray<Demand> DemandsOn(PackageName name) => Demands.GetValueOrDefault(name, []);

    public ImmutableHashSet<PackageName> ExtrasOf(PackageName name) => Extras.GetValueOrDefault(name, []);

    public SearchState With(Demand demand) => this with
    {
        Demands = Demands.SetItem(demand.Name, DemandsOn(demand.Name).Add(demand)),
        Extras = Extras.SetItem(demand.Name, ExtrasOf(demand.Name).Union(demand.Requirement.Extras)),
        Order = Demands.ContainsKey(demand.Name) ? Order : Order.Add(demand.Name),
    };

    public SearchState With(PackageName name, Candidate candidate) => this with { Chosen = Chosen.SetItem(name, candidate) };

    /// <summary>The next package to decide, or null when all are.</summary>
    public PackageName? Undecided()
    {
        foreach (PackageName name in Order)
        {
            if (!Chosen.ContainsKey(name)) return name;
        }
        return null;
    }
}

/// <summary>A package being decided: what is left to try, and what stood in the way so far.</summary>
/// <param name="Before">The state without any decision about it.</param>
/// <param name="Candidates">In the order in which they are tried.</param>
internal sealed record Frame(PackageName Name, SearchState Before, ImmutableArray<Candidate> Candidates)
{
    public int Next { get; set; }

    /// <summary>Packages whose decisions are among the reasons why candidates fell away.</summary>
    public HashSet<PackageName> Culprits { get; } = [];

    /// <summary>Why candidates fell away, in words.</summary>
    public List<string> Reasons { get; } = [];
}

/// <summary>A dead end: who could have prevented it, and why it is one.</summary>
internal sealed record Obstacle(ImmutableHashSet<PackageName> Culprits, string Because);
