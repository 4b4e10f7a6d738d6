using System.Collections.Immutable;
using Sandpiper.Packaging.Index;
using Sandpiper.Packaging.Names;
using Sandpiper.Packaging.Versions;
using Sandpiper.Packaging.Wheels;

namespace Sandpiper.Resolution;

/// <summary>One project's page, looked at with one interpreter and one user's words in mind.</summary>
/// <remarks>
/// Of a page's 5,000 files only the versions are read; tags, dates and the rest are looked at for a release that is about to be
/// chosen. <see cref="Judge"/> is safe for many threads, the sets are the search's own.
/// </remarks>
internal sealed class Project
{
    private readonly ResolutionProblem _problem;
    private readonly PythonRule _python;
    private readonly UserWords _words;
    private readonly Dictionary<SpecifierSet, BitSet> _fitting = new(ReferenceEqualityComparer.Instance);
    private readonly Effort _effort;
    private readonly Dictionary<int, Rejection> _hopeless = [];
    private readonly int[] _stretches;      // where the order of trial begins anew, from the newest down, and where it ends

    public Project(PackageName name, ProjectPage? page, ResolutionProblem problem, UserWords words, PythonRule python, Effort effort)
    {
        (Name, Page, _problem, _words, _python, _effort) = (name, page, problem, words, python, effort);
        // Nothing of a quarantined project is to be installed, whether or not the index still lists its files (PEP 792).
        (Releases, _stretches) = InOrderOfTrial(IsQuarantined ? [] : page?.Releases ?? [], problem, name);
        Alive = BitSet.Below(Releases.Length);
    }

    public PackageName Name { get; }

    /// <summary>Null: no index has the name.</summary>
    public ProjectPage? Page { get; }

    public bool IsQuarantined => string.Equals(Page?.Status, "quarantined", StringComparison.Ordinal);

    /// <summary>The digests that the user named; null when he named none.</summary>
    public IReadOnlyCollection<Sha256Digest>? Hashes => _words.Hashes;

    /// <summary>What is to be tried first comes first: the installed version, releases from the newest down, then pre-releases.</summary>
    public Release[] Releases { get; }

    /// <summary>Places of the releases that nothing rules out once and for all.</summary>
    public BitSet Alive { get; }

    /// <summary>How often a choice of this project had to be taken back: where it happens often, much will be fetched.</summary>
    public int Rejections { get; set; }

    /// <summary>Releases whose METADATA was looked at.</summary>
    public int LookedAt { get; set; }

    /// <summary>Releases whose METADATA could not be used at all.</summary>
    public int Unusable { get; set; }

    /// <summary>
    /// Places of the releases that a specifier allows, pre-releases judged like any other. Of those that are not alive it may leave out
    /// any: a thousand specifiers times a thousand versions is what a search would spend its time on.
    /// </summary>
    public BitSet Fitting(SpecifierSet specifiers)
    {
        if (_fitting.TryGetValue(specifiers, out BitSet? places)) return places;
        _effort.Spend((1L + specifiers.Clauses.Length) * Releases.Length);
        places = new BitSet();
        foreach (int place in PlacesWithin(specifiers))
        {
            if (Alive.Contains(place) && specifiers.Contains(Releases[place].Version)) places.Add(place);
        }
        _fitting.Add(specifiers, places);
        return places;
    }

    /// <summary>
    /// What would be chosen of those that a specifier and the user's own lines allow if nothing else spoke against it; from any thread.
    /// </summary>
    public Release? Likely(SpecifierSet specifiers)
    {
        foreach (int place in PlacesWithin(specifiers))
        {
            Release release = Releases[place];
            if (specifiers.Contains(release.Version) && _words.Allow(release.Version) && Judge(release).Obstacle is null) return release;
        }
        return null;
    }

    /// <summary>From now on the release is not tried again, whatever else is chosen.</summary>
    public void RuleOut(int place, Rejection rejection)
    {
        Alive.Remove(place);
        _hopeless.TryAdd(place, rejection);
    }

    /// <summary>Why a release is ruled out once and for all, or null.</summary>
    public Rejection? RejectionOf(int place) => _hopeless.GetValueOrDefault(place);

    /// <summary>The wheel to take of a release, or why there is none.</summary>
    public Verdict Judge(Release release) => release.Verdict ??= JudgeNow(release);

    private IEnumerable<int> PlacesWithin(SpecifierSet specifiers)
    {
        for (int stretch = 0; stretch + 1 < _stretches.Length; stretch++)
        {
            int end = _stretches[stretch + 1];
            // What lies above the range is passed over by halves, and below it nothing is looked at.
            for (int place = FirstNotAbove(specifiers, _stretches[stretch], end); place < end; place++)
            {
                if (specifiers.SideOf(Releases[place].Version) < 0) break;
                yield return place;
            }
        }
    }

    private int FirstNotAbove(SpecifierSet specifiers, int from, int end)
    {
        while (from < end)
        {
            int middle = from + ((end - from) / 2);
            if (specifiers.SideOf(Releases[middle].Version) > 0) from = middle + 1;
            else end = middle;
        }
        return from;
    }

    // Stable first, pre-releases as the last resort (PyPA "Handling of pre-releases"). uv goes on to them, too, when every release
    // contradicts something else; pip takes them as soon as anybody names one.
    private static (Release[] Releases, int[] Stretches) InOrderOfTrial(
        ImmutableArray<PageRelease> newestFirst, ResolutionProblem problem, PackageName name)
    {
        Pep440Version? installed = problem.Preferred.TryGetValue(name, out Pep440Version version) ? version : null;
        Release[] first = [];
        var inOrder = new List<Release>(newestFirst.Length);
        var last = new List<Release>();
        foreach (PageRelease listed in newestFirst)
        {
            var release = new Release(listed);
            if (listed.Version == installed) first = [release];
            else if (problem.Prereleases != true && listed.Version.IsPrerelease) last.Add(release);
            else inOrder.Add(release);
        }
        return ([.. first, .. inOrder, .. last], [0, first.Length, first.Length + inOrder.Count, newestFirst.Length]);
    }

    private Verdict JudgeNow(Release release)
    {
        if (_problem.RequireHashes && _words.Hashes is null)
            return No(new Obstacle.NoHash());
        if (_problem.Prereleases == false && release.Version.IsPrerelease && !IsInstalled(release))
            return No(new Obstacle.Prerelease());

        Verdict? best = null;
        Verdict? refused = null;
        (int Rank, BuildTag Build) bestKey = default;
        foreach (IndexFile file in release.WheelsThatMayFit(_problem.Tags))
        {
            if (NameOf(file, release) is not { } wheel || _problem.Tags.Rank(wheel.Tags) is not { } rank) continue;
            if (WhyNot(release, file) is { } obstacle) refused ??= No(obstacle);
            else if (best is null || rank < bestKey.Rank || (rank == bestKey.Rank && wheel.Build.CompareTo(bestKey.Build) > 0))
                (best, bestKey) = (new Verdict(wheel, file, null), (rank, wheel.Build));
        }
        return best ?? refused ?? No(
            OtherTags(release) is { IsEmpty: false } others ? new Obstacle.OtherTags(others)
            : release.HasSdist ? new Obstacle.NeedsBuilding()
            : new Obstacle.NoFile());
    }

    // Of a release none of whose wheels has a tag that is accepted: what they have instead.
    private ImmutableArray<string> OtherTags(Release release) =>
        [.. release.Wheels.Select(file => NameOf(file, release)).OfType<WheelFileName>().Select(wheel => wheel.Tags[0].ToString())];

    private WheelFileName? NameOf(IndexFile file, Release release) =>
        WheelFileName.TryParse(file.FileName, Name, release.Version, out WheelFileName? wheel, out _) && wheel.Name == Name ? wheel : null;

    private Obstacle? WhyNot(Release release, IndexFile file)
    {
        if (_problem.ExcludeNewer is { } limit && !(file.UploadTime <= limit)) return TooNew(file.UploadTime, limit);
        if (file.RequiresPython is { } requires && !_python.Accepts(requires)) return _python.Obstacle(requires);
        if (file.YankedReason is { } reason && !_words.NameExactly(release.Version)) return new Obstacle.Yanked(reason);
        if (_words.Hashes is { } hashes && !(file.Sha256 is { } digest ? hashes.Contains(digest) : hashes.Count > 0))
            return new Obstacle.OtherHash();
        return null;
    }

    private static Obstacle.TooNew TooNew(DateTimeOffset? uploaded, DateTimeOffset limit) =>
        new(uploaded is { } time ? DateOnly.FromDateTime(time.Date) : null, limit);

    private bool IsInstalled(Release release) =>
        _problem.Preferred.TryGetValue(Name, out Pep440Version version) && version == release.Version;

    private static Verdict No(Obstacle obstacle) => new(null, null, obstacle);
}
