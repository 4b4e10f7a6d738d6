using System.Text;

namespace Sandpiper.Kernel.Files;

/// <summary>
/// Names and arguments as text, and back to the very same bytes. To the kernel they are bytes; what of them is no UTF-8 becomes a low
/// surrogate by itself, as in Python (PEP 383).
/// </summary>
/// <remarks>
/// The base library's calls do not find it by such a text, but what has U+FFFD in those places, if anything; those of this room that take
/// bytes do.
/// </remarks>
public static class NativeText
{
    private const char FirstEscape = '\udc80', LastEscape = '\udcff';
    private const int EscapeOfNothing = 0xdc00;

    public static string Of(ReadOnlySpan<byte> bytes)
    {
        if (System.Text.Unicode.Utf8.IsValid(bytes)) return Encoding.UTF8.GetString(bytes);
        var text = new StringBuilder(bytes.Length);
        while (!bytes.IsEmpty)
        {
            bool isText = Rune.DecodeFromUtf8(bytes, out Rune rune, out int taken) == System.Buffers.OperationStatus.Done;
            if (isText) text.Append(rune.ToString());
            else foreach (byte one in bytes[..taken]) text.Append((char)(EscapeOfNothing + one));
            bytes = bytes[taken..];
        }
        return text.ToString();
    }

    /// <summary>Nothing in it stands for a byte that is no UTF-8.</summary>
    public static bool IsText(string text)
    {
        if (!text.AsSpan().ContainsAnyInRange(FirstEscape, LastEscape)) return true;
        for (ReadOnlySpan<char> left = text; !left.IsEmpty;)
        {
            if (Rune.DecodeFromUtf16(left, out _, out int taken) != System.Buffers.OperationStatus.Done) return false;
            left = left[taken..];
        }
        return true;
    }

    /// <summary>A surrogate that stands for no byte becomes U+FFFD, as ever.</summary>
    public static byte[] Bytes(string text)
    {
        if (!text.AsSpan().ContainsAnyInRange(FirstEscape, LastEscape)) return Encoding.UTF8.GetBytes(text);
        var bytes = new List<byte>(text.Length);
        Span<byte> encoded = stackalloc byte[4];
        for (ReadOnlySpan<char> left = text; !left.IsEmpty;)
        {
            bool isText = Rune.DecodeFromUtf16(left, out Rune rune, out int taken) == System.Buffers.OperationStatus.Done;
            if (!isText && left[0] is >= FirstEscape and <= LastEscape) bytes.Add((byte)(left[0] - EscapeOfNothing));
            else bytes.AddRange(encoded[..rune.EncodeToUtf8(encoded)]);
            left = left[taken..];
        }
        return [.. bytes];
    }
}
