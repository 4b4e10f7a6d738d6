using System.Net.Http.Headers;
using System.Text;

namespace Sandpiper.Indexes.Fetching;

/// <summary>What an address carries for one server and nobody else (P10).</summary>
internal sealed class Credentials
{
    private readonly Uri _server;
    private readonly AuthenticationHeaderValue? _header;

    private Credentials(Uri server, AuthenticationHeaderValue? header) => (_server, _header) = (server, header);

    /// <summary>Takes <c>user:password@</c> out of an address, percent-decoded; the address is safe to show afterwards.</summary>
    public static Uri Separate(Uri address, out Credentials credentials)
    {
        if (address.UserInfo.Length == 0)
        {
            credentials = new Credentials(address, null);
            return address;
        }
        string[] parts = address.UserInfo.Split(':', 2);
        string pair = $"{Uri.UnescapeDataString(parts[0])}:{(parts.Length > 1 ? Uri.UnescapeDataString(parts[1]) : "")}";
        credentials = new Credentials(
            address, new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes(pair))));
        return new UriBuilder(address) { UserName = "", Password = "" }.Uri;
    }

    /// <summary>The header for a request to <paramref name="target"/>: null unless scheme, host and port are the very same.</summary>
    public AuthenticationHeaderValue? For(Uri target)
    {
        bool isSameServer = string.Equals(target.Scheme, _server.Scheme, StringComparison.Ordinal)
            && string.Equals(target.IdnHost, _server.IdnHost, StringComparison.OrdinalIgnoreCase) && target.Port == _server.Port;
        return isSameServer ? _header : null;
    }
}
