using System.Globalization;
using System.Text;

namespace Sandpiper.Packaging.Wheels;

/// <summary>
/// The right side of a script's entry point, <c>module:attribute [extras]</c>. It is pasted into Python source, so nothing but dotted
/// identifiers may come out of here: a quote, a semicolon or a line break would be code.
/// </summary>
internal static class ObjectReference
{
    public static bool TryParse(ReadOnlySpan<char> text, out string module, out string attribute)
    {
        (module, attribute) = ("", "");
        int bracket = text.IndexOf('[');
        if (bracket >= 0)
        {
            if (!AreExtras(text[bracket..])) return false;
            text = text[..bracket];
        }
        int colon = text.IndexOf(':');
        if (colon < 0) return false;
        var left = text[..colon].Trim();
        var right = text[(colon + 1)..].Trim();
        if (!IsDotted(left) || !IsDotted(right)) return false;
        (module, attribute) = (left.ToString(), right.ToString());
        return true;
    }

    // The standard asks readers to accept extras here and writers not to use them; nothing is made of them.
    private static bool AreExtras(ReadOnlySpan<char> text)
    {
        if (text[^1] != ']') return false;
        foreach (char c in text[1..^1])
        {
            if (!char.IsAsciiLetterOrDigit(c) && c is not ('-' or '_' or '.' or ',' or ' ' or '\t')) return false;
        }
        return true;
    }

    private static bool IsDotted(ReadOnlySpan<char> text)
    {
        foreach (Range range in text.Split('.'))
        {
            if (!IsIdentifier(text[range])) return false;
        }
        return true;
    }

    // Python Language Reference, "Names": close enough to XID_Start and XID_Continue, and never wider than letters, marks and digits.
    private static bool IsIdentifier(ReadOnlySpan<char> text)
    {
        bool first = true;
        foreach (var rune in text.EnumerateRunes())
        {
            bool fits = rune.Value == '_' || Rune.IsLetter(rune) || (!first && IsContinuation(rune));
            if (!fits) return false;
            first = false;
        }
        return !first;
    }

    private static bool IsContinuation(Rune rune) => Rune.GetUnicodeCategory(rune)
        is UnicodeCategory.DecimalDigitNumber or UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark;
}
