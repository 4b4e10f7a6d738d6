using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Net.Sockets;

namespace Sandpiper.Sandbox.Networks;

/// <summary>Whom one connects to: a name of the DNS (RFC 1123, 2.1), or an address.</summary>
/// <remarks>
/// Strict, because more than one reader gets it: whatever a resolver could take for something else than a name (<c>127.1</c>,
/// <c>0x7f.1</c>, a zero byte in the middle) is no host. Other letters than ASCII have to be written in their ASCII form (RFC 5890).
/// </remarks>
public sealed record HostName
{
    private const int MostCharacters = 253, MostInLabel = 63;   // RFC 1035, 2.3.4

    /// <summary>This machine, whatever a resolver says (RFC 6761, 6.3).</summary>
    public const string ThisMachine = "localhost";

    private static readonly SearchValues<char> HexDigits = SearchValues.Create("0123456789abcdefABCDEF");
    private static readonly SearchValues<char> OfAddress6 = SearchValues.Create("0123456789abcdefABCDEF:.");

    private HostName(string text, IPAddress? address) => (Text, Address) = (text, address);

    /// <summary>In lower case, without a final dot; an IPv6 address without brackets.</summary>
    public string Text { get; }

    /// <summary>Null: a name.</summary>
    public IPAddress? Address { get; }

    /// <summary>As it stands before a port.</summary>
    public override string ToString() => Address is { AddressFamily: AddressFamily.InterNetworkV6 } ? $"[{Text}]" : Text;

    /// <summary>An address as a host.</summary>
    public static HostName Of(IPAddress address) => new(address.ToString(), address);

    /// <param name="text">A name, four numbers with points, or an IPv6 address in brackets.</param>
    public static bool TryParse(ReadOnlySpan<char> text, [NotNullWhen(true)] out HostName? host)
    {
        host = null;
        if (text is ['[', .. var inner, ']']) return TryParseAddress6(inner, out host);
        if (text is [.. var before, '.']) text = before;
        if (text.IsEmpty || text.Length > MostCharacters) return false;
        if (EndsInNumber(text)) return TryParseAddress4(text, out host);
        foreach (Range label in text.Split('.'))
        {
            if (!IsLabel(text[label])) return false;
        }
        host = new HostName(string.Create(text.Length, text, (into, from) => from.ToLowerInvariant(into)), null);
        return true;
    }

    private static bool IsLabel(ReadOnlySpan<char> label)
    {
        if (label.IsEmpty || label.Length > MostInLabel || label[0] == '-' || label[^1] == '-') return false;
        foreach (char c in label)
        {
            if (!char.IsAsciiLetterOrDigit(c) && c != '-') return false;
        }
        return true;
    }

    // Then inet_aton(3), which resolvers ask first, may take it for an address, in one of many ways to write one.
    private static bool EndsInNumber(ReadOnlySpan<char> text)
    {
        ReadOnlySpan<char> last = text[(text.LastIndexOf('.') + 1)..];
        if (last is ['0', 'x' or 'X', .. var digits]) return digits.IndexOfAnyExcept(HexDigits) < 0;
        return last.IndexOfAnyExceptInRange('0', '9') < 0;
    }

    // Four of them, in decimal, without zeros in front: everybody reads that alike.
    private static bool TryParseAddress4(ReadOnlySpan<char> text, out HostName? host)
    {
        host = null;
        Span<byte> bytes = stackalloc byte[4];
        int count = 0;
        foreach (Range part in text.Split('.'))
        {
            ReadOnlySpan<char> number = text[part];
            if (count == bytes.Length || number.Length is 0 or > 3 || (number.Length > 1 && number[0] == '0')) return false;
            int value = 0;
            foreach (char c in number)
            {
                if (!char.IsAsciiDigit(c)) return false;
                value = (value * 10) + (c - '0');
            }
            if (value > byte.MaxValue) return false;
            bytes[count++] = (byte)value;
        }
        if (count != bytes.Length) return false;
        host = Of(new IPAddress(bytes));
        return true;
    }

    private static bool TryParseAddress6(ReadOnlySpan<char> text, out HostName? host)
    {
        host = null;
        // No zone: `%` names an interface of this machine.
        if (text.IndexOfAnyExcept(OfAddress6) >= 0 || !text.Contains(':')) return false;
        if (!IPAddress.TryParse(text, out IPAddress? address) || address.AddressFamily != AddressFamily.InterNetworkV6) return false;
        host = Of(address);
        return true;
    }
}
