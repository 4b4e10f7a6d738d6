using System.Globalization;
using System.Text;

namespace Sandpiper.Packaging.Wheels;

/// <summary>Tells whether a text names one file in one directory, and looks like what it is.</summary>
internal static class PlainFileName
{
    public const int MaxBytes = 255;   // NAME_MAX of every Linux file system

    /// <summary>
    /// No separator of any system, not <c>.</c> or <c>..</c>, and nothing that cannot be seen: neither a control character nor one that
    /// turns the direction of what follows.
    /// </summary>
    public static bool IsPlain(ReadOnlySpan<char> text)
    {
        if (text.IsEmpty || text is "." or ".." || text.ContainsAny('/', '\\') || Encoding.UTF8.GetByteCount(text) > MaxBytes) return false;
        if (!text.ContainsAnyExceptInRange(' ', '~')) return true;
        while (!text.IsEmpty)
        {
            // Half a surrogate pair has no UTF-8 form, so it cannot be a name.
            if (Rune.DecodeFromUtf16(text, out var rune, out int length) != System.Buffers.OperationStatus.Done) return false;
            if (!rune.IsAscii ? IsInvisible(rune) : rune.Value is < ' ' or 0x7f) return false;
            text = text[length..];
        }
        return true;
    }

    private static bool IsInvisible(Rune rune) => Rune.GetUnicodeCategory(rune)
        is UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator
        or UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned;
}
