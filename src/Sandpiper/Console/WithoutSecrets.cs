using System.Buffers;
using System.Text;

namespace Sandpiper.Console;

/// <summary>Takes <c>user:password@</c> out of every address in a text (P10): whatever quotes an address, quotes it without.</summary>
internal static class WithoutSecrets
{
    private const string BeforeAuthority = "://";
    private const string Hidden = "***", BeforeUrl = " @ ";

    private static readonly SearchValues<char> NoName = SearchValues.Create(":/?# @");

    // What ends an authority (RFC 3986, 3.2), and what ends an address in a sentence.
    private static readonly SearchValues<char> AfterAuthority = SearchValues.Create("/?# \t\r\n`'\"<>");

    /// <summary>
    /// Of a text that was meant as an address and is none: where its parts begin and end nobody can say, so that all before the last
    /// <c>@</c>
    /// and all from <c>?</c> or <c>#</c> on is left out.
    /// </summary>
    public static string OfBrokenAddress(string text)
    {
        int scheme = text.IndexOf(BeforeAuthority, StringComparison.Ordinal);
        // What stands before `://` is shown where it can be nothing but a scheme.
        string start = scheme > 0 && text.AsSpan(0, scheme).IndexOfAnyExceptInRange('a', 'z') < 0
            ? text[..(scheme + BeforeAuthority.Length)] : "";
        int userInfo = text.LastIndexOf('@');
        int query = text.AsSpan().IndexOfAny('?', '#');
        if (query >= 0 && query < userInfo) return start + Hidden;      // either of them may be part of a secret
        string shown = userInfo < 0 ? text[start.Length..(query < 0 ? ^0 : query)] : Hidden + text[userInfo..(query < 0 ? ^0 : query)];
        return query < 0 ? start + shown : $"{start}{shown}{text[query]}{Hidden}";
    }

    /// <summary>Of a word that is out of place, and may have been meant as an address.</summary>
    public static string OfWord(string word)
    {
        if (!word.Contains(':', StringComparison.Ordinal)) return word;
        // `six @ https://…` (PEP 508): what stands before the address is a name, and no part of a secret.
        int named = word.IndexOf(BeforeUrl, StringComparison.Ordinal);
        bool isNamed = named > 0 && !word.AsSpan(0, named).ContainsAny(NoName);
        return isNamed ? word[..(named + BeforeUrl.Length)] + OfBrokenAddress(word[(named + BeforeUrl.Length)..]) : OfBrokenAddress(word);
    }

    /// <summary>Of a sentence that may quote what was typed, as it was typed or as a part of a path.</summary>
    /// <param name="typed">All words of the command line: any of them may have been meant as an address, be it without its scheme.</param>
    public static string Of(string text, IEnumerable<string> typed)
    {
        foreach (string word in typed)
        {
            int at = word.LastIndexOf('@');
            if (at < 0 || !word.AsSpan(0, at).Contains(':')) continue;
            text = text.Replace(word, OfWord(word), StringComparison.Ordinal);
            string userInfo = word[(word.LastIndexOf('/', at) + 1)..(at + 1)];
            if (userInfo.Contains(':', StringComparison.Ordinal))
                text = text.Replace(userInfo, $"{Hidden}@", StringComparison.Ordinal);
        }
        return Of(text);
    }

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
            shown.Append(Hidden);
            rest = rest[userInfo..];
        }
        return shown.Append(rest).ToString();
    }
}
