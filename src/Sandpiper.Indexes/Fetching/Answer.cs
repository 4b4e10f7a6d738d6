using System.IO.Compression;
using System.Net;

namespace Sandpiper.Indexes.Fetching;

/// <summary>The answer to a GET: 200, 304 or 404. Its body is read piece by piece, and never for longer than allowed.</summary>
/// <param name="response">The caller's to dispose.</param>
/// <param name="location">Where it came from, after redirects.</param>
internal sealed class Answer(HttpResponseMessage response, Uri location, FetchLimits limits, TimeProvider time)
{
    private const int PieceBytes = 64 << 10;

    private readonly long _begun = time.GetTimestamp();
    private long _arrived;

    public Uri Location { get; } = location;

    public HttpStatusCode Status => response.StatusCode;

    /// <summary>What the server says it is; empty when it does not.</summary>
    public string MediaType => response.Content.Headers.ContentType?.MediaType ?? "";

    public string ETag => response.Headers.ETag?.ToString() ?? "";

    public bool MayBeKept => response.Headers.CacheControl is not { NoStore: true };

    /// <summary>How long it need not be asked for again.</summary>
    public TimeSpan MaxAge => response.Headers.CacheControl is { NoStore: false, NoCache: false, MaxAge: { } age } ? age : TimeSpan.Zero;

    /// <summary>As announced, or null.</summary>
    public long? Length => response.Content.Headers.ContentLength;

    /// <summary>
    /// By a length or a last piece (RFC 9112, 6.3; RFC 9113, 8.1): an end that comes too early is one that broke off. Otherwise it is where
    /// the connection ends, whoever ends it.
    /// </summary>
    public bool SaysItsEnd =>
        Length is not null || response.Headers.TransferEncodingChunked is true || response.Version.Major >= 2;

    /// <summary>The whole body, unpacked where the question allowed packing.</summary>
    /// <exception cref="IndexException">It is longer than <paramref name="maxBytes"/>, broken off, silent, or packed in another
    /// way.</exception>
    public Task<ReadOnlyMemory<byte>> ReadAllAsync(int maxBytes, CancellationToken cancel) => ReadAllAsync(maxBytes, budget: null, cancel);

    /// <param name="budget">Of which each piece takes its part as it comes; null: it is nobody's.</param>
    /// <inheritdoc cref="ReadAllAsync(int, CancellationToken)"/>
    public async Task<ReadOnlyMemory<byte>> ReadAllAsync(int maxBytes, PageBudget? budget, CancellationToken cancel)
    {
        using var deadline = new CancellationTokenSource(limits.Page, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancel, deadline.Token);
        try
        {
            await using Stream body = Unpack(await OpenAsync(either.Token));
            using var whole = new MemoryStream();
            byte[] piece = new byte[PieceBytes];
            for (int read; (read = await ReadAsync(body, piece, either.Token)) > 0; whole.Write(piece, 0, read))
            {
                if (whole.Length + read > maxBytes) throw Refusal(IndexRules.TooLong, $"it has more than {maxBytes} bytes");
                budget?.Take(read, Location);
            }
            return whole.GetBuffer().AsMemory(0, (int)whole.Length);
        }
        catch (OperationCanceledException) when (deadline.IsCancellationRequested && !cancel.IsCancellationRequested)
        {
            throw new IndexException(IndexRules.Unreachable, $"it was not complete after {limits.Page.TotalSeconds} s", Location);
        }
    }

    /// <summary>The body as it is sent.</summary>
    public Task<Stream> OpenAsync(CancellationToken cancel) => response.Content.ReadAsStreamAsync(cancel);

    /// <summary>One piece of the body; 0 at its end.</summary>
    /// <exception cref="IndexException">It broke off, nothing came for too long, or too little in all.</exception>
    public async Task<int> ReadAsync(Stream body, Memory<byte> piece, CancellationToken cancel)
    {
        using var silence = new CancellationTokenSource(limits.Silence, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancel, silence.Token);
        try
        {
            int read = await body.ReadAsync(piece, either.Token);
            if (read == 0) either.Token.ThrowIfCancellationRequested();     // a closed connection may look like the end of its body
            _arrived += read;
            MustNotDrip();
            return read;
        }
        // Whoever gives a read up closes its connection, and a read that meets the closed one calls it disposed, or broken off.
        catch (Exception error) when (error is not IndexException && cancel.IsCancellationRequested)
        {
            throw new OperationCanceledException(error.Message, error, cancel);
        }
        catch (Exception error) when (error is not IndexException && silence.IsCancellationRequested)
        {
            throw new IndexException(IndexRules.Unreachable, $"it was silent for {limits.Silence.TotalSeconds} s", Location);
        }
        // The Brotli decoder calls bad data an invalid operation.
        catch (Exception error) when (error is InvalidDataException or InvalidOperationException)
        {
            throw Refusal(IndexRules.Page, "it is packed, and cannot be unpacked");
        }
        // The text of the transport's own exception may name a proxy with its password (P10).
        catch (Exception error) when (error is IOException or HttpRequestException)
        {
            throw new IndexException(IndexRules.Unreachable, "the answer broke off", Location) { MayPass = true };
        }
    }

    // Nothing comes of a server that sends a byte every other second, and whoever waits for it waits forever.
    private void MustNotDrip()
    {
        TimeSpan taken = time.GetElapsedTime(_begun);
        if (taken > limits.Start + TimeSpan.FromSeconds((double)_arrived / limits.SlowestBytesPerSecond))
            throw new IndexException(
                IndexRules.Unreachable, $"it is too slow: {_arrived} bytes in {Math.Round(taken.TotalSeconds)} s", Location);
    }

    private Stream Unpack(Stream body)
    {
        string packing = string.Join(',', response.Content.Headers.ContentEncoding).ToLowerInvariant();
        return packing switch
        {
            "" or "identity" => body,
            "gzip" or "x-gzip" => new GZipStream(body, CompressionMode.Decompress),
            "br" => new BrotliStream(body, CompressionMode.Decompress),
            _ => throw Refusal(IndexRules.Page, $"it is packed as `{packing}`, which was not asked for"),
        };
    }

    private IndexException Refusal(string rule, string because) => new(rule, because, Location) { IsRefusal = true };
}
