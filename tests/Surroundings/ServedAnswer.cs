using System.Globalization;
using System.IO.Compression;
using System.Text;

namespace Sandpiper.Surroundings;

/// <summary>One answer of a <see cref="LyingIndexServer"/>, honest unless told otherwise.</summary>
internal sealed record ServedAnswer
{
    public int Status { get; init; } = 200;

    public byte[] Body { get; init; } = [];

    public IReadOnlyList<(string Name, string Value)> Headers { get; init; } = [];

    /// <summary>
    /// What <c>Content-Length</c> says: by default the truth; negative: nothing, the end of the connection ends the body.
    /// </summary>
    public long? AnnouncedLength { get; init; }

    /// <summary>Sends so many bytes of the body and then breaks the connection; negative: breaks it before the head.</summary>
    public int? DropAfter { get; init; }

    /// <summary>Sends so many bytes of the body and then nothing more; negative: not even the head.</summary>
    public int? StallAfter { get; init; }

    public static ServedAnswer Json(string body) => Json(Encoding.UTF8.GetBytes(body));

    public static ServedAnswer Json(byte[] body) =>
        new ServedAnswer { Body = body }.With("Content-Type", "application/vnd.pypi.simple.v1+json");

    public static ServedAnswer Html(string body) =>
        new ServedAnswer { Body = Encoding.UTF8.GetBytes(body) }.With("Content-Type", "text/html; charset=utf-8");

    public static ServedAnswer Bytes(byte[] body) => new ServedAnswer { Body = body }.With("Content-Type", "application/octet-stream");

    public static ServedAnswer OfStatus(int status) => new() { Status = status };

    public static ServedAnswer RedirectTo(string location, int status = 302) =>
        new ServedAnswer { Status = status }.With("Location", location);

    public ServedAnswer With(string header, string value) => this with { Headers = [.. Headers, (header, value)] };

    /// <summary>Answers 304 to whoever has this one already.</summary>
    public ServedAnswer WithETag(string etag) => With("ETag", etag);

    public ServedAnswer Gzipped() =>
        (this with { Body = Packed(Body, into => new GZipStream(into, CompressionLevel.Optimal)) }).With("Content-Encoding", "gzip");

    public ServedAnswer Brotlied() =>
        (this with { Body = Packed(Body, into => new BrotliStream(into, CompressionLevel.Fastest)) }).With("Content-Encoding", "br");

    /// <summary>What is really sent to a request.</summary>
    internal ServedAnswer To(SeenRequest request)
    {
        string? etag = Headers.Where(header => header.Name == "ETag").Select(header => header.Value).FirstOrDefault();
        bool isKnown = etag is not null && request.Headers.GetValueOrDefault("If-None-Match") == etag;
        return isKnown
            ? this with { Status = 304, Body = [], Headers = [.. Headers.Where(header => header.Name is "ETag" or "Cache-Control")] }
            : this;
    }

    internal byte[] Head()
    {
        var head = new StringBuilder(string.Create(CultureInfo.InvariantCulture, $"HTTP/1.1 {Status} Said\r\nConnection: close\r\n"));
        long length = AnnouncedLength ?? Body.Length;
        if (length >= 0) head.Append(CultureInfo.InvariantCulture, $"Content-Length: {length}\r\n");
        foreach ((string name, string value) in Headers) head.Append(CultureInfo.InvariantCulture, $"{name}: {value}\r\n");
        return Encoding.Latin1.GetBytes(head.Append("\r\n").ToString());
    }

    private static byte[] Packed(byte[] content, Func<Stream, Stream> packer)
    {
        using var packed = new MemoryStream();
        using (Stream into = packer(packed)) into.Write(content);
        return packed.ToArray();
    }
}
