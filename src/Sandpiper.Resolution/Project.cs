using System.Collections.Immutable;
using Sandpiper.Packaging.Index;
using Sandpiper.Packaging.Names;
using Sandpiper.Packaging.Versions;
using Sandpiper.Packaging.Wheels;

namespace Sandpiper.Resolution;

/// <summary>One project's page, looked at with one interpreter and one user's words in mind.</summary>
/// <remarks>
/// A page can have 5,000 files. Of each only the version is read; tags, dates and the rest are looked at for a release that is about to be
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

    public Project(PackageName name, ProjectPage? page, ResolutionProblem problem, UserWords words, PythonRule python, Effort effort)
    {
        (Name, Page, _problem, _words, _python, _effort) = (name, page, problem, words, python, effort);
        // Nothing of a quarantined project is to be installed, whether or not the index still lists its files (PEP 792).
        Releases = InOrderOfTrial(ReleasesOf(name, IsQuarantined ? [] : page?.Files ?? []), problem, name);
        Alive = BitSet.Of(Releases.Length, _ => true);
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
        places = BitSet.Of(Releases.Length, place => Alive.Contains(place) && specifiers.Contains(Releases[place].Version));
        _fitting.Add(specifiers, places);
        return places;
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

    // Stable first, pre-releases as the last resort (PyPA "Handling of pre-releases"). uv goes on to them, too, when every release
    // contradicts something else; pip takes them as soon as anybody names one.
    private static Release[] InOrderOfTrial(IEnumerable<Release> releases, ResolutionProblem problem, PackageName name)
    {
        Pep440Version? installed = problem.Preferred.TryGetValue(name, out Pep440Version version) ? version : null;
        return [.. releases
            .OrderByDescending(r => r.Version == installed)
            .ThenBy(r => problem.Prereleases != true && r.Version.IsPrerelease)
            .ThenByDescending(r => r.Version)];
    }

    private static Dictionary<Pep440Version, Release>.ValueCollection ReleasesOf(PackageName name, ImmutableArray<IndexFile> files)
    {
        var releases = new Dictionary<Pep440Version, Release>();
        var spellings = new Dictionary<string, Release?>(StringComparer.Ordinal);
        var bySpelling = spellings.GetAlternateLookup<ReadOnlySpan<char>>();
        foreach (IndexFile file in files)
        {
            if (file.FileName.EndsWith(".whl", StringComparison.Ordinal))
            {
                ReadOnlySpan<char> spelling = VersionInName(file.FileName);
                if (!bySpelling.TryGetValue(spelling, out Release? release))
                    bySpelling[spelling] = release = Pep440Version.TryParse(spelling, out Pep440Version version, out _)
                        ? Of(version)
                        : null;
                release?.Wheels.Add(file);
            }
            else if (SdistFileName.TryParse(file.FileName, name, out SdistFileName? sdist)) Of(sdist.Version).HasSdist = true;
        }
        return releases.Values;

        Release Of(Pep440Version version)
        {
            if (!releases.TryGetValue(version, out Release? release)) releases.Add(version, release = new Release(version));
            return release;
        }
    }

    // name-VERSION-…: a wheel's name has no hyphen in it (PEP 427). Whether the rest is in order is seen when the release is looked at.
    private static ReadOnlySpan<char> VersionInName(string fileName)
    {
        int start = fileName.IndexOf('-', StringComparison.Ordinal) + 1;
        int length = fileName.AsSpan(start).IndexOf('-');
        return length < 0 ? [] : fileName.AsSpan(start, length);
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
        var otherTags = new List<string>();
        foreach (IndexFile file in release.Wheels)
        {
            if (!WheelFileName.TryParse(file.FileName, out WheelFileName? wheel, out _) || wheel.Name != Name) continue;
            if (_problem.Tags.Rank(wheel.Tags) is not { } rank) otherTags.Add(wheel.Tags[0].ToString());
            else if (WhyNot(release, file) is { } obstacle) refused ??= No(obstacle);
            else if (best is null || rank < bestKey.Rank || (rank == bestKey.Rank && wheel.Build.CompareTo(bestKey.Build) > 0))
                (best, bestKey) = (new Verdict(wheel, file, null), (rank, wheel.Build));
        }
        return best ?? refused ?? No(
            otherTags.Count > 0 ? new Obstacle.OtherTags([.. otherTags])
            : release.HasSdist ? new Obstacle.NeedsBuilding()
            : new Obstacle.NoFile());
    }

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
