using System.Buffers;
using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using Sandpiper.Sandbox.Networks;

namespace Sandpiper.Sandbox.Proxies;

/// <summary>How what follows a head ends: RFC 9112, 6.</summary>
internal enum BodyFraming
{
    None,
    Length,
    Chunked,
}

/// <summary>The head of a request to a proxy: RFC 9112, 3.2.2 and 3.2.3.</summary>
/// <remarks>
/// Stricter than the standard wherever two readers have ever read differently: line ends, white space, a repeated or a doubtful length, a
/// Host that is not the one asked for. The server is sent a head of our own words, and no second request ever follows on its connection.
/// </remarks>
internal sealed class RequestHead
{
    /// <summary>Bytes, its end included.</summary>
    public const int MostBytes = 16 << 10;
    private const int MostFields = 100;

    // For the connection to us alone (RFC 9110, 7.6.1; RFC 9112, C.2.2), or made anew.
    private static readonly ImmutableArray<string> NotPassedOn =
        ["connection", "proxy-connection", "keep-alive", "te", "trailer", "upgrade", "proxy-authorization", "proxy-authenticate", "host"];

    private static readonly SearchValues<char> OfTokens =
        SearchValues.Create("!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ");

    private RequestHead(Destination destination) => Destination = destination;

    public Destination Destination { get; }

    /// <summary>CONNECT: whatever follows is the host's and the program's.</summary>
    public bool IsTunnel { get; private init; }

    /// <summary>HEAD, which is answered without what the answer speaks of.</summary>
    public bool IsHead { get; private init; }

    public BodyFraming Framing { get; private init; }

    /// <summary>Bytes, with <see cref="BodyFraming.Length"/>.</summary>
    public long Length { get; private init; }

    /// <summary>What the server is sent; empty for a tunnel.</summary>
    public byte[] Forwarded { get; private init; } = [];

    /// <param name="head">Up to the empty line that ends it.</param>
    /// <param name="refusal">Why it is none.</param>
    /// <param name="known">Whom it came to, so that it is one to a server (RFC 9112, 3.2.1); null: it is one to a proxy.</param>
    /// <returns>Null when it is none.</returns>
    public static RequestHead? Parse(ReadOnlySpan<byte> head, out RefusedConnection? refusal, Destination? known = null)
    {
        RequestHead? parsed = null;
        refusal = null;
        string text = Encoding.Latin1.GetString(head);
        bool isWhole = text.Length <= MostBytes && text.EndsWith("\r\n\r\n", StringComparison.Ordinal);
        if (isWhole) parsed = Parse(text[..^4].Split("\r\n"), known, out refusal);
        else refusal = new(RefusalReason.NotUnderstood, known);
        return parsed;
    }

    private static RequestHead? Parse(string[] lines, Destination? known, out RefusedConnection? refusal)
    {
        refusal = new(RefusalReason.NotUnderstood, null);
        if (lines.Length > MostFields + 1 || !lines.All(IsText)) return null;
        if (lines[0].Split(' ') is not [var method, var target, "HTTP/1.0" or "HTTP/1.1"] || !IsToken(method)) return null;
        bool isTunnel = method is "CONNECT" && known is null;
        string path = target;
        Destination? wanted = known;
        bool isTarget = known is null ? TryReadTarget(target, isTunnel, out wanted, out path) : target.StartsWith('/') && IsVisible(target);
        if (!isTarget) return null;
        refusal = new(RefusalReason.NotUnderstood, wanted);
        var fields = new List<(string Name, string Value)>();
        foreach (string line in lines.AsSpan(1))
        {
            int colon = line.IndexOf(':', StringComparison.Ordinal);
            if (colon < 0 || !IsToken(line.AsSpan(0, colon))) return null;
            fields.Add((line[..colon], line[(colon + 1)..].Trim(' ', '\t')));
        }
        if (Only(fields, "host") is not { } host || Only(fields, "content-length") is not { } length
            || Only(fields, "transfer-encoding") is not { } coding) return null;
        bool isNew = lines[0].EndsWith('1');
        if (host.Length == 0 ? isNew && !isTunnel : !IsHost(host, wanted!))
        {
            // Whatever it names, it is not where it goes.
            if (host.Length > 0) refusal = new(RefusalReason.OtherHost, wanted, host);
            return null;
        }
        if (!TryReadFraming(length, coding, isNew, out BodyFraming framing, out long bytes)) return null;
        if (isTunnel && (framing is BodyFraming.Chunked || bytes > 0)) return null;
        // A field that the connection takes for itself is not passed on: those that say where a request ends must be.
        string[] nominated = [.. fields.Where(f => Is(f.Name, "connection") || Is(f.Name, "proxy-connection"))
            .SelectMany(f => f.Value.Split(',')).Select(name => name.Trim(' ', '\t'))];
        if (nominated.Any(name => Is(name, "host") || Is(name, "content-length") || Is(name, "transfer-encoding"))) return null;
        refusal = null;
        return new RequestHead(wanted!)
        {
            IsTunnel = isTunnel,
            IsHead = method is "HEAD",
            Framing = framing,
            Length = bytes,
            Forwarded = isTunnel ? [] : Head(method, path, isNew, wanted!, fields.Where(f => !NotPassedOn.Any(own => Is(f.Name, own))
                && !nominated.Any(name => Is(f.Name, name)))),
        };
    }

    // RFC 9112, 3.2.2 and 3.2.3. `https://` to a proxy would have us read what is meant for the host alone.
    private static bool TryReadTarget(string target, bool isTunnel, out Destination? wanted, out string path)
    {
        path = "";
        if (isTunnel) return Destination.TryParse(target, defaultPort: null, out wanted);
        wanted = null;
        const string Scheme = "http://";
        if (!target.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase)) return false;
        ReadOnlySpan<char> rest = target.AsSpan(Scheme.Length);
        int end = rest.IndexOfAny('/', '?', '#');
        ReadOnlySpan<char> authority = end < 0 ? rest : rest[..end];
        if (!IsVisible(rest)) return false;
        path = end < 0 ? "/" : rest[end] == '?' ? $"/{rest[end..]}" : rest[end..].ToString();
        return Destination.TryParse(authority, defaultPort: 80, out wanted);
    }

    private static bool IsVisible(ReadOnlySpan<char> target) => !target.Contains('#') && target.IndexOfAnyExceptInRange('!', '~') < 0;

    private static byte[] Head(string method, string path, bool isNew, Destination to, IEnumerable<(string Name, string Value)> fields)
    {
        var head = new StringBuilder();
        string host = to.Port == 80 ? $"{to.Host}" : $"{to}";
        // Its version: an older program would not understand an answer in chunks.
        head.Append(CultureInfo.InvariantCulture, $"{method} {path} HTTP/1.{(isNew ? 1 : 0)}\r\nHost: {host}\r\n");
        foreach (var (name, value) in fields) head.Append(CultureInfo.InvariantCulture, $"{name}: {value}\r\n");
        // So no answer of the server's is waited for that belongs to a request of somebody else.
        return Encoding.Latin1.GetBytes(head.Append("Connection: close\r\n\r\n").ToString());
    }

    private static bool TryReadFraming(string length, string coding, bool isNew, out BodyFraming framing, out long bytes)
    {
        bytes = 0;
        framing = coding.Length > 0 ? BodyFraming.Chunked : length.Length > 0 ? BodyFraming.Length : BodyFraming.None;
        // Two lengths: which one counts is what request smuggling lives on (RFC 9112, 6.3 and 11.2).
        return framing switch
        {
            BodyFraming.Chunked => isNew && length.Length == 0 && Is(coding, "chunked"),
            BodyFraming.Length => length.Length <= 18 && length.AsSpan().IndexOfAnyExceptInRange('0', '9') < 0
                && long.TryParse(length, NumberStyles.None, CultureInfo.InvariantCulture, out bytes),
            _ => true,
        };
    }

    // Its value, empty where it is not there; null when it stands there twice, or without a value.
    private static string? Only(List<(string Name, string Value)> fields, string name)
    {
        string? only = "";
        int count = 0;
        foreach (var (_, value) in fields.Where(f => Is(f.Name, name)))
        {
            only = ++count == 1 && value.Length > 0 ? value : null;
        }
        return count > 1 ? null : only;
    }

    private static bool IsHost(string host, Destination wanted) =>
        Destination.TryParse(host, defaultPort: wanted.Port, out Destination? named) && named == wanted;

    private static bool Is(string name, string known) => string.Equals(name, known, StringComparison.OrdinalIgnoreCase);

    // RFC 9110, 5.5: no controls but the tab; what is not ASCII is passed on as it is.
    private static bool IsText(string line) => line.All(c => c is '\t' or (>= ' ' and not '\x7f'));

    // RFC 9110, 5.6.2
    private static bool IsToken(ReadOnlySpan<char> text) => !text.IsEmpty
        && text.IndexOfAnyExcept(OfTokens) < 0;
}
