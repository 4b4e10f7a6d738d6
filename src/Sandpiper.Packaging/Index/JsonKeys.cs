using System.Text;
using System.Text.Json;

namespace Sandpiper.Packaging.Index;

/// <summary>The keys of one JSON object after the other, each of which may be there once.</summary>
/// <remarks>
/// The files of a page mostly have the same keys in the same order: those were made texts and held against each other before.
/// </remarks>
internal sealed class JsonKeys
{
    private const int Most = 256;       // in one object; the standard has a dozen

    private readonly List<(byte[] Utf8, string Text)> _inOrder = [];
    private readonly HashSet<string> _seen = new(StringComparer.Ordinal);
    private int _at;
    private bool _isAsBefore;

    public void Begin() => (_at, _isAsBefore) = (0, true);

    /// <summary>The key on which the reader stands.</summary>
    /// <exception cref="JsonException">It was there before, or there are too many.</exception>
    public string Take(ref Utf8JsonReader reader)
    {
        if (_isAsBefore && _at < _inOrder.Count && !reader.ValueIsEscaped && reader.ValueSpan.SequenceEqual(_inOrder[_at].Utf8))
            return _inOrder[_at++].Text;
        if (_isAsBefore)
        {
            _isAsBefore = false;
            _inOrder.RemoveRange(_at, _inOrder.Count - _at);
            _seen.Clear();
            foreach (var (_, before) in _inOrder) _seen.Add(before);
        }
        string key = reader.GetString()!;
        if (!_seen.Add(key)) throw new JsonException("a key is given twice in one object");
        if (_seen.Count > Most) throw new JsonException($"one object has more than {Most} keys");
        _inOrder.Add((Encoding.UTF8.GetBytes(key), key));
        return key;
    }
}
