using System.Collections.Immutable;
using Sandpiper.Packaging.Versions;

namespace Sandpiper.Auditing.Advisories;

/// <summary>One event of a range (OSV schema, "affected[].ranges[].events"): exactly one kind of bound.</summary>
/// <param name="Version">Null: before every version, which OSV writes <c>0</c>.</param>
public sealed record AdvisoryEvent(AdvisoryBound Bound, Pep440Version? Version);

/// <summary>What an event says of its version.</summary>
public enum AdvisoryBound
{
    /// <summary>Affected from here.</summary>
    Introduced,

    /// <summary>No longer from here.</summary>
    Fixed,

    /// <summary>Still here, no longer after.</summary>
    LastAffected,

    /// <summary>Nothing is said of this and later ones.</summary>
    Limit,
}

/// <summary>Versions in the order of PEP 440, as OSV's evaluation algorithm walks them.</summary>
public sealed record AdvisoryRange(ImmutableArray<AdvisoryEvent> Events)
{
    /// <summary>Whether a version is affected: the last event that is not above it says so.</summary>
    public bool Contains(Pep440Version version)
    {
        if (Events.Any(e => e.Bound == AdvisoryBound.Limit) && !Events.Any(e => e.Bound == AdvisoryBound.Limit && version < e.Version))
            return false;
        bool affected = false;
        foreach (AdvisoryEvent one in Events.Where(e => e.Bound != AdvisoryBound.Limit)
            .OrderBy(e => e.Version is not null).ThenBy(e => e.Version ?? default).ThenBy(e => e.Bound))
        {
            bool reached = one.Version is not { } bound || (one.Bound == AdvisoryBound.LastAffected ? version > bound : version >= bound);
            if (reached) affected = one.Bound == AdvisoryBound.Introduced;
        }
        return affected;
    }
}
