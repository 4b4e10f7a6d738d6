using System.Text;

namespace Sandpiper.Indexes.Fetching;

/// <summary>One GET.</summary>
/// <param name="Address">Without credentials.</param>
/// <param name="Credentials">Sent where they belong.</param>
internal sealed record Question(Uri Address, Credentials Credentials)
{
    public string? Accept { get; init; }

    /// <summary>Artifacts are wanted as they are: their digest is over these bytes.</summary>
    public string AcceptEncoding { get; init; } = "identity";

    /// <summary>Empty: whatever there is.</summary>
    public string IfNoneMatch { get; init; } = "";

    public HttpRequestMessage RequestTo(Uri location)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, location);
        request.Headers.Authorization = Credentials.For(location);
        if (Accept is not null) request.Headers.TryAddWithoutValidation("Accept", Accept);
        request.Headers.TryAddWithoutValidation("Accept-Encoding", AcceptEncoding);
        // A server may have tagged its page with what no request can carry, and the cache is anybody's: the question would never be sent.
        if (IfNoneMatch.Length > 0 && Ascii.IsValid(IfNoneMatch)) request.Headers.TryAddWithoutValidation("If-None-Match", IfNoneMatch);
        return request;
    }
}
