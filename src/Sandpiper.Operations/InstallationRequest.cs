using System.Collections.Immutable;
using Sandpiper.Archives;
using Sandpiper.Environments.Generations;
using Sandpiper.Packaging.Names;
using Sandpiper.Packaging.Requirements;

namespace Sandpiper.Operations;

/// <summary>What a user asks of an environment. The same request on the same environment and index has the same result.</summary>
public sealed record InstallationRequest
{
    /// <summary>The name of the environment.</summary>
    public required string Environment { get; init; }

    /// <summary>What to add, constraints among it.</summary>
    public required ImmutableArray<RequirementLine> Lines { get; init; }

    /// <summary>False (<c>--no-deps</c>): exactly the lines, nothing they depend on.</summary>
    public bool FollowDependencies { get; init; } = true;

    /// <summary>
    /// The user says in the same words where packages come from: then everything may, whichever index had it before.
    /// </summary>
    public bool NamesIndexes { get; init; }

    /// <summary><c>-U</c>: the newest version that fits of everything the lines name or need; what is installed besides stays.</summary>
    public bool UpgradeAll { get; init; }

    /// <summary><c>--upgrade-package</c>: the newest of these.</summary>
    public ImmutableArray<PackageName> Upgrade { get; init; } = [];

    /// <summary><c>--pre</c>.</summary>
    public bool Prereleases { get; init; }

    /// <summary>Releases uploaded later are not considered; null: all are.</summary>
    public DateTimeOffset? ExcludeNewer { get; init; }

    /// <summary>Every artifact must have a hash that the user gave.</summary>
    public bool RequireHashes { get; init; }

    /// <summary>Install packages without their start-up hooks instead of refusing them.</summary>
    public bool LeaveHooksOut { get; init; }

    /// <summary>
    /// For an environment that one confined run has: what speaks only against more than that is accepted, and on its record.
    /// </summary>
    public bool IsForOneRun { get; init; }

    /// <summary>The most that one archive may cost.</summary>
    public ArchiveLimits Limits { get; init; } = ArchiveLimits.Default;

    /// <summary><c>--link-mode</c>: how files come out of the store, from now on; null: as before.</summary>
    public LinkMode? LinkMode { get; init; }

    /// <summary><c>--compile</c>: whether byte code is made and shown, from now on; null: as before.</summary>
    public bool? ShowsByteCode { get; init; }

    /// <summary><c>--tool</c>: the package whose commands the environment is for, from now on; null: as before.</summary>
    public PackageName? Tool { get; init; }

    /// <summary>Commands that it gets on PATH, also where another environment has the name.</summary>
    public ImmutableHashSet<string> Taking { get; init; } = [];

    /// <summary>Where another environment has any other name that it would have there, nothing is done; false: the name stays that
    /// one's.</summary>
    public bool StopsAtHeldNames { get; init; }

    /// <summary>Say what would be done, do nothing.</summary>
    public bool DryRun { get; init; }

    /// <summary>
    /// The same request without the lines whose markers rule them out here: they ask for nothing, limit nothing and are not recorded.
    /// </summary>
    public InstallationRequest For(MarkerEnvironment environment) =>
        this with { Lines = [.. Lines.Where(line => line.Requirement.Marker?.Evaluate(environment, []) != MarkerResult.False)] };
}
