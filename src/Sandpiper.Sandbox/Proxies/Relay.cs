using System.Buffers;
using System.Net.Sockets;

namespace Sandpiper.Sandbox.Proxies;

/// <summary>Two sockets that are one: what comes on one goes out on the other, each way until its end.</summary>
/// <remarks>
/// Threads that wait in the kernel, and not tasks: nothing a program sends through here takes a thread that a time limit or a signal needs.
/// </remarks>
internal sealed class Relay : IDisposable
{
    // One read is one write: the larger, the fewer.
    private const int PieceBytes = 256 << 10;
    private const int StackBytes = 128 << 10;

    // Long polling and notebooks wait for minutes.
    private static readonly TimeSpan LongestSilence = TimeSpan.FromMinutes(30);
    private static readonly TimeSpan Glance = TimeSpan.FromMinutes(1);

    private readonly Socket _near, _far;
    private readonly Places _places;
    private readonly Lock _ending = new();
    private long _lastHeard = Environment.TickCount64;
    private bool _isHeardOut, _isAnswered;

    /// <param name="places">In one of which it is; told when the far one has ended.</param>
    public Relay(Socket near, Socket far, Places places)
    {
        (_near, _far, _places) = (near, far, places);
        foreach (Socket socket in (Socket[])[near, far])
        {
            socket.NoDelay = true;
            socket.ReceiveTimeout = (int)Glance.TotalMilliseconds;
            socket.SendTimeout = (int)LongestSilence.TotalMilliseconds;
        }
    }

    /// <summary>It is closed. Of <see cref="Places"/>, which keeps it.</summary>
    public bool IsGone { get; set; }

    /// <summary>From the far to the near one, in the background.</summary>
    /// <param name="http">Where it is one answer and no more.</param>
    /// <returns>What is to be waited for before both are closed.</returns>
    public Thread Answer(HttpAnswer? http = null)
    {
        var thread = new Thread(
            () =>
            {
                Pump(_far, _near, http);
                _places.IsOver(this);
                lock (_ending)
                {
                    _isAnswered = true;
                    if (_isHeardOut) End(_near, SocketShutdown.Receive);
                }
            },
            StackBytes) { IsBackground = true };
        thread.Start();
        return thread;
    }

    /// <summary>Waits for the answer, and hears the near one meanwhile for nobody but for its end, of which the far one is told.</summary>
    /// <param name="answer">What <see cref="Answer"/> gave.</param>
    public void HearOut(Thread answer)
    {
        lock (_ending) _isHeardOut = true;
        byte[] unheard = new byte[4 << 10];
        try
        {
            while (!IsAnswered && Receive(_near, unheard) > 0) { }
            if (!IsAnswered) End(_far, SocketShutdown.Send);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // Nobody is there to whom it could be answered.
            Break(_far);
        }
        answer.Join();
    }

    /// <summary>Ends, whatever its program might still have to say.</summary>
    public void GiveWay()
    {
        End(_near, SocketShutdown.Both);
        End(_far, SocketShutdown.Both);
    }

    private bool IsAnswered
    {
        get
        {
            lock (_ending) return _isAnswered;
        }
    }

    /// <summary>From the near to the far one, until the end; then waits for the other way.</summary>
    /// <param name="answer">What <see cref="Answer"/> gave; null: it is begun now.</param>
    public void Run(Thread? answer = null)
    {
        answer ??= Answer();
        Pump(_near, _far);
        answer.Join();
    }

    /// <summary>Sends all of it on.</summary>
    /// <exception cref="SocketException">Nobody takes it.</exception>
    public void Send(ReadOnlySpan<byte> bytes) => Send(_far, bytes);

    /// <summary>Waits for the next bytes of the near one.</summary>
    /// <returns>0 at the end.</returns>
    /// <exception cref="SocketException">There are none for too long, or it broke.</exception>
    public int Receive(Span<byte> into) => Receive(_near, into);

    public void Dispose()
    {
        _places.IsGone(this);
        _near.Dispose();
        _far.Dispose();
    }

    private void Pump(Socket from, Socket to, HttpAnswer? http = null)
    {
        byte[] piece = ArrayPool<byte>.Shared.Rent(PieceBytes);
        try
        {
            while (http is not { IsDone: true } && Receive(from, piece) is > 0 and var got)
            {
                if (http is null) Send(to, piece.AsSpan(0, got));
                else Send(to, piece.AsSpan(0, got), http);
            }
            if (http is not null) Send(to, http.Held);
            to.Shutdown(SocketShutdown.Send);
        }
        catch (Exception)
        {
            // What broke must not look as if it had ended: a download without a length would be taken for a whole one.
            Break(_near);
            Break(_far);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(piece);
        }
    }

    private static void Break(Socket socket)
    {
        try
        {
            socket.LingerState = new LingerOption(enable: true, seconds: 0);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // It is closed already.
        }
        socket.Dispose();
    }

    private int Receive(Socket from, Span<byte> into)
    {
        while (true)
        {
            int got = from.Receive(into, SocketFlags.None, out SocketError error);
            if (error is SocketError.Success)
            {
                Volatile.Write(ref _lastHeard, Environment.TickCount64);
                return got;
            }
            // A download is silent one way for long.
            bool isSilent = Environment.TickCount64 - Volatile.Read(ref _lastHeard) > LongestSilence.TotalMilliseconds;
            if (error is not (SocketError.TimedOut or SocketError.WouldBlock) || isSilent) throw new SocketException((int)error);
        }
    }

    private static void Send(Socket to, ReadOnlySpan<byte> bytes, HttpAnswer http)
    {
        while (!bytes.IsEmpty && !http.IsDone)
        {
            int taken = http.Take(bytes, out byte[]? instead);
            Send(to, instead is null ? bytes[..taken] : instead);
            bytes = bytes[taken..];
        }
    }

    private static void End(Socket socket, SocketShutdown how)
    {
        try
        {
            socket.Shutdown(how);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // It has ended by itself.
        }
    }

    private static void Send(Socket to, ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty) bytes = bytes[to.Send(bytes)..];
    }
}
