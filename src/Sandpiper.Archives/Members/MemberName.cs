using System.Globalization;
using System.Text;

namespace Sandpiper.Archives.Members;

/// <summary>Judges a member's name: a relative path of plain segments that every system reads alike, or a refusal.</summary>
internal static class MemberName
{
    private const int MaxBytes = 4096;          // PATH_MAX
    private const int MaxSegmentBytes = 255;    // NAME_MAX

    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <param name="raw">As in the archive.</param>
    /// <param name="offset">Of the header that carries it.</param>
    /// <param name="isDirectory">It ends with a slash, which is not part of the result.</param>
    /// <exception cref="ArchiveRefusedException">No such name.</exception>
    public static string Read(ReadOnlySpan<byte> raw, long offset, int maxDepth, out bool isDirectory)
    {
        if (raw.Length > MaxBytes) throw Refuse(MemberRules.NameLength, $"its name has more than {MaxBytes} bytes", raw[..MaxSegmentBytes]);
        string name = Decode(raw, offset);
        foreach (var rune in name.EnumerateRunes())
        {
            if (IsInvisible(rune)) throw Refuse(MemberRules.NameCharacters, "its name has a control or invisible character in it", raw);
        }

        isDirectory = raw.EndsWith("/"u8);
        var path = isDirectory ? raw[..^1] : raw;
        if (path.Contains((byte)'\\'))
            throw Refuse(MemberRules.NamePath, "its name has a backslash in it, a separator to some readers", raw);
        if (path.Length > 1 && path[1] == ':') throw Refuse(MemberRules.NamePath, "its name starts with a drive letter", raw);
        int depth = 0;
        foreach (var range in path.Split((byte)'/'))
        {
            var segment = path[range];
            if (segment.IsEmpty || segment.SequenceEqual("."u8) || segment.SequenceEqual(".."u8))
                throw Refuse(MemberRules.NamePath, "its name is absolute or has an empty, `.` or `..` segment", raw);
            if (segment.Length > MaxSegmentBytes)
                throw Refuse(MemberRules.NameLength, $"its name has a segment of more than {MaxSegmentBytes} bytes", raw);
            if (++depth > maxDepth) throw Refuse(MemberRules.NameLength, $"its name has more than {maxDepth} segments", raw);
        }
        return isDirectory ? name[..^1] : name;

        ArchiveRefusedException Refuse(string rule, string because, ReadOnlySpan<byte> shown) =>
            new(rule, because, Encoding.UTF8.GetString(shown), offset);
    }

    private static string Decode(ReadOnlySpan<byte> raw, long offset)
    {
        try
        {
            return Strict.GetString(raw);
        }
        catch (DecoderFallbackException)
        {
            throw new ArchiveRefusedException(MemberRules.NameEncoding, "its name is not UTF-8", Encoding.Latin1.GetString(raw), offset);
        }
    }

    // What Unicode calls "other", as uv has it, and the two separators that break lines.
    private static bool IsInvisible(Rune rune) => Rune.GetUnicodeCategory(rune)
        is UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned
        or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator;
}
