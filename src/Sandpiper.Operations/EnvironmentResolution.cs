using System.Collections.Immutable;
using Sandpiper.Environments.Generations;
using Sandpiper.Indexes;
using Sandpiper.Packaging.Names;
using Sandpiper.Packaging.Requirements;
using Sandpiper.Packaging.Tags;
using Sandpiper.Resolution;
using Sandpiper.Store;

namespace Sandpiper.Operations;

/// <summary>From what is asked of an environment, and what is in it, to what it shall hold.</summary>
/// <remarks>
/// <para>
/// What is installed answers for itself, so that adding one package asks for no page of another, and a package that came from elsewhere is
/// no obstacle. Only what may move is asked about: packages that are new; with <c>--upgrade-package</c> the ones it names; with
/// <c>--upgrade</c> the ones that were named and, found out by resolving until it holds, what these need.
/// </para>
/// <para>
/// First it is tried with the words of now alone, and what is installed fixed: no package that is there has a need that is not met, so
/// what is found comes to it, and nobody's METADATA is read that has nothing to do with it.
/// </para>
/// <para>
/// Only when that leads nowhere may everything move, and then still what can stay stays. What is installed from an index that is not asked
/// now stays in any case, and is not spoken of; who wants it moved says from where.
/// </para>
/// </remarks>
/// <param name="chosen">Wheels that hashed lines led to before.</param>
internal sealed class EnvironmentResolution(
    InstallationRequest request, Generation? before, MarkerEnvironment markers, SupportedTags tags, IPackageIndex index,
    WheelStore store, IEnumerable<(PackageName Name, KnownWheel Wheel)> chosen)
{
    private const string Source = "an earlier install";

    private readonly ImmutableArray<InstalledPackage> _installed = before?.Packages ?? [];
    private readonly HashSet<PackageName> _named = [.. request.Lines.Where(l => !l.IsConstraint).Select(l => l.Requirement.Name)];

    /// <summary>Whether what is installed would be the same if it was resolved anew, and all of its wheels are here.</summary>
    public bool StandsByItself { get; init; }

    /// <summary>What is installed from an index that is not asked now.</summary>
    public IReadOnlyDictionary<PackageName, Uri> Elsewhere { get; } = InstalledFromElsewhere(request, before, index);

    /// <summary>As of the last resolution: its pins are only what comes to what is installed, or has to do with it.</summary>
    public bool IsAddition { get; private set; }

    /// <exception cref="Exception">What the index threw.</exception>
    public async Task<ResolutionResult> SolveAsync(IProgress<int> packagesSoFar, CancellationToken cancel)
    {
        Dictionary<PackageName, KnownWheel> known = Known();
        HashSet<PackageName> moving = [.. request.Upgrade, .. request.UpgradeAll ? _named : []];
        var needed = new HashSet<PackageName>();
        var asked = new AskedOnce(new OwnedElsewhere(index, Elsewhere));
        bool mayAllMove = false;
        if (StandsByItself && OnlyAdds())
        {
            ImmutableArray<RequirementLine> words = [.. request.Lines, .. EarlierLines(_named.Contains)];
            ResolutionResult added = await new Resolver(new KnownWheels(asked, store, known))
                .SolveAsync(ProblemOf([]) with { Lines = words }, packagesSoFar, cancel);
            IsAddition = added is ResolutionResult.Solved;
            if (IsAddition) return added;
        }
        while (true)
        {
            var source = new KnownWheels(asked, store, known.Where(k => !moving.Contains(k.Key)).ToDictionary())
            {
                MayMove = name => mayAllMove && (!Elsewhere.ContainsKey(name) || _named.Contains(name)),
                ShallMove = needed.Contains,
            };
            ResolutionResult result = await new Resolver(source).SolveAsync(ProblemOf([.. moving, .. needed]), packagesSoFar, cancel);
            if (result is ResolutionResult.Solved solved)
            {
                if (!request.UpgradeAll) return result;
                List<PackageName> more = [.. NeededByNamed(solved.Pins)
                    .Where(name => IsInstalled(name) && !moving.Contains(name) && !Elsewhere.ContainsKey(name))];
                if (more.TrueForAll(needed.Contains)) return result;
                needed.UnionWith(more);
            }
            else
            {
                if (mayAllMove || known.Count == 0) return result;
                mayAllMove = true;
            }
        }
    }

    /// <summary>Address of the index that owns a name, as far as it was asked now, or when its wheel was chosen.</summary>
    public Uri? OwnerOf(PackageName name) =>
        index.OwnerOf(name) ?? chosen.Where(c => c.Name == name).Select(c => c.Wheel.Owner).FirstOrDefault();

    private static Dictionary<PackageName, Uri> InstalledFromElsewhere(
        InstallationRequest request, Generation? before, IPackageIndex index)
    {
        var elsewhere = new Dictionary<PackageName, Uri>();
        foreach (InstalledPackage package in request.NamesIndexes ? [] : before?.Packages ?? [])
        {
            if (Uri.TryCreate(package.OwningIndex, UriKind.Absolute, out Uri? owner) && !index.Addresses.Contains(owner))
                elsewhere.Add(package.Name, owner);
        }
        return elsewhere;
    }

    private bool OnlyAdds() => request is { FollowDependencies: true, UpgradeAll: false, RequireHashes: false }
        && request.Upgrade.IsEmpty && !request.Lines.Any(line => line.IsConstraint);

    private bool IsInstalled(PackageName name) => _installed.Any(p => p.Name == name);

    // Whether it was there before or came by the upgrade, whether somebody else needs it too.
    private HashSet<PackageName> NeededByNamed(ImmutableArray<Pin> pins)
    {
        var needs = pins.SelectMany(pin => pin.RequiredBy.Select(by => (By: by, pin.Name))).ToLookup(need => need.By, need => need.Name);
        var reached = new HashSet<PackageName>();
        var pending = new Queue<PackageName>(_named);
        while (pending.TryDequeue(out PackageName name))
        {
            foreach (PackageName need in needs[name].Where(reached.Add)) pending.Enqueue(need);
        }
        return reached;
    }

    private Dictionary<PackageName, KnownWheel> Known()
    {
        var known = new Dictionary<PackageName, KnownWheel>();
        foreach (InstalledPackage package in _installed)
        {
            if (store.Find(package.Digest) is { } wheel && Uri.TryCreate(package.Index, UriKind.Absolute, out Uri? origin))
                known[package.Name] = new KnownWheel(wheel, origin, Owner: null);
        }
        foreach ((PackageName name, KnownWheel wheel) in chosen) known.TryAdd(name, wheel);
        return known;
    }

    private ResolutionProblem ProblemOf(HashSet<PackageName> moving) => new()
    {
        Lines = [.. request.Lines, .. EarlierLines(_ => true)],
        Preferred = _installed.Where(p => !moving.Contains(p.Name)).ToImmutableDictionary(p => p.Name, p => p.Version),
        Environment = markers,
        Tags = tags,
        FollowDependencies = request.FollowDependencies,
        Prereleases = request.Prereleases ? true : null,
        ExcludeNewer = request.ExcludeNewer,
        RequireHashes = request.RequireHashes,
    };

    // What the user asked for earlier still holds, unless he asks for the same package anew. Then his words of now count; but what an extra
    // brought is not taken away by leaving the extra out: `install -U six` is no request to remove anything.
    private IEnumerable<RequirementLine> EarlierLines(Func<PackageName, bool> isWanted)
    {
        if (!request.FollowDependencies) yield break;
        foreach (InstalledPackage package in _installed.Where(
            p => p.IsRequested && !p.IsAlone && p.Requirement is not null && isWanted(p.Name)))
        {
            Requirement earlier = Requirement.Parse(package.Requirement!);
            RequirementLine? anew = request.Lines.FirstOrDefault(l => !l.IsConstraint && l.Requirement.Name == package.Name);
            if (anew is null)
                yield return new RequirementLine(earlier, request.RequireHashes ? [package.Digest] : [], IsConstraint: false, Source);
            else if (!earlier.Extras.IsEmpty)
                yield return new RequirementLine(UserRequirement.ExtrasOf(earlier), anew.Hashes, IsConstraint: false, Source);
        }
    }
}
