using System.Net;
using System.Net.Http.Headers;

namespace Sandpiper.Indexes.Fetching;

/// <summary>Asks servers by HTTP: redirects followed by hand, failures of the way tried again, nothing followed where it must not lead.</summary>
internal sealed class HttpFetcher : IDisposable
{
    private const int MaxRedirects = 5;
    private const int Tries = 3;
    private static readonly TimeSpan HeaderTime = TimeSpan.FromSeconds(60);
    private readonly HttpClient _client;
    private readonly TimeProvider _time;

    public HttpFetcher(TimeProvider time)
    {
        MustHaveCertificates();
        _time = time;
        var handler = new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            AutomaticDecompression = DecompressionMethods.None,
            UseCookies = false,
            ConnectTimeout = TimeSpan.FromSeconds(15),
            MaxConnectionsPerServer = 16,
            PooledConnectionLifetime = Timeout.InfiniteTimeSpan,
        };
        _client = new HttpClient(handler) { Timeout = Timeout.InfiniteTimeSpan };
        _client.DefaultRequestHeaders.UserAgent.Add(new ProductInfoHeaderValue("sandpiper", "0.1"));
    }

    /// <summary>The answer to a GET, its body not read yet; 200, 304 and 404 only.</summary>
    /// <param name="prepare">Adds headers; called for each request anew.</param>
    /// <exception cref="IndexException">No answer, or one that is none of these.</exception>
    public async Task<(HttpResponseMessage Response, Uri Location)> GetAsync(Uri address, Credentials credentials, Action<HttpRequestMessage> prepare, CancellationToken cancel)
    {
        Uri location = address;
        for (int redirects = 0; ; redirects++)
        {
            HttpResponseMessage response = await AskAsync(location, credentials, prepare, cancel);
            if (response.StatusCode is HttpStatusCode.OK or HttpStatusCode.NotModified or HttpStatusCode.NotFound) return (response, location);
            using (response)
            {
                if ((int)response.StatusCode is not (301 or 302 or 303 or 307 or 308))
                {
                    throw new IndexException(IndexRules.Status, $"it answered {(int)response.StatusCode} {response.ReasonPhrase}", location);
                }
                if (redirects == MaxRedirects) throw new IndexException(IndexRules.Redirect, $"more than {MaxRedirects} redirects", location) { IsRefusal = true };
                location = Next(location, response.Headers.Location);
            }
        }
    }

    public void Dispose() => _client.Dispose();

    private static Uri Next(Uri from, Uri? to)
    {
        Uri next = to is null ? throw new IndexException(IndexRules.Redirect, "a redirect that leads nowhere", from) { IsRefusal = true } : new Uri(from, to);
        bool allowed = next.Scheme is "https" || (next.Scheme is "http" && from.Scheme is "http");
        // Credentials in a redirect would be somebody else's choice of what we send.
        Uri shown = Credentials.Separate(next, out _);
        return allowed ? shown : throw new IndexException(IndexRules.Redirect, $"a redirect from {from.Scheme} to {next.Scheme}", from) { IsRefusal = true };
    }

    private async Task<HttpResponseMessage> AskAsync(Uri location, Credentials credentials, Action<HttpRequestMessage> prepare, CancellationToken cancel)
    {
        for (int attempt = 1; ; attempt++)
        {
            bool last = attempt == Tries;
            try
            {
                using var request = new HttpRequestMessage(HttpMethod.Get, location);
                request.Headers.Authorization = credentials.For(location);
                prepare(request);
                using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancel);
                limit.CancelAfter(HeaderTime);
                HttpResponseMessage response = await _client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, limit.Token);
                if (last || (int)response.StatusCode is not (429 or 502 or 503 or 504)) return response;
                response.Dispose();
            }
            catch (HttpRequestException error) when (last)
            {
                throw new IndexException(IndexRules.Unreachable, WordsOf(error), location, error);
            }
            catch (HttpRequestException)
            {
                // Tried again below.
            }
            catch (OperationCanceledException error) when (!cancel.IsCancellationRequested)
            {
                throw new IndexException(IndexRules.Unreachable, $"no answer within {HeaderTime.TotalSeconds} s", location, error);
            }
            // Jitter, so that many clients of a server that came back do not come back all at once.
            await Task.Delay(TimeSpan.FromMilliseconds(150 * attempt * (1 + Random.Shared.NextDouble())), _time, cancel);
        }
    }

    private static string WordsOf(HttpRequestException error) => error.HttpRequestError switch
    {
        HttpRequestError.NameResolutionError => "there is no host of that name",
        HttpRequestError.SecureConnectionError => "its certificate was not accepted, or no secure connection came about",
        HttpRequestError.ConnectionError => "nobody answers there",
        _ => "the connection broke off",
    };

    // OpenSSL would silently use the system's certificates when this file cannot be read (uv had that: #20741).
    private static void MustHaveCertificates()
    {
        string? file = Environment.GetEnvironmentVariable("SSL_CERT_FILE");
        if (string.IsNullOrEmpty(file)) return;
        try
        {
            using FileStream readable = File.OpenRead(file);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new IndexException(IndexRules.Certificates, $"SSL_CERT_FILE names `{file}`, which cannot be read", null, error) { IsRefusal = true };
        }
    }
}
