using System.IO.Compression;

namespace Sandpiper.Indexes.Fetching;

/// <summary>Reads a whole body of bounded size, unpacking what the server packed.</summary>
internal static class BoundedBody
{
    private static readonly TimeSpan Silence = TimeSpan.FromSeconds(60);

    /// <exception cref="IndexException">It is longer than <paramref name="maxBytes"/>, breaks off, or stays silent.</exception>
    public static async Task<ReadOnlyMemory<byte>> ReadAsync(HttpResponseMessage response, Uri location, int maxBytes, CancellationToken cancel)
    {
        bool isGzip = response.Content.Headers.ContentEncoding.Contains("gzip", StringComparer.OrdinalIgnoreCase);
        await using Stream raw = await response.Content.ReadAsStreamAsync(cancel);
        await using Stream body = isGzip ? new GZipStream(raw, CompressionMode.Decompress) : raw;
        using var whole = new MemoryStream();
        byte[] buffer = new byte[64 << 10];
        while (true)
        {
            int read = await ReadSomeAsync(body, buffer, location, cancel);
            if (read == 0) return whole.GetBuffer().AsMemory(0, (int)whole.Length);
            if (whole.Length + read > maxBytes) throw new IndexException(IndexRules.TooLong, $"more than {maxBytes} bytes", location) { IsRefusal = true };
            whole.Write(buffer, 0, read);
        }
    }

    /// <summary>One read that neither hangs for ever nor leaks how the transport calls its troubles.</summary>
    public static async Task<int> ReadSomeAsync(Stream body, Memory<byte> buffer, Uri location, CancellationToken cancel)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        limit.CancelAfter(Silence);
        try
        {
            return await body.ReadAsync(buffer, limit.Token);
        }
        catch (OperationCanceledException error) when (!cancel.IsCancellationRequested)
        {
            throw new IndexException(IndexRules.Unreachable, $"it was silent for {Silence.TotalSeconds} s", location, error);
        }
        catch (Exception error) when (error is IOException or HttpRequestException or InvalidDataException)
        {
            throw new IndexException(IndexRules.TooShort, "the answer broke off", location, error);
        }
    }
}
