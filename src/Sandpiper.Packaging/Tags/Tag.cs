using System.Collections.Immutable;

namespace Sandpiper.Packaging.Tags;

/// <summary>
/// A compatibility tag such as <c>cp311-abi3-manylinux_2_17_x86_64</c> (PyPA "Platform compatibility tags"); parts in lower case.
/// </summary>
public readonly record struct Tag(string Interpreter, string Abi, string Platform)
{
    // Real wheels carry at most a few dozen; three parts of "a.a.a…" would expand to the cube of the text.
    private const int MaxTagsInSet = 1024;

    // Those of most wheels, which are read by the hundred.
    private const string AnyPython = "py3-none-any";
    private static readonly ImmutableArray<Tag> _ofAnyPython = [new Tag("py3", "none", "any")];

    public override string ToString() => $"{Interpreter}-{Abi}-{Platform}";

    /// <summary>
    /// The expanded product of a compressed set such as <c>py2.py3-none-any</c>; false when it is malformed or unreasonably large.
    /// </summary>
    public static bool TryParseSet(ReadOnlySpan<char> text, out ImmutableArray<Tag> tags)
    {
        if (text is AnyPython)
        {
            tags = _ofAnyPython;
            return true;
        }
        tags = [];
        Span<Range> parts = stackalloc Range[4];    // one more than fits, so that a fourth part is seen
        if (text.Split(parts, '-') != 3) return false;
        if (!TrySplit(text[parts[0]], out string[] interpreters) || !TrySplit(text[parts[1]], out string[] abis) ||
            !TrySplit(text[parts[2]], out string[] platforms)) return false;
        // "2-none-any" is no tag: what precedes the version is the implementation's name.
        if (Array.Exists(interpreters, interpreter => char.IsAsciiDigit(interpreter[0]))) return false;
        if ((long)interpreters.Length * abis.Length * platforms.Length > MaxTagsInSet) return false;

        var found = new List<Tag>(interpreters.Length * abis.Length * platforms.Length);
        foreach (string interpreter in interpreters)
        {
            foreach (string abi in abis) found.AddRange(platforms.Select(platform => new Tag(interpreter, abi, platform)));
        }
        tags = found.Count == 1 ? [found[0]] : [.. found.Distinct()];
        return true;
    }

    private static bool TrySplit(ReadOnlySpan<char> part, out string[] alternatives)
    {
        alternatives = [];
        int count = part.Count('.') + 1;
        if (count > MaxTagsInSet) return false;
        string[] found = new string[count];
        int index = 0;
        foreach (Range range in part.Split('.'))
        {
            var alternative = part[range];
            if (alternative.IsEmpty || !IsWord(alternative)) return false;
            found[index++] = alternative.ToString().ToLowerInvariant();
        }
        alternatives = found;
        return true;
    }

    private static bool IsWord(ReadOnlySpan<char> text)
    {
        foreach (char c in text)
        {
            if (!char.IsAsciiLetterOrDigit(c) && c != '_') return false;
        }
        return true;
    }
}
