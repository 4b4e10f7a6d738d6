using System.Text;
using Sandpiper.Packaging.Index;
using Sandpiper.Packaging.Names;

namespace Sandpiper.Indexes;

/// <summary>A page as it was served, and what the server says it is.</summary>
/// <param name="Location">The final address, after redirects: file addresses are relative to it.</param>
/// <param name="MediaType">In whatever case.</param>
internal sealed record PageContent(Uri Location, string MediaType, ReadOnlyMemory<byte> Body)
{
    /// <summary>More is refused; the largest page of the public index has under 10 MB.</summary>
    public const int MaxBytes = 64 << 20;

    public const string Json = "application/vnd.pypi.simple.v1+json";
    public const string Html = "application/vnd.pypi.simple.v1+html";
    private const string PlainHtml = "text/html";

    /// <summary>What is asked for, best first (PyPA "Simple repository API", "Version + format selection").</summary>
    public const string Accept = $"{Json}, {Html};q=0.2, {PlainHtml};q=0.01";

    /// <summary>False where it ended with its connection: whoever cuts that short, TLS or not, has cut the page short.</summary>
    public bool HasSaidItsEnd { get; init; } = true;

    /// <exception cref="IndexException">It is no page of this project that can be read.</exception>
    public ProjectPage Parse(PackageName name)
    {
        // The kind is what the server says; guessing from the content would let a page be two things.
        string kind = MediaType.ToLowerInvariant();
        if (kind is not (Json or Html or PlainHtml)) throw Refusal($"a page of the kind `{kind}`: this is no package index");
        // Half of an HTML page is one, too, with the newest versions missing; half a JSON page is none.
        if (!HasSaidItsEnd && kind is not Json && !HoldsItsEnd(Body.Span))
        {
            throw new IndexException(
                IndexRules.TooShort, "nobody can say whether this is all of it: it has no length, and no </html>", Location)
            {
                IsRefusal = true,
            };
        }
        bool isRead = kind is Json
            ? ProjectPage.TryParseJson(Body, Location, name, out ProjectPage? page, out string problem)
            : ProjectPage.TryParseHtml(Body, Location, name, out page, out problem);
        return isRead ? page! : throw Refusal($"its page of `{name}` cannot be read: {problem}");
    }

    // Behind it there may be a comment, and no more files.
    private static bool HoldsItsEnd(ReadOnlySpan<byte> html)
    {
        ReadOnlySpan<byte> end = "</html>"u8;
        for (int at = html.Length - end.Length; at >= 0; at--)
        {
            if (Ascii.EqualsIgnoreCase(html.Slice(at, end.Length), end)) return true;
            if (Ascii.EqualsIgnoreCase(html.Slice(at, 2), "<a"u8)) return false;
        }
        return false;
    }

    private IndexException Refusal(string because) => new(IndexRules.Page, because, Location) { IsRefusal = true };
}
