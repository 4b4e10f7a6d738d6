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
    private readonly Places _places;

    /// <param name="listener">Closed with this.</param>
    /// <param name="serve">Gets who came, and closes him.</param>
    /// <param name="places">As many as may be served at once, here and wherever else they are shared.</param>
    public Doorway(Socket listener, Action<Socket> serve, Places places)
    {
        (_listener, _serve, _places) = (listener, serve, places);
        new Thread(Accept, StackBytes) { IsBackground = true }.Start();
    }

    public void Dispose() => _listener.Dispose();

    private void Accept()
    {
        while (true)
        {
            try
            {
                Socket came = _listener.Accept();
                _places.Take();
                Start(came);
            }
            catch (SocketException e) when (e.SocketErrorCode is SocketError.ConnectionAborted or SocketError.ConnectionReset)
            {
                // He went before he was let in.
            }
            catch (SocketException e) when (e.SocketErrorCode is SocketError.TooManyOpenSockets or SocketError.NoBufferSpaceAvailable)
            {
                Thread.Sleep(TimeSpan.FromMilliseconds(100)); // until somebody goes
            }
            catch (Exception e) when (e is SocketException or ObjectDisposedException)
            {
                return; // it is over
            }
        }
    }

    private void Start(Socket came)
    {
        try
        {
            new Thread(() => Serve(came), StackBytes) { IsBackground = true }.Start();
        }
        catch (Exception e) when (e is OutOfMemoryException or ThreadStartException)
        {
            came.Dispose(); // as many as the user may have
            _places.Give();
        }
    }

    private void Serve(Socket came)
    {
        try
        {
            using (came) _serve(came);
        }
        catch (Exception)
        {
            // He, or whom he wanted, is gone. Whatever else it is, it ends this connection alone, and neither us nor the program.
        }
        finally
        {
            _places.Give();
        }
    }
}
