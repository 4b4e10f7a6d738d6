using System.Net;
using System.Net.Sockets;
using Sandpiper.Samples;
using Sandpiper.Surroundings;

namespace Sandpiper.EndToEnd.Tests.Staging;

/// <summary>Serves a sample index over HTTP on loopback, and can hold a file back in the middle of its bytes.</summary>
internal sealed class IndexServer : IDisposable
{
    private readonly SampleIndex _index;
    private readonly string? _held;
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _end = new();
    private readonly TaskCompletionSource _reached = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _released = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <param name="index">What is served.</param>
    /// <param name="held">The name of the file of which half is sent until <see cref="Release"/>; null: none.</param>
    public IndexServer(SampleIndex index, string? held = null)
    {
        (_index, _held) = (index, held);
        _listener.Start();
        Port = ((IPEndPoint)_listener.LocalEndpoint).Port;
        _ = AcceptAsync();
    }

    public int Port { get; }

    public string Address => $"http://127.0.0.1:{Port}/simple/";

    /// <summary>Whether anybody has connected.</summary>
    public bool WasAsked { get; private set; }

    /// <summary>Waits until half of the held file has been sent.</summary>
    public void WaitUntilHeld() => Assert.True(_reached.Task.Wait(Patience.Endless), "nobody asked for the held file");

    public void Release() => _released.TrySetResult();

    public void Dispose()
    {
        Release();
        _end.Cancel();
        _listener.Dispose();
        _end.Dispose();
    }

    private async Task AcceptAsync()
    {
        while (!_end.IsCancellationRequested)
        {
            TcpClient client;
            try
            {
                client = await _listener.AcceptTcpClientAsync(_end.Token);
            }
            catch (Exception error) when (error is OperationCanceledException or InvalidOperationException or SocketException)
            {
                return;
            }
            WasAsked = true;
            _ = AnswerAsync(client);
        }
    }

    private async Task AnswerAsync(TcpClient client)
    {
        try
        {
            using (client)
            using (var reader = new StreamReader(client.GetStream()))
            {
                string[] request = (await reader.ReadLineAsync() ?? "").Split(' ');
                while (await reader.ReadLineAsync() is { Length: > 0 }) { }
                await SendAsync(client.GetStream(), request.Length > 1 ? request[1] : "/");
            }
        }
        catch (IOException)
        {
            // The client was interrupted; that is what these tests are about.
        }
    }

    private async Task SendAsync(NetworkStream stream, string path)
    {
        string[] parts = path.Trim('/').Split('/');
        string last = Uri.UnescapeDataString(parts[^1]);
        byte[]? body = parts[0] is "simple" ? _index.PageJson(last) : _index.FileBytes(last);
        string type = parts[0] is "simple" ? "application/vnd.pypi.simple.v1+json" : "application/octet-stream";
        string status = body is null ? "404 Not Found" : "200 OK";
        body ??= [];
        await stream.WriteAsync(System.Text.Encoding.ASCII.GetBytes(
            $"HTTP/1.1 {status}\r\nContent-Type: {type}\r\nContent-Length: {body.Length}\r\nConnection: close\r\n\r\n"));
        int half = string.Equals(last, _held, StringComparison.Ordinal) ? body.Length / 2 : 0;
        if (half > 0)
        {
            await stream.WriteAsync(body.AsMemory(0, half));
            await stream.FlushAsync();
            _reached.TrySetResult();
            await _released.Task;
        }
        await stream.WriteAsync(body.AsMemory(half));
    }
}
