using System.Buffers;
using System.Text;

namespace Sandpiper.Console;

/// <summary>Takes <c>user:password@</c> out of every address in a text (P10): whatever quotes an address, quotes it without.</summary>
internal static class WithoutSecrets
{
    private const string BeforeAuthority = "://";
    private const string Instead = "***@";

    // What ends an authority (RFC 3986, 3.2), and what ends an address in a sentence.
    private static readonly SearchValues<char> AfterAuthority = SearchValues.Create("/?# \t\r\n`'\"<>");

    public static string Of(string text)
    {
        int at = text.IndexOf(BeforeAuthority, StringComparison.Ordinal);
        if (at < 0 || !text.AsSpan(at).Contains('@')) return text;
        var shown = new StringBuilder(text.Length);
        ReadOnlySpan<char> rest = text;
        for (; at >= 0; at = rest.IndexOf(BeforeAuthority, StringComparison.Ordinal))
        {
            shown.Append(rest[..(at + BeforeAuthority.Length)]);
            rest = rest[(at + BeforeAuthority.Length)..];
            int end = rest.IndexOfAny(AfterAuthority);
            int userInfo = (end < 0 ? rest : rest[..end]).LastIndexOf('@');
            if (userInfo < 0) continue;
            shown.Append(Instead);
            rest = rest[(userInfo + 1)..];
        }
        return shown.Append(rest).ToString();
    }
}
