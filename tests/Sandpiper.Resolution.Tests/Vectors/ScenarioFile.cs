using System.Globalization;
using System.Text;

namespace Sandpiper.Resolution.Tests.Vectors;

/// <summary>
/// Reads the part of TOML that scenario files use: tables with dotted and quoted keys, strings, booleans, arrays of strings and inline
/// tables. Values are
/// kept under their whole path, parts joined by a tab.
/// </summary>
internal sealed class ScenarioFile
{
    private readonly string _text;
    private readonly Dictionary<string, object> _values = new(StringComparer.Ordinal);
    private readonly List<string> _tables = [];
    private int _at;

    private ScenarioFile(string text) => _text = text;

    /// <summary>The tables <paramref name="depth"/> parts deep, those that are only implied by deeper ones too.</summary>
    public IEnumerable<string[]> Tables(int depth) => _tables
        .Select(path => path.Split('\t')).Where(path => path.Length >= depth).Select(path => path[..depth])
        .DistinctBy(path => string.Join('\t', path), StringComparer.Ordinal);

    public static ScenarioFile Read(string path)
    {
        var file = new ScenarioFile(File.ReadAllText(path));
        file.ReadAll();
        return file;
    }

    public string? Text(params string[] path) => _values.GetValueOrDefault(string.Join('\t', path)) as string;

    public bool? Flag(params string[] path) => _values.GetValueOrDefault(string.Join('\t', path)) as bool?;

    public string[] Texts(params string[] path) => _values.GetValueOrDefault(string.Join('\t', path)) as string[] ?? [];

    /// <summary>The arrays of strings directly below a table, by key.</summary>
    public IEnumerable<(string Key, string[] Texts)> TextsBelow(params string[] path)
    {
        string prefix = string.Join('\t', path) + '\t';
        return _values.Where(pair => pair.Value is string[] && pair.Key.StartsWith(prefix, StringComparison.Ordinal)
            && !pair.Key[prefix.Length..].Contains('\t', StringComparison.Ordinal))
            .Select(pair => (pair.Key[prefix.Length..], (string[])pair.Value));
    }

    private void ReadAll()
    {
        string table = "";
        for (SkipBlank(); _at < _text.Length; SkipBlank())
        {
            if (_text[_at] == '[')
            {
                _at++;
                table = Key(']');
                _at++;
                _tables.Add(table);
                continue;
            }
            ReadPair(table);
        }
    }

    private void ReadPair(string table)
    {
        string key = Key('=');
        string path = table.Length == 0 ? key : $"{table}\t{key}";
        _at++;
        SkipBlank();
        if (TryTake("{")) ReadInlineTable(path);
        else _values.Add(path, Value());
    }

    private void ReadInlineTable(string path)
    {
        _tables.Add(path);
        for (SkipBlank(); !TryTake("}"); SkipBlank())
        {
            ReadPair(path);
            SkipBlank();
            TryTake(",");
        }
    }

    private string Key(char end)
    {
        var parts = new List<string>();
        while (true)
        {
            SkipBlank();
            if (_text[_at] is '"' or '\'') parts.Add(Quoted());
            else
            {
                int start = _at;
                while (char.IsAsciiLetterOrDigit(_text[_at]) || _text[_at] is '-' or '_') _at++;
                parts.Add(_text[start.._at]);
            }
            SkipBlank();
            if (_text[_at] == end) return string.Join('\t', parts);
            if (_text[_at] != '.') throw Unexpected();
            _at++;
        }
    }

    private object Value()
    {
        if (_text[_at] is '"' or '\'') return Quoted();
        if (TryTake("true")) return true;
        if (TryTake("false")) return false;
        if (!TryTake("[")) throw Unexpected();
        var texts = new List<string>();
        for (SkipBlank(); !TryTake("]"); SkipBlank())
        {
            texts.Add(Quoted());
            SkipBlank();
            TryTake(",");
        }
        return texts.ToArray();
    }

    private string Quoted()
    {
        char quote = _text[_at];
        if (quote is not ('"' or '\'')) throw Unexpected();
        string triple = new(quote, 3);
        if (TryTake(triple))
        {
            int end = _text.IndexOf(triple, _at, StringComparison.Ordinal);
            string whole = _text[_at..end];
            _at = end + 3;
            return whole;
        }
        var text = new StringBuilder();
        for (_at++; _text[_at] != quote; _at++)
        {
            if (_text[_at] == '\\' && quote == '"') _at++;
            text.Append(_text[_at]);
        }
        _at++;
        return text.ToString();
    }

    private bool TryTake(string word)
    {
        if (string.CompareOrdinal(_text, _at, word, 0, word.Length) != 0) return false;
        _at += word.Length;
        return true;
    }

    private void SkipBlank()
    {
        while (_at < _text.Length && (char.IsWhiteSpace(_text[_at]) || _text[_at] == '#'))
        {
            if (_text[_at] == '#') _at = _text.IndexOf('\n', _at) is >= 0 and int end ? end : _text.Length;
            else _at++;
        }
    }

    private FormatException Unexpected() => new(string.Create(CultureInfo.InvariantCulture, $"unexpected `{_text[_at]}` at {_at}"));
}
