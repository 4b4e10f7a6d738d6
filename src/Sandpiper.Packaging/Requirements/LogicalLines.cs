using System.Text;

namespace Sandpiper.Packaging.Requirements;

/// <summary>From text to lines as pip sees them: continuations joined, comments gone, empty ones left out.</summary>
internal static class LogicalLines
{
    /// <summary>Each with the number, from 1, of the physical line it began on.</summary>
    public static IEnumerable<(string Text, int Number)> Of(string content)
    {
        string[] physical = content.TrimStart('\uFEFF').ReplaceLineEndings("\n").Split('\n');
        var joined = new StringBuilder();
        int start = 0;
        for (int i = 0; i < physical.Length; i++)
        {
            string line = physical[i];
            // A comment line ends a continuation, and is none itself.
            bool isComment = line.AsSpan().TrimStart().StartsWith("#");
            if (joined.Length == 0) start = i + 1;
            if (line.EndsWith('\\') && !isComment)
            {
                joined.Append(line.AsSpan(0, line.Length - 1));
                continue;
            }
            joined.Append(isComment && joined.Length > 0 ? " " : "").Append(line);
            string text = WithoutComment(joined.ToString()).Trim();
            joined.Clear();
            if (text.Length > 0) yield return (text, start);
        }
        string last = WithoutComment(joined.ToString()).Trim();
        if (last.Length > 0) yield return (last, start);
    }

    /// <summary>
    /// Replaces <c>${NAME}</c> (upper-case letters, digits and underscores) where the variable has a value; anything else stays as it is.
    /// </summary>
    public static string Expand(string line, Func<string, string?> variable)
    {
        if (!line.Contains("${", StringComparison.Ordinal)) return line;
        var expanded = new StringBuilder(line.Length);
        int at = 0;
        while (at < line.Length)
        {
            int open = line.IndexOf("${", at, StringComparison.Ordinal);
            int close = open < 0 ? -1 : line.IndexOf('}', open);
            if (close < 0) break;
            expanded.Append(line, at, open - at);
            string name = line[(open + 2)..close];
            string? value = name.Length > 0 && name.All(c => char.IsAsciiLetterUpper(c) || char.IsAsciiDigit(c) || c == '_') ? variable(name) : null;
            // What is replaced is not looked at again: a value cannot bring in another variable.
            expanded.Append(string.IsNullOrEmpty(value) ? line[open..(close + 1)] : value);
            at = close + 1;
        }
        return expanded.Append(line, at, line.Length - at).ToString();
    }

    // A comment begins at `#` at the start or after white space; `#sha256=` inside an address is none.
    private static string WithoutComment(string line)
    {
        for (int i = 0; i < line.Length; i++)
        {
            if (line[i] == '#' && (i == 0 || char.IsWhiteSpace(line[i - 1]))) return line[..i];
        }
        return line;
    }
}
