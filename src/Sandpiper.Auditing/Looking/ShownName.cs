using System.Globalization;
using System.Text;
using System.Text.Unicode;

namespace Sandpiper.Auditing.Looking;

/// <summary>A name of the kernel's as text.</summary>
internal static class ShownName
{
    public static string Of(ReadOnlySpan<byte> name, out bool isText)
    {
        isText = Utf8.IsValid(name);
        if (isText) return Encoding.UTF8.GetString(name);
        var text = new StringBuilder(name.Length + 8);
        while (!name.IsEmpty)
        {
            bool isRune = Rune.DecodeFromUtf8(name, out Rune rune, out int used) == System.Buffers.OperationStatus.Done;
            if (isRune) text.Append(rune.ToString());
            else foreach (byte b in name[..used]) text.Append(CultureInfo.InvariantCulture, $"\\x{b:x2}");
            name = name[used..];
        }
        return text.ToString();
    }

    /// <summary>Holds what drives a terminal, hides or reorders: no package needs that in a name.</summary>
    public static bool Misleads(string name)
    {
        foreach (char c in name)
        {
            if (c is >= ' ' and <= '~') continue;
            if (char.GetUnicodeCategory(c) is UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator
                or UnicodeCategory.ParagraphSeparator) return true;
        }
        return false;
    }
}
