using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Sandpiper.Assessment.Trials;

/// <summary>Takes what is sent to a port of this machine's loopback, for what runs in no replica.</summary>
internal sealed class LoopbackSink : IDisposable
{
    private const int MostBytes = 64 << 10;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);

    public LoopbackSink() => _listener.Start();

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>What arrived since the last time: whoever sent it has ended, so that it is all there.</summary>
    public string Take()
    {
        var received = new StringBuilder();
        byte[] piece = new byte[4096];
        while (_listener.Pending())
        {
            using TcpClient sender = _listener.AcceptTcpClient();
            sender.ReceiveTimeout = (int)Patience.TotalMilliseconds;
            NetworkStream stream = sender.GetStream();
            try
            {
                while (received.Length < MostBytes && stream.Read(piece) is > 0 and var got)
                    received.Append(Encoding.UTF8.GetString(piece, 0, got));
            }
            catch (IOException)
            {
                // What came before it broke off counts.
            }
        }
        return received.ToString();
    }

    public void Dispose() => _listener.Dispose();
}
