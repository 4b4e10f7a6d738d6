using System.Globalization;

namespace Sandpiper.Packaging.Wheels;

/// <summary>Breaks ties between wheels of one version; the default value (no build tag) is the lowest.</summary>
/// <param name="Number">The digits it begins with; numbers order before texts do.</param>
/// <param name="Rest">What follows the digits, often nothing.</param>
public readonly record struct BuildTag(long Number, string Rest) : IComparable<BuildTag>
{
    private const int MaxDigits = 18;   // PEP 427 sets no bound; 18 fit a long

    /// <summary>Reads <c>1000abc</c>: digits, then letters, digits, <c>_</c> and <c>.</c>.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out BuildTag tag)
    {
        tag = default;
        int digits = text.IndexOfAnyExceptInRange('0', '9');
        if (digits < 0) digits = text.Length;
        if (digits is 0 or > MaxDigits) return false;
        foreach (char c in text[digits..])
        {
            if (!char.IsAsciiLetterOrDigit(c) && c is not ('_' or '.')) return false;
        }
        tag = new BuildTag(long.Parse(text[..digits], NumberStyles.None), text[digits..].ToString());
        return true;
    }

    public int CompareTo(BuildTag other)
    {
        if (Rest is null || other.Rest is null) return (Rest is null ? 0 : 1) - (other.Rest is null ? 0 : 1);
        int byNumber = Number.CompareTo(other.Number);
        return byNumber != 0 ? byNumber : string.CompareOrdinal(Rest, other.Rest);
    }

    /// <summary>As the file name carries it, without leading zeros; empty when there is none.</summary>
    public override string ToString() => Rest is null ? "" : $"{Number}{Rest}";
}
