using System.Globalization;

namespace Sandpiper.Packaging.Metadata;

/// <summary>A format version such as <c>2.4</c>: readers refuse another major number and tolerate a greater minor one.</summary>
internal readonly record struct FormatVersion(int Major, int Minor) : IComparable<FormatVersion>
{
    private const int MaxDigits = 4;

    public static bool TryParse(ReadOnlySpan<char> text, out FormatVersion version)
    {
        version = default;
        int dot = text.IndexOf('.');
        if (dot < 0 || !TryParseNumber(text[..dot], out int major) || !TryParseNumber(text[(dot + 1)..], out int minor)) return false;
        version = new FormatVersion(major, minor);
        return true;
    }

    public int CompareTo(FormatVersion other) => Major != other.Major ? Major.CompareTo(other.Major) : Minor.CompareTo(other.Minor);

    public override string ToString() => $"{Major}.{Minor}";

    private static bool TryParseNumber(ReadOnlySpan<char> text, out int number)
    {
        number = 0;
        return text.Length <= MaxDigits && int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number);
    }
}
