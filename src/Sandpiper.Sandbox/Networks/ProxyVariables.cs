using System.Globalization;

namespace Sandpiper.Sandbox.Networks;

/// <summary>How programs are told where their proxy is: curl's names, which everybody reads.</summary>
internal static class ProxyVariables
{
    /// <summary>The proxy's port on the program's own loopback. Nothing else is there yet when it is opened.</summary>
    public const int Port = 3128;

    /// <summary>In both spellings: some read the one, some the other, and curl reads <c>http_proxy</c> in lower case alone.</summary>
    public static IEnumerable<(string Name, string Value)> All
    {
        get
        {
            string proxy = string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{Port}");
            (string, string)[] variables =
            [
                ("HTTP_PROXY", proxy), ("HTTPS_PROXY", proxy), ("ALL_PROXY", proxy),
                // Its own servers, which no proxy outside could reach.
                ("NO_PROXY", "localhost,127.0.0.1,::1"),
            ];
            return [.. variables, .. variables.Select(v => (v.Item1.ToLowerInvariant(), v.Item2))];
        }
    }
}
