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
    private long _lastHeard = Environment.TickCount64;

    public Relay(Socket near, Socket far)
    {
        (_near, _far) = (near, far);
        foreach (Socket socket in (Socket[])[near, far])
        {
            socket.NoDelay = true;
            socket.ReceiveTimeout = (int)Glance.TotalMilliseconds;
            socket.SendTimeout = (int)LongestSilence.TotalMilliseconds;
        }
    }

    /// <summary>From the far to the near one, in the background.</summary>
    /// <returns>What is to be waited for before both are closed.</returns>
    public Thread Answer()
    {
        var thread = new Thread(() => Pump(_far, _near), StackBytes) { IsBackground = true };
        thread.Start();
        return thread;
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
        _near.Dispose();
        _far.Dispose();
    }

    private void Pump(Socket from, Socket to)
    {
        byte[] piece = ArrayPool<byte>.Shared.Rent(PieceBytes);
        try
        {
            while (Receive(from, piece) is > 0 and var got) Send(to, piece.AsSpan(0, got));
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

    private static void Send(Socket to, ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty) bytes = bytes[to.Send(bytes)..];
    }
}
