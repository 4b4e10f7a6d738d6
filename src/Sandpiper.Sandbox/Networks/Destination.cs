using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Sandpiper.Sandbox.Networks;

/// <summary>A host and a port of it, from 1 to 65,535.</summary>
public sealed record Destination(HostName Host, int Port)
{
    /// <summary><c>example.org:443</c>, <c>[::1]:80</c>.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Host}:{Port}");

    /// <param name="text"><c>HOST:PORT</c>, as RFC 3986 (3.2) has an authority, but without a user.</param>
    /// <param name="defaultPort">Where none is said; null: then it is none.</param>
    public static bool TryParse(ReadOnlySpan<char> text, int? defaultPort, [NotNullWhen(true)] out Destination? destination)
    {
        destination = null;
        int colon = text.IndexOf(']') is >= 0 and var end ? end + 1 : text.IndexOf(':');
        ReadOnlySpan<char> host = colon >= 0 && colon <= text.Length ? text[..colon] : text;
        ReadOnlySpan<char> rest = text[host.Length..];
        int port = defaultPort ?? 0;
        if (!rest.IsEmpty && (rest[0] != ':' || !TryParsePort(rest[1..], out port))) return false;
        if (port == 0 || !HostName.TryParse(host, out HostName? name)) return false;
        destination = new Destination(name, port);
        return true;
    }

    /// <summary>Digits alone, none of them a zero in front.</summary>
    internal static bool TryParsePort(ReadOnlySpan<char> text, out int port)
    {
        port = 0;
        return text.Length is > 0 and <= 5 && text[0] != '0' && text.IndexOfAnyExceptInRange('0', '9') < 0
            && int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out port) && port <= ushort.MaxValue;
    }
}
