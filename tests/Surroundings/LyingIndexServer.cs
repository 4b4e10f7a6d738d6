using System.Collections.Concurrent;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace Sandpiper.Surroundings;

/// <summary>
/// A web server on loopback, on bare sockets so that it can do what a proper one would not: stall, break off, lie about lengths and kinds.
/// It remembers what it was asked.
/// </summary>
internal sealed class LyingIndexServer : IDisposable
{
    private const int MaxHeadBytes = 64 << 10;
    private const int MaxRequests = 10_000;

    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly ConcurrentDictionary<string, ServedAnswer[]> _answers = new(StringComparer.Ordinal);
    private readonly ConcurrentQueue<SeenRequest> _requests = [];
    private readonly CancellationTokenSource _stop = new();
    private readonly TaskCompletionSource _stalled = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Task _accepting;

    private readonly X509Certificate2? _certificate;

    /// <param name="certificate">Null: plain HTTP.</param>
    public LyingIndexServer(X509Certificate2? certificate = null)
    {
        _certificate = certificate;
        _listener.Start();
        _accepting = AcceptAsync();
    }

    /// <summary><c>http://127.0.0.1:PORT/</c>.</summary>
    public Uri Address => new($"{(_certificate is null ? "http" : "https")}://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}/");

    /// <summary>Ends when an answer has been sent as far as it will be sent and its connection is held open.</summary>
    public Task Stalled => _stalled.Task;

    /// <summary>In the order of arrival.</summary>
    public IReadOnlyList<SeenRequest> Requests => [.. _requests];

    /// <summary>Answers to one path, one after the other; the last again and again. Other paths are not found.</summary>
    public LyingIndexServer Serve(string path, params ServedAnswer[] answers)
    {
        _answers[path] = answers;
        return this;
    }

    public int CountOf(string path) => _requests.Count(request => request.Path == path);

    public void Dispose()
    {
        _stop.Cancel();
        _listener.Stop();
        _accepting.Wait(Patience.Endless);
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        var talks = new List<Task>();
        try
        {
            while (true)
            {
                Socket socket = await _listener.AcceptSocketAsync(_stop.Token);
                talks.Add(Task.Run(() => TalkAsync(socket)));
            }
        }
        // Between two questions it is no longer listening (InvalidOperationException), or disposed.
        catch (Exception error) when (error is OperationCanceledException or SocketException or InvalidOperationException)
        {
            await Task.WhenAll(talks);
        }
    }

    private async Task TalkAsync(Socket socket)
    {
        try
        {
            await using Stream stream = await OpenAsync(socket);
            if (await ReadAsync(stream) is not { } request || _requests.Count >= MaxRequests) return;
            int turn = CountOf(request.Path);
            _requests.Enqueue(request);
            ServedAnswer[] answers = _answers.GetValueOrDefault(request.Path) ?? [ServedAnswer.OfStatus(404)];
            await SendAsync(stream, socket, answers[Math.Min(turn, answers.Length - 1)].To(request));
        }
        catch (Exception error) when (error is OperationCanceledException or IOException or AuthenticationException)
        {
            // The client went away or does not trust us, or we are going.
        }
        finally
        {
            socket.Dispose();
        }
    }

    private async Task<Stream> OpenAsync(Socket socket)
    {
        var plain = new NetworkStream(socket);
        if (_certificate is null) return plain;
        var secure = new SslStream(plain);
        await secure.AuthenticateAsServerAsync(new SslServerAuthenticationOptions { ServerCertificate = _certificate }, _stop.Token);
        return secure;
    }

    private async Task<SeenRequest?> ReadAsync(Stream stream)
    {
        var head = new StringBuilder();
        byte[] piece = new byte[4096];
        while (!head.ToString().Contains("\r\n\r\n", StringComparison.Ordinal))
        {
            int read = await stream.ReadAsync(piece, _stop.Token);
            if (read == 0 || head.Length > MaxHeadBytes) return null;
            head.Append(Encoding.Latin1.GetString(piece, 0, read));
        }
        string[] lines = head.ToString().Split("\r\n");
        var headers = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (string line in lines.Skip(1).TakeWhile(line => line.Length > 0))
        {
            if (line.Split(": ", 2) is [var name, var value]) headers[name] = value;
        }
        return lines[0].Split(' ') is [_, var path, _] ? new SeenRequest(path, headers) : null;
    }

    private async Task SendAsync(Stream stream, Socket socket, ServedAnswer answer)
    {
        if (answer.StallAfter < 0) await StallAsync();
        if (answer.DropAfter < 0)
        {
            socket.LingerState = new LingerOption(enable: true, seconds: 0);      // a reset
            return;
        }
        await stream.WriteAsync(answer.Head(), _stop.Token);
        int length = Math.Min(answer.Body.Length, answer.DropAfter ?? answer.StallAfter ?? int.MaxValue);
        await stream.WriteAsync(answer.Body.AsMemory(0, length), _stop.Token);
        await stream.FlushAsync(_stop.Token);
        if (answer.StallAfter is not null) await StallAsync();
    }

    private Task StallAsync()
    {
        _stalled.TrySetResult();
        return Task.Delay(Timeout.Infinite, _stop.Token);
    }
}
