using System.Net;

namespace Sandpiper.Indexes.Fetching;

/// <summary>The proxies that the environment names, and none where <c>no_proxy</c> says so.</summary>
public sealed class EnvironmentProxy : IWebProxy
{
    private readonly IWebProxy _named;
    private readonly NoProxy _direct;

    internal EnvironmentProxy(IWebProxy named, NoProxy direct) => (_named, _direct) = (named, direct);

    /// <summary>The base library's reading of <c>http_proxy</c> and its kin; what is reached without is read here, as curl does.</summary>
    /// <param name="noProxy">The value of <c>no_proxy</c>; null: everything goes through the proxy.</param>
    public static EnvironmentProxy Less(string? noProxy) => new(HttpClient.DefaultProxy, new NoProxy(noProxy));

    public ICredentials? Credentials
    {
        get => _named.Credentials;
        set => _named.Credentials = value;
    }

    public Uri? GetProxy(Uri destination) => IsBypassed(destination) ? null : _named.GetProxy(destination);

    public bool IsBypassed(Uri host) => _direct.Covers(host) || _named.IsBypassed(host);

    /// <summary>The proxy on the way to an address, without credentials; null: there is none.</summary>
    public Uri? ShownFor(Uri destination) =>
        GetProxy(destination) is { } proxy ? Fetching.Credentials.Separate(proxy, out _) : null;
}
