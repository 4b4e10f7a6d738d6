using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using Sandpiper.Packaging.Names;

namespace Sandpiper.Packaging.Index;

/// <summary>One project as an index describes it (PyPA "Simple repository API").</summary>
public sealed record ProjectPage
{
    // Ten times the largest known page, which has 5 MiB and 5,000 files.
    internal const int MaxBytes = 64 << 20;
    internal const int MaxFiles = 100_000;

    // Characters of all addresses in full. Every file may be relative to one long address, of which a page of 10 MB makes gigabytes.
    internal const int MaxWritten = MaxBytes / 2;
    internal const string TooMuchWritten = "its addresses, written in full, are longer than a page may be";

    // What distributions and their forerunners are called.
    private static readonly string[] FileEndings = [".whl", ".tar.gz", ".zip", ".tar.bz2", ".tgz", ".egg", ".exe"];

    private readonly PackedPage? _packed;       // where the files are read from, when the page was kept
    private readonly PackedRelease _others;     // those of no version
    private ImmutableArray<IndexFile> _files;
    private ImmutableArray<PageRelease> _releases;

    public ProjectPage()
    {
    }

    internal ProjectPage(PackedPage packed, PackedRelease others, ImmutableArray<PageRelease> releases) =>
        (_packed, _others, _releases) = (packed, others, releases);

    public required PackageName Name { get; init; }

    /// <summary>
    /// All of them. In the order of the page where it was just served; version by version where it was kept: then this reads each of them.
    /// </summary>
    public ImmutableArray<IndexFile> Files
    {
        get
        {
            if (_files.IsDefault)
                _files = _packed is null ? [] : [.. _releases.SelectMany(r => r.Files), .. _packed.FilesOf(_others)];
            return _files;
        }

        init
        {
            (_files, _packed) = (value, null);
            _releases = default;
        }
    }

    /// <summary>The versions that it has files of, from the newest down.</summary>
    public ImmutableArray<PageRelease> Releases
    {
        get
        {
            if (_releases.IsDefault) _releases = PageRelease.AllOf(Name, Files);
            return _releases;
        }
    }

    /// <summary>How many entries were left out because they were malformed or their address does not end in the file's name.</summary>
    public int SkippedFiles { get; init; }

    /// <summary>Those of them that were meant as files, and why each was left out; a link to the parent directory was not.</summary>
    public ImmutableArray<LeftOutEntry> LeftOut { get; init; } = [];

    /// <summary><c>active</c>, <c>archived</c>, <c>quarantined</c>, <c>deprecated</c>; unknown texts are kept (PEP 792).</summary>
    public string Status { get; init; } = "active";
    public string? StatusReason { get; init; }

    /// <summary>
    /// The page with these files, but for those that are listed with two digests: a page that says two things about a name says nothing.
    /// </summary>
    internal ProjectPage WithFiles(ImmutableArray<IndexFile> files, IReadOnlyCollection<LeftOutEntry> leftOut, int entries)
    {
        var first = new Dictionary<string, IndexFile>(files.Length, StringComparer.Ordinal);
        var ambiguous = new HashSet<string>(StringComparer.Ordinal);
        foreach (IndexFile file in files)
        {
            if (!first.TryAdd(file.FileName, file) && first[file.FileName].Sha256 != file.Sha256) ambiguous.Add(file.FileName);
        }
        ImmutableArray<IndexFile> clear = ambiguous.Count == 0 ? files : files.RemoveAll(file => ambiguous.Contains(file.FileName));
        return this with
        {
            Files = clear,
            SkippedFiles = entries - clear.Length,
            LeftOut = [.. leftOut, .. ambiguous.Select(name => LeftOutEntry.Of(name, LeftOutReason.SeveralDigests))],
        };
    }

    /// <summary>
    /// The page in a form that is searched instead of parsed; <see cref="TryUnpack"/> takes it. A file whose address has a user or a
    /// password is not found in it again.
    /// </summary>
    public ReadOnlyMemory<byte> Pack() => PackedPage.Pack(this);

    /// <summary>Opens what <see cref="Pack"/> made, whatever has become of it since; false when that is no page of the project.</summary>
    /// <param name="location">The final address of the page.</param>
    public static bool TryUnpack(
        ReadOnlyMemory<byte> packed, Uri location, PackageName expected, [NotNullWhen(true)] out ProjectPage? page) =>
        PackedPage.TryOpen(packed, location, expected, out page);

    internal static bool LooksLikeFile(string name) =>
        Array.Exists(FileEndings, ending => name.EndsWith(ending, StringComparison.OrdinalIgnoreCase));

    /// <summary>
    /// Reads the JSON form (PEP 691). Unknown keys are ignored; a repeated key and an API of a major version other than 1 are problems.
    /// </summary>
    /// <param name="content">The body of the answer.</param>
    /// <param name="location">The final address of the page, against which file addresses are resolved.</param>
    /// <param name="expected">The project that was asked for; a page of another one is a problem.</param>
    /// <param name="page">What it says.</param>
    /// <param name="problem">Why it cannot be used; empty when it can.</param>
    public static bool TryParseJson(
        ReadOnlyMemory<byte> content, Uri location, PackageName expected, [NotNullWhen(true)] out ProjectPage? page, out string problem) =>
        new JsonPage(content.Span, location).TryRead(expected, out page, out problem);

    /// <summary>Reads the HTML form (PEP 503 and its successors). An anchor whose text is not the name of its file is skipped.</summary>
    /// <inheritdoc cref="TryParseJson"/>
    public static bool TryParseHtml(
        ReadOnlyMemory<byte> content, Uri location, PackageName expected, [NotNullWhen(true)] out ProjectPage? page, out string problem) =>
        HtmlPage.TryRead(content.Span, location, expected, out page, out problem);
}
