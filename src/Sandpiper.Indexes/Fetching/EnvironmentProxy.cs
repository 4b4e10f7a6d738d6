using System.Net;

namespace Sandpiper.Indexes.Fetching;

/// <summary>The proxies that the environment names, and none where <c>no_proxy</c> says so.</summary>
/// <param name="named">Those of the environment.</param>
/// <param name="direct">What is reached without.</param>
internal sealed class EnvironmentProxy(IWebProxy named, NoProxy direct) : IWebProxy
{
    /// <summary>The base library's reading of <c>http_proxy</c> and its kin; what is reached without is read here, as curl does.</summary>
    /// <param name="noProxy">The value of <c>no_proxy</c>; null: everything goes through the proxy.</param>
    public static EnvironmentProxy Less(string? noProxy) => new(HttpClient.DefaultProxy, new NoProxy(noProxy));

    public ICredentials? Credentials
    {
        get => named.Credentials;
        set => named.Credentials = value;
    }

    public Uri? GetProxy(Uri destination) => IsBypassed(destination) ? null : named.GetProxy(destination);

    public bool IsBypassed(Uri host) => direct.Covers(host) || named.IsBypassed(host);

    /// <summary>The proxy on the way to an address, without credentials; null: there is none.</summary>
    public Uri? ShownFor(Uri destination) =>
        GetProxy(destination) is { } proxy ? Fetching.Credentials.Separate(proxy, out _) : null;
}
