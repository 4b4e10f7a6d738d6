using System.Collections.Immutable;
using System.Runtime.InteropServices;
using Sandpiper.Packaging.Names;
using Sandpiper.Packaging.Versions;
using Sandpiper.Packaging.Wheels;

namespace Sandpiper.Packaging.Index;

/// <summary>One version of a project, and the files of it that a page lists. Safe for many threads.</summary>
/// <remarks>
/// A page can have 5,000 files of 1,500 versions, and two or three are looked at: of a page that was kept (<see cref="PackedPage"/>) the
/// files of a version are read when somebody asks for them.
/// </remarks>
public sealed class PageRelease
{
    private const string WheelEnding = ".whl";

    private readonly PackedPage? _packed;
    private readonly PackedRelease _place;
    private IndexFile[]? _files;

    private PageRelease(Pep440Version version, bool hasSdist, IndexFile[] files) =>
        (Version, HasSdist, _files) = (version, hasSdist, files);

    internal PageRelease(PackedPage packed, Pep440Version version, PackedRelease place) =>
        (_packed, Version, _place, HasSdist) = (packed, version, place, place.HasSdist);

    public Pep440Version Version { get; }

    /// <summary>There is a source distribution of it.</summary>
    public bool HasSdist { get; }

    /// <summary>Those whose names say that they are wheels of this version, in the order of the page.</summary>
    public IEnumerable<IndexFile> Wheels => Files.Where(IsWheel);

    /// <summary>Those of them whose names are of interest; of a page that was kept, the others are passed over unread.</summary>
    public IEnumerable<IndexFile> WheelsNamed(FileNameFilter isOfInterest) => Volatile.Read(ref _files) is { } files
        ? files.Where(file => IsWheel(file) && isOfInterest(file.FileName))
        : _packed!.FilesOf(_place, name => name.EndsWith(WheelEnding, StringComparison.Ordinal) && isOfInterest(name));

    /// <summary>All files of this version, in the order of the page; the same objects whenever it is asked.</summary>
    internal ImmutableArray<IndexFile> Files
    {
        get
        {
            if (Volatile.Read(ref _files) is not { } files)
            {
                IndexFile[] read = _packed!.FilesOf(_place);
                files = Interlocked.CompareExchange(ref _files, read, null) ?? read;
            }
            return ImmutableCollectionsMarshal.AsImmutableArray(files);
        }
    }

    /// <summary>The versions of a project's files, from the newest down; a file whose name names none is in none.</summary>
    internal static ImmutableArray<PageRelease> AllOf(PackageName name, ImmutableArray<IndexFile> files)
    {
        var found = new Dictionary<Pep440Version, List<IndexFile>>();
        var spellings = new Dictionary<string, List<IndexFile>?>(StringComparer.Ordinal);
        var bySpelling = spellings.GetAlternateLookup<ReadOnlySpan<char>>();
        foreach (IndexFile file in files)
        {
            if (IsWheel(file))
            {
                ReadOnlySpan<char> spelling = VersionInName(file.FileName);
                if (!bySpelling.TryGetValue(spelling, out List<IndexFile>? release))
                    bySpelling[spelling] = release = Pep440Version.TryParse(spelling, out Pep440Version version, out _)
                        ? Of(version)
                        : null;
                release?.Add(file);
            }
            else if (SdistFileName.TryParse(file.FileName, name, out SdistFileName? sdist)) Of(sdist.Version).Add(file);
        }
        return [.. found.OrderByDescending(r => r.Key)
            .Select(r => new PageRelease(r.Key, !r.Value.TrueForAll(IsWheel), [.. r.Value]))];

        List<IndexFile> Of(Pep440Version version)
        {
            if (!found.TryGetValue(version, out List<IndexFile>? release)) found.Add(version, release = []);
            return release;
        }
    }

    private static bool IsWheel(IndexFile file) => file.FileName.EndsWith(WheelEnding, StringComparison.Ordinal);

    // name-VERSION-…: a wheel's name has no hyphen in it (PEP 427). Whether the rest is in order is seen when the release is looked at.
    private static ReadOnlySpan<char> VersionInName(string fileName)
    {
        int start = fileName.IndexOf('-', StringComparison.Ordinal) + 1;
        int length = fileName.AsSpan(start).IndexOf('-');
        return length < 0 ? [] : fileName.AsSpan(start, length);
    }
}

/// <summary>Whether a file is of interest, by its name.</summary>
public delegate bool FileNameFilter(ReadOnlySpan<char> fileName);
