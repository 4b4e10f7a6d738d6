using System.Globalization;
using System.Text;

namespace Sandpiper.Archives.Zip;

/// <summary>Judges a member's name: a relative path of plain segments that every system reads alike, or a refusal.</summary>
internal static class MemberName
{
    private const int MaxBytes = 4096;          // PATH_MAX
    private const int MaxSegmentBytes = 255;    // NAME_MAX

    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <param name="raw">As in the archive.</param>
    /// <param name="offset">Of the header that carries it.</param>
    /// <param name="maxDepth">Most segments.</param>
    /// <param name="isDirectory">It ends with a slash, which is not part of the result.</param>
    /// <exception cref="ArchiveRefusedException">No such name.</exception>
    public static string Read(ReadOnlySpan<byte> raw, long offset, int maxDepth, out bool isDirectory)
    {
        string name;
        try
        {
            name = Strict.GetString(raw);
        }
        catch (DecoderFallbackException)
        {
            // Without the flag some readers would take code page 437; such a name has two spellings.
            throw new ArchiveRefusedException(ZipRules.Name, "a name that is not UTF-8", Encoding.Latin1.GetString(raw), offset);
        }
        if (WhatIsWrong(name, raw.Length, maxDepth) is { } because) throw new ArchiveRefusedException(ZipRules.Name, because, name, offset);
        isDirectory = name[^1] == '/';
        return isDirectory ? name[..^1] : name;
    }

    private static string? WhatIsWrong(string name, int bytes, int maxDepth)
    {
        if (name.Length == 0) return "an empty name";
        if (bytes > MaxBytes) return $"a name of more than {MaxBytes} bytes";
        if (name[0] == '/') return "an absolute name";
        if (name.Contains('\\', StringComparison.Ordinal)) return "a backslash in a name: a separator to some readers";
        if (name.Length > 1 && name[1] == ':') return "a drive letter in a name";
        foreach (Rune rune in name.EnumerateRunes())
        {
            if (Rune.GetUnicodeCategory(rune) is UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.OtherNotAssigned or UnicodeCategory.PrivateUse
                or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator)
            {
                return "a control or invisible character in a name";
            }
        }
        string[] segments = (name[^1] == '/' ? name[..^1] : name).Split('/');
        if (segments.Length > maxDepth) return $"a name of more than {maxDepth} segments";
        foreach (string segment in segments)
        {
            if (segment is "" or "." or "..") return "a name with an empty, `.` or `..` segment";
            if (Encoding.UTF8.GetByteCount(segment) > MaxSegmentBytes) return $"a segment of more than {MaxSegmentBytes} bytes";
        }
        return null;
    }
}
