using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Text;
using Sandpiper.Packaging.Metadata;
using Sandpiper.Packaging.Names;

namespace Sandpiper.Packaging.Index;

/// <summary>Reads a project's page in HTML (PEP 503, with what PEP 592, 629, 658, 714 and 792 added).</summary>
internal sealed class HtmlPage
{
    private const string HashPrefix = "sha256=";
    private const int MaxText = 512;    // characters of an anchor's text that are kept: more than a file name has

    private readonly List<Anchor> _anchors = [];
    private string? _base;
    private string? _version;
    private string? _status;
    private string? _statusReason;

    public static bool TryRead(
        ReadOnlySpan<byte> content, Uri location, PackageName expected, [NotNullWhen(true)] out ProjectPage? page, out string problem)
    {
        page = null;
        problem = "";
        var origin = location;
        var reading = new HtmlPage();
        if (content.Length > ProjectPage.MaxBytes) problem = "the page is too large";
        else if (!reading.TryCollect(Encoding.UTF8.GetString(content))) problem = $"the page has more than {ProjectPage.MaxFiles} anchors";
        else if (reading._version is not null && !reading.IsVersion1) problem = "the page has an unknown pypi:repository-version";
        else if (reading._base is { } text && !FileLink.TryResolve(location, text, out origin))
            problem = "the page has an unusable base address";
        else if (!reading.TryResolve(origin!, expected, out page)) problem = ProjectPage.TooMuchWritten;
        return page is not null;
    }

    private bool IsVersion1 => FormatVersion.TryParse(_version, out var version) && version.Major == 1;

    private bool TryCollect(string html)
    {
        var tokens = new HtmlTokenizer(html);
        Anchor? open = null;
        while (tokens.TryNext())
        {
            if (tokens.Token == HtmlToken.Text) open?.Add(tokens.Text);
            else if (tokens.Name is "a")
            {
                // An anchor ends with the next one at the latest: they do not nest.
                open = tokens.Token == HtmlToken.StartTag ? Anchor.Of(tokens) : null;
                if (open is null) continue;
                if (_anchors.Count == ProjectPage.MaxFiles) return false;
                _anchors.Add(open);
            }
            else if (tokens.Token == HtmlToken.EndTag) continue;
            else if (tokens.Name is "base") _base ??= tokens.Attribute("href");
            else if (tokens.Name is "meta") TakeMeta(tokens.Attribute("name"), tokens.Attribute("content"));
        }
        return true;
    }

    private void TakeMeta(string? name, string? content)
    {
        if (name is "pypi:repository-version") _version ??= content ?? "";
        else if (name is "pypi:project-status") _status ??= content;
        else if (name is "pypi:project-status-reason") _statusReason ??= content;
    }

    private bool TryResolve(Uri location, PackageName expected, [NotNullWhen(true)] out ProjectPage? page)
    {
        page = null;
        long written = 0;
        var files = ImmutableArray.CreateBuilder<IndexFile>(_anchors.Count);
        var leftOut = new List<LeftOutEntry>();
        foreach (Anchor anchor in _anchors)
        {
            if (anchor.TryResolve(location, out IndexFile? file, out LeftOutEntry? why))
            {
                if ((written += file.Url.OriginalString.Length) > ProjectPage.MaxWritten) return false;
                files.Add(file);
            }
            // What leads to no file was not meant as one: the parent directory, a column to sort by.
            else if (ProjectPage.LooksLikeFile(why.FileName) || ProjectPage.LooksLikeFile(why.Evidence)) leftOut.Add(why);
        }
        page = new ProjectPage
        {
            Name = expected,
            Files = [],
            Status = _status ?? "active",
            StatusReason = _statusReason,
        }.WithFiles(files.DrainToImmutable(), leftOut, _anchors.Count);
        return true;
    }

    private sealed record Anchor(string Address, string? RequiresPython, string? Yanked, string? Metadata)
    {
        private readonly StringBuilder _text = new();

        /// <summary>The anchor that a tag opens; null when it leads nowhere.</summary>
        public static Anchor? Of(in HtmlTokenizer tag) => tag.Attribute("href") is not { } address ? null : new Anchor(
            address.Trim(), tag.Attribute("data-requires-python"), tag.Attribute("data-yanked"),
            tag.Attribute("data-core-metadata") ?? tag.Attribute("data-dist-info-metadata"));

        public void Add(string text) => _text.Append(text, 0, Math.Min(text.Length, MaxText - _text.Length));

        public bool TryResolve(
            Uri location, [NotNullWhen(true)] out IndexFile? file, [NotNullWhen(false)] out LeftOutEntry? leftOut)
        {
            file = null;
            // PEP 503: the text of the anchor must be the file name.
            string fileName = _text.ToString().Trim();
            string[] parts = Address.Split('#', 2);
            if (!FileLink.TryResolve(location, parts[0], fileName, out var url, out leftOut)) return false;
            MetadataOffer metadata = default;
            if (!TryReadSha256(parts.Length == 2 ? parts[1] : "", out var sha256))
                leftOut = LeftOutEntry.Of(fileName, LeftOutReason.Unreadable, "sha256");
            else if (!TryReadMetadata(out metadata)) leftOut = LeftOutEntry.Of(fileName, LeftOutReason.Unreadable, "data-core-metadata");
            if (leftOut is not null) return false;
            string? requiresPython = RequiresPython is "" ? null : RequiresPython;
            file = new IndexFile(
                fileName, url, sha256, Size: null, UploadTime: null, requiresPython, Yanked, metadata.IsMade, metadata.Sha256);
            return true;
        }

        // "sha256=…", possibly among others ("egg=…&sha256=…"). A digest that cannot be read is not the same as none.
        private static bool TryReadSha256(string fragment, out Sha256Digest? sha256)
        {
            sha256 = null;
            foreach (string part in fragment.Split('&'))
            {
                if (!part.StartsWith(HashPrefix, StringComparison.Ordinal)) continue;
                if (sha256 is not null || !Sha256Digest.TryParseHex(part.AsSpan(HashPrefix.Length), out var digest)) return false;
                sha256 = digest;
            }
            return true;
        }

        // PEP 658: "true", "sha256=…", or another algorithm's digest, which says that there is metadata and no more.
        private bool TryReadMetadata(out MetadataOffer offer)
        {
            offer = default;
            if (Metadata is null or "" or "false") return true;
            if (!TryReadSha256(Metadata, out var sha256)) return false;
            offer = new MetadataOffer(true, sha256);
            return true;
        }
    }
}
