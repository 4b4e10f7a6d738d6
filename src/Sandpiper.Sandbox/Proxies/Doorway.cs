using System.Net.Sockets;

namespace Sandpiper.Sandbox.Proxies;

/// <summary>Serves everybody who comes to a listening socket, so many at once; who comes later waits.</summary>
internal sealed class Doorway : IDisposable
{
    /// <summary>Each has two threads and half a megabyte. Browsers have six connections to a host, installers fifty.</summary>
    public const int MostAtOnce = 128;
    private const int StackBytes = 256 << 10;

    private readonly Socket _listener;
    private readonly Action<Socket> _serve;
    private readonly SemaphoreSlim _free;

    /// <param name="listener">Closed with this.</param>
    /// <param name="serve">Gets who came, and closes him.</param>
    public Doorway(Socket listener, Action<Socket> serve, int mostAtOnce = MostAtOnce)
    {
        (_listener, _serve, _free) = (listener, serve, new SemaphoreSlim(mostAtOnce));
        new Thread(Accept, StackBytes) { IsBackground = true }.Start();
    }

    public void Dispose() => _listener.Dispose();

    private void Accept()
    {
        while (true)
        {
            _free.Wait();
            try
            {
                Socket came = _listener.Accept();
                new Thread(() => Serve(came), StackBytes) { IsBackground = true }.Start();
            }
            catch (SocketException e) when (e.SocketErrorCode is SocketError.ConnectionAborted or SocketError.ConnectionReset)
            {
                _free.Release(); // he went before he was let in
            }
            catch (SocketException e) when (e.SocketErrorCode is SocketError.TooManyOpenSockets or SocketError.NoBufferSpaceAvailable)
            {
                _free.Release();
                Thread.Sleep(TimeSpan.FromMilliseconds(100)); // until somebody goes
            }
            catch (Exception e) when (e is SocketException or ObjectDisposedException)
            {
                return; // it is over
            }
        }
    }

    private void Serve(Socket came)
    {
        try
        {
            using (came) _serve(came);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException or IOException)
        {
            // He, or whom he wanted, is gone.
        }
        finally
        {
            _free.Release();
        }
    }
}
