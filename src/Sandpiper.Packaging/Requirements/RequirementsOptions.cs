using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace Sandpiper.Packaging.Requirements;

/// <summary>One option of a requirements file by its long name, with its value.</summary>
internal readonly record struct RequirementsOption(string Name, string? Value);

/// <summary>Splits a line as pip does: a requirement up to the first word that begins with a dash, options behind it.</summary>
internal static class RequirementsOptions
{
    private static readonly Dictionary<char, string> ShortNames = new()
    {
        ['i'] = "--index-url", ['r'] = "--requirement", ['c'] = "--constraint",
        ['e'] = "--editable", ['f'] = "--find-links", ['C'] = "--config-settings",
    };

    private static readonly HashSet<string> WithoutValue =
        ["--no-index", "--pre", "--require-hashes", "--no-require-hashes", "--prefer-binary"];

    /// <summary>The part before the options; they are the rest.</summary>
    public static string Requirement(string line, out string options)
    {
        int start = line.StartsWith('-') ? 0 : line.IndexOf(" -", StringComparison.Ordinal) is >= 0 and var dash ? dash + 1 : line.Length;
        options = line[start..];
        return line[..start].Trim();
    }

    /// <summary>Reads options; abbreviations, which pip's parser lets pass, are unknown options here.</summary>
    public static bool TryParse(string text, List<RequirementsOption> options, [NotNullWhen(false)] out string? problem)
    {
        if (!TrySplit(text, out var words, out problem)) return false;
        for (int i = 0; i < words.Count; i++)
        {
            if (!TrySplitName(words[i], out string name, out string? value))
            {
                problem = "a word among options belongs to none of them";
                return false;
            }
            bool takesValue = !WithoutValue.Contains(name);
            if (takesValue && value is null && i + 1 < words.Count) value = words[++i];
            if (takesValue == string.IsNullOrEmpty(value))
            {
                problem = takesValue ? $"`{name}` needs a value" : $"`{name}` takes no value";
                return false;
            }
            options.Add(new RequirementsOption(name, value));
        }
        return true;
    }

    // "--name=value", "--name", "-nvalue" or "-n".
    private static bool TrySplitName(string word, out string name, out string? value)
    {
        (name, value) = (word, null);
        if (word.StartsWith("--", StringComparison.Ordinal))
        {
            int equals = word.IndexOf('=', StringComparison.Ordinal);
            // A locked file has thousands of these and hardly another.
            bool isHash = word.StartsWith("--hash=", StringComparison.Ordinal);
            if (equals >= 0) (name, value) = (isHash ? "--hash" : word[..equals], word[(equals + 1)..]);
            return true;
        }
        if (word is not ['-', var letter, ..]) return false;
        name = ShortNames.GetValueOrDefault(letter, $"-{letter}");
        if (word.Length > 2) value = word[2..];
        return true;
    }

    // The part of a shell's rules that requirements files use: blanks, and either quote. A backslash means a path or an escape by whom you
    // ask.
    private static bool TrySplit(string text, out List<string> words, [NotNullWhen(false)] out string? problem)
    {
        problem = null;
        if (text.AsSpan().IndexOfAny('\\', '"', '\'') < 0)
        {
            words = [.. text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)];
            return true;
        }
        words = [];
        var word = new StringBuilder();
        bool inWord = false;
        char? quote = null;
        foreach (char c in text)
        {
            if (c == '\\')
            {
                problem = "a backslash among options is not supported";
                return false;
            }
            if (quote is null && char.IsWhiteSpace(c))
            {
                if (inWord) words.Add(word.ToString());
                word.Clear();
                inWord = false;
                continue;
            }
            inWord = true;
            if (c == quote) quote = null;
            else if (quote is null && c is '"' or '\'') quote = c;
            else word.Append(c);
        }
        if (quote is not null) problem = $"the closing {quote} is missing";
        if (inWord) words.Add(word.ToString());
        return problem is null;
    }
}
