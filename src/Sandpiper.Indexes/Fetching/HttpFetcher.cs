using System.Net;
using System.Net.Http.Headers;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Sandpiper.Packaging.Names;

namespace Sandpiper.Indexes.Fetching;

/// <summary>
/// Asks servers by HTTP: redirects followed by hand, failures of the way tried again, nothing followed where it must not lead.
/// </summary>
/// <remarks>Safe for many questions at once. Proxies are those that the environment names.</remarks>
internal sealed class HttpFetcher : IDisposable
{
    private const int MaxRedirects = 5;
    private const int Retries = 3;
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(250);

    private readonly Lazy<HttpClient> _plain, _secure;      // the user's certificates are read by who needs them: there can be hundreds
    private readonly TimeProvider _time;
    private readonly FetchLimits _limits;
    private readonly EnvironmentProxy _proxy;

    /// <param name="certificateFile">Certificates to trust instead of the system's; null: the system's.</param>
    /// <param name="proxy">Where questions go through.</param>
    public HttpFetcher(TimeProvider time, FetchLimits limits, string? certificateFile, EnvironmentProxy proxy)
    {
        (_time, _limits, _proxy) = (time, limits, proxy);
        _plain = new(() => Client(certificates: null));
        _secure = certificateFile is null ? _plain : new(() => Client(TrustedCertificates.In(certificateFile)));
    }

    /// <summary>Asks, and reads the answer; both again, up to three times, when the way failed or the server was busy.</summary>
    /// <param name="read">Takes the answer. It may be called again after it threw.</param>
    /// <exception cref="IndexException">
    /// No answer, or none with the status 200, 304 or 404; or the certificates cannot be read, and are needed.
    /// </exception>
    public async Task<T> GetAsync<T>(Question question, Func<Answer, Task<T>> read, CancellationToken cancel)
    {
        for (int attempt = 0; ; attempt++)
        {
            try
            {
                return await FollowAsync(question, read, cancel);
            }
            catch (IndexException error) when (error.MayPass && attempt < Retries)
            {
                // Tried again below.
            }
            // Jitter, so that the clients of a server that comes back do not come back all at once.
            await Task.Delay(FirstPause * (1 << attempt) * (0.5 + Random.Shared.NextDouble()), _time, cancel);
        }
    }

    public void Dispose()
    {
        if (_plain.IsValueCreated) _plain.Value.Dispose();
        if (_secure.IsValueCreated) _secure.Value.Dispose();
    }

    private HttpClient Client(X509ChainPolicy? certificates)
    {
        var handler = new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            Proxy = _proxy,
            AutomaticDecompression = DecompressionMethods.None,
            UseCookies = false,
            ConnectTimeout = _limits.Connect,
            MaxConnectionsPerServer = 50,     // for who does not speak HTTP/2: as many as are asked at once
        };
        // Beside the way to the index and back: what comes is hashed.
        OpenSsl.ExpectMuch();
        if (certificates is not null) handler.SslOptions.CertificateChainPolicy = certificates;
        var client = new HttpClient(handler)
        {
            Timeout = Timeout.InfiniteTimeSpan,     // it would count the body of a large wheel
            DefaultRequestVersion = HttpVersion.Version20,
            DefaultVersionPolicy = HttpVersionPolicy.RequestVersionOrLower,
        };
        client.DefaultRequestHeaders.UserAgent.Add(
            new ProductInfoHeaderValue("sandpiper", typeof(HttpFetcher).Assembly.GetName().Version?.ToString(3)));
        return client;
    }

    // A proxy can be spoken to by TLS, too.
    private HttpClient ClientFor(Uri location) =>
        (location.Scheme is "https" || _proxy.GetProxy(location)?.Scheme is "https" ? _secure : _plain).Value;

    private async Task<T> FollowAsync<T>(Question question, Func<Answer, Task<T>> read, CancellationToken cancel)
    {
        Uri location = question.Address;
        for (int redirects = 0; ; redirects++)
        {
            using HttpResponseMessage response = await AskAsync(question.RequestTo(location), location, cancel);
            int status = (int)response.StatusCode;
            if (status is 200 or 304 or 404) return await read(new Answer(response, location, _limits, _time));
            if (status is not (301 or 302 or 303 or 307 or 308)) throw OfStatus(status, location);
            if (redirects == MaxRedirects) throw Refusal(location, $"more than {MaxRedirects} redirects");
            location = Next(location, response.Headers.Location);
        }
    }

    private async Task<HttpResponseMessage> AskAsync(HttpRequestMessage request, Uri location, CancellationToken cancel)
    {
        using var silence = new CancellationTokenSource(_limits.Silence, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancel, silence.Token);
        try
        {
            using (request) return await ClientFor(location).SendAsync(request, HttpCompletionOption.ResponseHeadersRead, either.Token);
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            throw new IndexException(IndexRules.Unreachable, $"there was no answer within {_limits.Silence.TotalSeconds} s", location);
        }
        catch (HttpRequestException error)
        {
            // Not the exception itself: its text may name a proxy with its password (P10).
            bool mayPass = error.HttpRequestError != HttpRequestError.SecureConnectionError;
            throw new IndexException(IndexRules.Unreachable, WordsOf(error, _proxy.ShownFor(location)), location) { MayPass = mayPass };
        }
    }

    private static Uri Next(Uri from, Uri? to)
    {
        if (to is null || !Uri.TryCreate(from, to, out Uri? next)) throw Refusal(from, "a redirect that leads nowhere");
        bool isAllowed = next.Scheme is "https" || (next.Scheme is "http" && from.Scheme is "http");
        // Credentials in a redirect would be somebody else's choice of what we send (pip 26.2 took them, #14182).
        return isAllowed ? Credentials.Separate(next, out _) : throw Refusal(from, $"a redirect from {from.Scheme} to {next.Scheme}");
    }

    private static IndexException OfStatus(int status, Uri location) => new(
        IndexRules.Status,
        status switch
        {
            401 => "it wants a user name and a password (401)",
            403 => "it does not let us in (403)",
            407 => "the proxy wants a user name and a password (407)",
            _ => $"it answered {status}",
        },
        location)
    {
        MayPass = status is 429 or 502 or 503 or 504,
    };

    private static IndexException Refusal(Uri location, string because) => new(IndexRules.Redirect, because, location) { IsRefusal = true };

    // Whoever is told that nobody answers at the index looks for the trouble there, and it lies with the proxy.
    private static string WordsOf(HttpRequestException error, Uri? proxy) => error.HttpRequestError switch
    {
        HttpRequestError.NameResolutionError when proxy is not null => $"there is no host of the name of the proxy `{proxy}`",
        HttpRequestError.ConnectionError when proxy is not null => $"the proxy `{proxy}` does not answer",
        HttpRequestError.ProxyTunnelError when proxy is not null => $"the proxy `{proxy}` does not let us through",
        HttpRequestError.NameResolutionError => "there is no host of that name",
        HttpRequestError.SecureConnectionError when error.InnerException is AuthenticationException inner =>
            $"no secure connection came about: {inner.Message}",
        HttpRequestError.SecureConnectionError => "no secure connection came about",
        HttpRequestError.ConnectionError => "nobody answers there",
        HttpRequestError.ProxyTunnelError => "the proxy does not let us through",
        _ => "the connection broke off",
    };
}
