using System.Net;

namespace Sandpiper.Packaging.Index;

/// <summary>What <see cref="HtmlTokenizer"/> stands on.</summary>
internal enum HtmlToken
{
    Text,
    StartTag,
    EndTag,
}

/// <summary>
/// Walks HTML tag by tag, as a browser's tokenizer would ("HTML Living Standard", 13.2.5) as far as index pages need it. It takes any
/// text, however broken, and reads it once.
/// </summary>
internal ref struct HtmlTokenizer(ReadOnlySpan<char> html)
{
    private const string WhiteSpace = " \t\n\r\f";
    private const int MaxAttributes = 64;       // of one tag; what follows is not kept

    private readonly Dictionary<string, string> _attributes = new(StringComparer.OrdinalIgnoreCase);
    private ReadOnlySpan<char> _rest = html;
    private ReadOnlySpan<char> _text;

    public HtmlToken Token { get; private set; }

    /// <summary>Of a tag, in lower case.</summary>
    public string Name { get; private set; } = "";

    /// <summary>Of a text, entities decoded.</summary>
    public readonly string Text => Decode(_text);

    /// <summary>An attribute of a start tag, entities decoded: empty when it has no value, null when it is absent.</summary>
    public readonly string? Attribute(string name) => _attributes.GetValueOrDefault(name);

    public bool TryNext()
    {
        while (!_rest.IsEmpty)
        {
            if (_rest[0] != '<' || !BeginsMarkup(_rest)) return TakeText();
            if (_rest.StartsWith("<!--", StringComparison.Ordinal)) SkipBehind("-->");
            else if (char.IsAsciiLetter(_rest[1])) return TakeTag(HtmlToken.StartTag, 1);
            else if (_rest.Length > 2 && _rest[1] == '/' && char.IsAsciiLetter(_rest[2])) return TakeTag(HtmlToken.EndTag, 2);
            else SkipBehind(">");    // a declaration, or a "bogus comment"
        }
        return false;
    }

    private static bool BeginsMarkup(ReadOnlySpan<char> text) =>
        text.Length > 1 && (char.IsAsciiLetter(text[1]) || text[1] is '/' or '!' or '?');

    private bool TakeText()
    {
        int end = _rest[1..].IndexOf('<') + 1;
        _text = end == 0 ? _rest : _rest[..end];
        _rest = _rest[_text.Length..];
        Token = HtmlToken.Text;
        return true;
    }

    // False only when the page ends within the tag: half a tag is none.
    private bool TakeTag(HtmlToken token, int start)
    {
        _attributes.Clear();
        _rest = _rest[start..];
        int length = _rest.IndexOfAny(WhiteSpace + "/>");
        if (length < 0) return Ends();
        (Token, Name) = (token, _rest[..length].ToString().ToLowerInvariant());
        _rest = _rest[length..];
        while (TakeAttribute())
        {
        }
        if (_rest.IsEmpty) return false;
        _rest = _rest[1..];     // ">"
        if (token == HtmlToken.StartTag && Name is "script" or "style" or "textarea" or "title") SkipRawText();
        return true;
    }

    // True when there may be another one.
    private bool TakeAttribute()
    {
        _rest = _rest.TrimStart(WhiteSpace + "/");
        if (_rest.IsEmpty || _rest[0] == '>') return false;
        int length = _rest[1..].IndexOfAny(WhiteSpace + "/>=") + 1;    // the first character may even be "="
        if (length == 0) return Ends();
        string name = _rest[..length].ToString();
        _rest = _rest[length..].TrimStart(WhiteSpace);
        var value = ReadOnlySpan<char>.Empty;
        if (_rest.StartsWith('='))
        {
            _rest = _rest[1..].TrimStart(WhiteSpace);
            if (!TakeAttributeValue(out value)) return Ends();
        }
        // Of two attributes with one name the first counts (13.2.5.33).
        if (_attributes.Count < MaxAttributes) _attributes.TryAdd(name, Decode(value));
        return true;
    }

    private bool TakeAttributeValue(out ReadOnlySpan<char> value)
    {
        value = default;
        if (_rest.IsEmpty) return false;
        bool isQuoted = _rest[0] is '"' or '\'';
        int end = isQuoted ? _rest[1..].IndexOf(_rest[0]) : _rest.IndexOfAny(WhiteSpace + ">");
        if (end < 0) return false;
        value = isQuoted ? _rest[1..(end + 1)] : _rest[..end];
        _rest = _rest[(isQuoted ? end + 2 : end)..];
        return true;
    }

    // Until the element's own end tag its content is text, whatever it looks like.
    private void SkipRawText()
    {
        int end = _rest.IndexOf($"</{Name}", StringComparison.OrdinalIgnoreCase);
        _rest = end < 0 ? default : _rest[end..];
    }

    // Behind "<!": so "<!-->" is a whole comment, as it is to browsers.
    private void SkipBehind(string end)
    {
        int at = _rest[2..].IndexOf(end, StringComparison.Ordinal);
        _rest = at < 0 ? default : _rest[(2 + at + end.Length)..];
    }

    private bool Ends()
    {
        _rest = default;
        return false;
    }

    private static string Decode(ReadOnlySpan<char> text) => text.Contains('&') ? WebUtility.HtmlDecode(text.ToString()) : text.ToString();
}
