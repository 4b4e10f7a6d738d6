namespace Sandpiper.Sandbox.Proxies;

/// <summary>
/// Where a body in chunks ends: RFC 9112, 7.1. Without extensions and trailers, which nobody needs and readers differ about.
/// </summary>
/// <remarks>Fed as it comes; what it has passed may be sent on as it is.</remarks>
internal sealed class ChunkedBody
{
    private const int MostDigits = 15; // fit a long

    private State _state = State.Size;
    private long _left;
    private int _digits;

    private enum State
    {
        Size,
        SizeEnd,
        Data,
        DataEnd,
        DataEndLine,
        LastEnd,
        LastEndLine,
        Done,
        Broken,
    }

    public bool IsDone => _state is State.Done;

    /// <returns>How many of them belong to it; negative when it is not as it has to be.</returns>
    public int Pass(ReadOnlySpan<byte> bytes)
    {
        int at = 0;
        while (at < bytes.Length && !IsDone)
        {
            if (_state is State.Data)
            {
                int step = (int)Math.Min(_left, bytes.Length - at);
                at += step;
                _left -= step;
                if (_left == 0) _state = State.DataEnd;
                continue;
            }
            _state = After(bytes[at++]);
            if (_state is State.Broken) return -1;
        }
        return at;
    }

    private State After(byte next) => (_state, next) switch
    {
        (State.Size, (byte)'\r') when _digits > 0 => State.SizeEnd,
        (State.Size, _) => Digit(next),
        (State.SizeEnd, (byte)'\n') when _left > 0 => Start(State.Data),
        (State.SizeEnd, (byte)'\n') => Start(State.LastEnd),
        (State.DataEnd, (byte)'\r') => State.DataEndLine,
        (State.DataEndLine, (byte)'\n') => State.Size,
        (State.LastEnd, (byte)'\r') => State.LastEndLine,
        (State.LastEndLine, (byte)'\n') => State.Done,
        _ => State.Broken,
    };

    private State Digit(byte next)
    {
        if (!char.IsAsciiHexDigit((char)next) || ++_digits > MostDigits) return State.Broken;
        _left = (_left << 4) | (uint)(next <= '9' ? next - '0' : (next | 0x20) - 'a' + 10);
        return State.Size;
    }

    private State Start(State next)
    {
        _digits = 0;
        return next;
    }
}
