using System.Buffers;
using System.Globalization;
using System.Text;

namespace Sandpiper.Sandbox.Proxies;

/// <summary>
/// What a server answers to one request, on its way to the program: with it the connection ends, whatever the server says, and the program
/// is told so (RFC 9112, 9.6). Else it would send its next request where nobody hears it.
/// </summary>
/// <remarks>
/// No more is changed of it, and where it ends is only concluded from what everybody reads alike; of everything else the server's end is
/// the end. What it says is between the server and the program: nothing is refused here.
/// </remarks>
/// <param name="isOfHead">It answers a HEAD: what it says of a body is of another one's.</param>
internal sealed class HttpAnswer(bool isOfHead)
{
    private const int MostHeadBytes = 64 << 10;

    private static readonly string[] _ofTheConnection = ["connection", "keep-alive", "proxy-connection"];

    private readonly ArrayBufferWriter<byte> _head = new();
    private readonly ChunkedBody _chunks = new();
    private State _state;
    private long _left;

    private enum State
    {
        Head,
        Length,
        Chunked,
        UntilItsEnd,
        Done,
    }

    /// <summary>What comes now is no part of it.</summary>
    public bool IsDone => _state is State.Done;

    /// <summary>Of a head that is not whole.</summary>
    public byte[] Held => _head.WrittenSpan.ToArray();

    /// <param name="bytes">As they come; some.</param>
    /// <param name="instead">What is to be sent in their place; null: they are.</param>
    /// <returns>How many of them that is about.</returns>
    public int Take(ReadOnlySpan<byte> bytes, out byte[]? instead)
    {
        instead = null;
        switch (_state)
        {
            case State.Head:
                return TakeHead(bytes, out instead);
            case State.Length:
                int taken = (int)Math.Min(_left, bytes.Length);
                _left -= taken;
                if (_left == 0) _state = State.Done;
                return taken;
            case State.Chunked:
                int passed = _chunks.Pass(bytes);
                if (_chunks.IsDone) _state = State.Done;
                if (passed >= 0) return passed;
                _state = State.UntilItsEnd; // with extensions or trailers: who asked for it reads them, or not
                return bytes.Length;
            default:
                return bytes.Length;
        }
    }

    private int TakeHead(ReadOnlySpan<byte> bytes, out byte[]? instead)
    {
        instead = [];
        int before = _head.WrittenCount;
        _head.Write(bytes[..Math.Min(bytes.Length, MostHeadBytes + 1)]);
        ReadOnlySpan<byte> held = _head.WrittenSpan;
        int end = EndOf(held);
        bool mayBeOne = "HTTP/1."u8.StartsWith(held) || held.StartsWith("HTTP/1."u8);
        if (mayBeOne && end < 0 && held.Length <= MostHeadBytes) return bytes.Length;
        if (mayBeOne && end >= 0 && TryRead(Encoding.Latin1.GetString(held[..end]), out string head))
        {
            instead = Encoding.Latin1.GetBytes(head);
            _head.Clear();
            return end - before;
        }
        instead = [.. held];
        _head.Clear();
        _state = State.UntilItsEnd;
        return instead.Length - before;
    }

    // Behind the empty line; a line feed alone ends one, too (RFC 9112, 2.2).
    private static int EndOf(ReadOnlySpan<byte> held)
    {
        int bare = held.IndexOf("\n\n"u8), whole = held.IndexOf("\n\r\n"u8);
        return bare >= 0 && (whole < 0 || bare < whole) ? bare + 2 : whole >= 0 ? whole + 3 : -1;
    }

    private bool TryRead(string text, out string head)
    {
        head = text;
        string[] lines = text.Split('\n');  // the last two are the empty one and what follows it
        if (lines[0].TrimEnd('\r').Split(' ') is not [var version, { Length: 3 } code, ..]) return false;
        if (!int.TryParse(code, NumberStyles.None, CultureInfo.InvariantCulture, out int status) || status is < 100 or 101) return false;
        if (status < 200) return true; // it goes on
        var kept = new StringBuilder().Append(lines[0]).Append('\n');
        List<string> lengths = [], codings = [];
        bool isKept = true;
        foreach (string line in lines.AsSpan(1, lines.Length - 3))
        {
            if (line is not [' ' or '\t', ..])
            {
                int colon = Math.Max(0, line.IndexOf(':', StringComparison.Ordinal));
                string name = line[..colon].Trim().ToLowerInvariant(), value = line[Math.Min(colon + 1, line.Length)..].Trim();
                isKept = !_ofTheConnection.Contains(name);
                if (name is "content-length") lengths.Add(value);
                if (name is "transfer-encoding") codings.Add(value);
            }
            // A line that goes on would be of another meaning than it was read with here.
            else if (isKept) lengths.Add("");
            if (isKept) kept.Append(line).Append('\n');
        }
        head = kept.Append("Connection: close\r\n\r\n").ToString();
        _state = isOfHead || status is 204 or 304 ? State.Done : BodyOf(version, lengths, codings);
        return true;
    }

    private State BodyOf(string version, List<string> lengths, List<string> codings)
    {
        bool isChunked = codings is [var coding] && string.Equals(coding, "chunked", StringComparison.OrdinalIgnoreCase);
        if (isChunked && lengths.Count == 0 && version is "HTTP/1.1") return State.Chunked;
        bool isLength = codings.Count == 0 && lengths is [{ Length: <= 18 } length]
            && long.TryParse(length, NumberStyles.None, CultureInfo.InvariantCulture, out _left);
        return !isLength ? State.UntilItsEnd : _left == 0 ? State.Done : State.Length;
    }
}
