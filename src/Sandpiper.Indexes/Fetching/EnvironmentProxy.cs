using System.Net;

namespace Sandpiper.Indexes.Fetching;

/// <summary>The proxies that the environment names, and none where <c>no_proxy</c> says so.</summary>
/// <param name="named">Those of the environment.</param>
/// <param name="direct">What is reached without.</param>
internal sealed class EnvironmentProxy(IWebProxy named, NoProxy direct) : IWebProxy
{
    /// <summary>Of this process; a small letter goes before a capital one, as in curl.</summary>
    public static EnvironmentProxy OfProcess() => new(
        HttpClient.DefaultProxy,
        new NoProxy(Environment.GetEnvironmentVariable("no_proxy") ?? Environment.GetEnvironmentVariable("NO_PROXY")));

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
