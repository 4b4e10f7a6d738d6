using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using Sandpiper.Packaging.Wheels;

namespace Sandpiper.Packaging.Index;

/// <summary>From an address on a page to the file it leads to: one rule for the JSON and the HTML form.</summary>
internal static class FileLink
{
    private static readonly SearchValues<char> Plain =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-");

    public const int MaxLength = 8192;     // signed addresses of object stores are long, but not this long

    /// <summary>
    /// Resolves <paramref name="address"/>; says why not when it leads elsewhere than http, https or (from a page that is a file itself) a
    /// file, or when its last segment, decoded once, is not <paramref name="fileName"/>.
    /// </summary>
    public static bool TryResolve(
        Uri page, string address, string fileName, [NotNullWhen(true)] out Uri? url, [NotNullWhen(false)] out LeftOutEntry? leftOut)
    {
        leftOut = null;
        if (!TryResolve(page, address, out url))
        {
            bool isUnderstood = address.Length <= MaxLength && Uri.TryCreate(page, address, out url) && url.IsAbsoluteUri;
            leftOut = isUnderstood
                ? LeftOutEntry.Of(fileName, LeftOutReason.OtherScheme, url!.Scheme)
                : LeftOutEntry.Of(fileName, LeftOutReason.NoAddress);
        }
        else if (!PlainFileName.IsPlain(fileName)) leftOut = LeftOutEntry.Of(fileName, LeftOutReason.NoFileName);
        else if (!EndsPlainly(address, fileName) && !LastSegment(url).SequenceEqual(fileName))
            leftOut = LeftOutEntry.Of(fileName, LeftOutReason.OtherName, LastSegment(url).ToString());
        return leftOut is null;
    }

    /// <summary>Resolves an address without asking where it ends.</summary>
    public static bool TryResolve(Uri page, string address, [NotNullWhen(true)] out Uri? url)
    {
        url = null;
        return address.Length <= MaxLength && Uri.TryCreate(page, address, out url) && url.IsAbsoluteUri
            && (url.Scheme is "https" or "http" || (page.IsFile && url is { IsFile: true, IsUnc: false }));
    }

    // Nearly every address does, and taking it apart is what reading a page would spend its time on: nothing of it can be decoded, cut off
    // or looked past, so its last segment is the name; unless that is the host ("https://a.zip").
    public static bool EndsPlainly(string address, string fileName) =>
        address.Length > fileName.Length + 1 && address[^(fileName.Length + 1)] == '/'
        && address[^(fileName.Length + 2)] is not ('/' or '\\' or ':') && address.EndsWith(fileName, StringComparison.Ordinal)
        && !address.AsSpan().ContainsAny('?', '#') && !fileName.AsSpan().ContainsAnyExcept(Plain);

    /// <summary>A name (<see cref="PlainFileName"/>) that is the same in every address, and no directory.</summary>
    public static bool IsPlainest(string fileName) =>
        fileName is [var first, ..] && char.IsAsciiLetterOrDigit(first) && fileName.Length <= PlainFileName.MaxBytes
        && !fileName.AsSpan().ContainsAnyExcept(Plain);

    // Once: CVE-2026-13346 was a second decoding, which turned "%252F" into a directory.
    private static ReadOnlySpan<char> LastSegment(Uri url)
    {
        string path = url.AbsolutePath;
        ReadOnlySpan<char> segment = path.AsSpan(path.LastIndexOf('/') + 1);
        return segment.Contains('%') ? Uri.UnescapeDataString(segment.ToString()) : segment;
    }
}
