using System.Globalization;
using System.Text;

namespace Sandpiper.Sandbox.Terminals;

/// <summary>Text of any origin, made harmless for a terminal: what would move the cursor, colour, hide or reorder is spelled out.</summary>
public static class VisibleText
{
    /// <summary>Longest text shown of one value, in UTF-16 code units; package summaries are not bounded by any standard.</summary>
    public const int MaxLength = 20_000;

    /// <summary>The same text where nothing needs spelling out; line breaks are kept only when <paramref name="keepLines"/>.</summary>
    public static string Of(string text, bool keepLines = false)
    {
        bool tooLong = text.Length > MaxLength;
        ReadOnlySpan<char> shown = tooLong ? text.AsSpan(0, MaxLength) : text;
        if (!tooLong && shown.IndexOfAnyExceptInRange(' ', '~') < 0) return text;

        var visible = new StringBuilder(shown.Length + 16);
        foreach (Rune rune in shown.EnumerateRunes())
        {
            if (rune.Value == '\n' && keepLines) visible.Append('\n');
            else if (Misleads(rune)) visible.Append(CultureInfo.InvariantCulture, $"\\u{{{rune.Value:x}}}");
            else visible.Append(rune.ToString());
        }
        if (tooLong) visible.Append('…');
        return visible.ToString();
    }

    // Control: C0, DEL and C1 drive the terminal. Format: bidirectional overrides and zero-width characters make a name look like another
    // (CVE-2023-28101 was such a one in flatpak). The rest has no glyph, or breaks the line.
    private static bool Misleads(Rune rune) => Rune.GetUnicodeCategory(rune)
        is UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.Surrogate or UnicodeCategory.PrivateUse
        or UnicodeCategory.OtherNotAssigned or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator
        || rune == Rune.ReplacementChar;
}
