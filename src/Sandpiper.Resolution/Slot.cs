using Sandpiper.Packaging.Names;

namespace Sandpiper.Resolution;

/// <summary>What is known about one package at a point of the search: who wants what, and what was chosen.</summary>
internal sealed class Slot(PackageName name)
{
    private static readonly HashSet<PackageName> NoExtras = [];     // nobody adds to what Extras gives

    private readonly List<Demand> _demands = [];
    private int _wants;
    private int _exact;

    public PackageName Name { get; } = name;

    /// <summary>Null until its page is needed.</summary>
    public Project? Project { get; set; }

    /// <summary>In the order in which they were made, so the ones that depend on the earliest decisions come first.</summary>
    public IReadOnlyList<Demand> Demands => _demands;

    public Decision? Decision { get; set; }

    /// <summary>Somebody asks for it; limits alone do not.</summary>
    public bool IsWanted => _wants > 0;

    /// <summary>What is nailed down goes first: it is cheap to find out what it rules out.</summary>
    public bool IsNailedDown => _exact > 0;

    /// <summary>What it costs to go through the demands with their extras.</summary>
    public long Weight { get; private set; }

    public IReadOnlySet<PackageName> Extras => Weight == _demands.Count
        ? NoExtras
        : _demands.Where(demand => !demand.IsLimit).SelectMany(demand => demand.Requirement.Extras).ToHashSet();

    public void Add(Demand demand)
    {
        _demands.Add(demand);
        Count(demand, 1);
    }

    public void RemoveLast()
    {
        Demand demand = _demands[^1];
        _demands.RemoveAt(_demands.Count - 1);
        Count(demand, -1);
    }

    private void Count(Demand demand, int by)
    {
        if (!demand.IsLimit) _wants += by;
        if (demand.IsExact) _exact += by;
        Weight += by * (1L + demand.Requirement.Extras.Length);
    }
}

/// <summary>One package's place on the stack of the search: what was chosen, what is left to try, and what stood in the way.</summary>
internal sealed class Decision(Slot slot, int level, BitSet left, BitSet blame)
{
    public Slot Slot { get; } = slot;

    /// <summary>From 1; the user's own words are below all levels.</summary>
    public int Level { get; } = level;

    /// <summary>Places of the releases not tried yet.</summary>
    public BitSet Left { get; } = left;

    /// <summary>Earlier decisions that share in ruling out what was tried and what was not allowed.</summary>
    public BitSet Blame { get; } = blame;

    /// <summary>The place of the release that is chosen for now.</summary>
    public int Current { get; set; } = -1;

    /// <summary>By place.</summary>
    public Dictionary<int, Rejection> Rejections { get; } = [];

    /// <summary>Packages on which this choice made demands, in order, to take them back.</summary>
    public List<Slot> Trail { get; } = [];

    public Release Release => Slot.Project!.Releases[Current];
}

/// <summary>A package for which nothing is left: who wanted what, and why each release fell away.</summary>
internal sealed record DeadEnd(Project Project, IReadOnlyList<Demand> Demands, IReadOnlyDictionary<int, Rejection> Rejections);
