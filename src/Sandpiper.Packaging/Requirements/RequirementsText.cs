using System.Text;

namespace Sandpiper.Packaging.Requirements;

/// <summary>One line of a requirements file as it counts: joined, without its comment, variables put in.</summary>
internal readonly record struct LogicalLine(int Number, string Text);

/// <summary>
/// The first steps of pip's reader, in pip's order: lines, continuations, comments, variables. Another order is another file.
/// </summary>
internal static class RequirementsText
{
    private const int MaxLineLength = 256 * 1024;   // the longest real ones carry some hundred hashes

    private const char ByteOrderMark = '\uFEFF';

    /// <param name="text">What the file holds.</param>
    /// <param name="path">Its name, for what is wrong with it.</param>
    /// <param name="variable">Gives the value of a variable, or null.</param>
    /// <exception cref="RequirementsFileException">A line, joined and filled in, is longer than anything real, or holds control
    /// characters.</exception>
    public static IEnumerable<LogicalLine> Lines(string text, string path, Func<string, string?> variable)
    {
        foreach (var line in Joined(text.TrimStart(ByteOrderMark), path))
        {
            string content = WithoutComment(line.Text).Trim();
            if (content.Length == 0) continue;
            string expanded = Expand(content, variable, $"{path}:{line.Number}");
            // A variable with a line break would otherwise add a line, and a NUL would end a path early.
            if (HoldsControl(expanded))
                throw new RequirementsFileException($"{path}:{line.Number}", "it holds a control character");
            yield return line with { Text = expanded };
        }
    }

    // A comment line ends a continuation; a comment behind something is continued by a backslash like any text.
    private static IEnumerable<LogicalLine> Joined(string text, string path)
    {
        var joined = new StringBuilder();
        int number = 0, first = 0;
        foreach (string line in Split(text))
        {
            number++;
            if (joined.Length == 0) first = number;
            bool isComment = line.AsSpan().TrimStart() is ['#', ..];
            bool isContinued = line.EndsWith('\\') && !isComment;
            if (joined.Length == 0 && !isComment && !isContinued && line.Length <= MaxLineLength)
            {
                yield return new LogicalLine(first, line);
                continue;
            }
            if (isComment) joined.Append(' ');
            joined.Append(isContinued ? line.Trim('\\') : line);
            if (joined.Length > MaxLineLength) throw TooLong($"{path}:{first}");
            if (isContinued)
            {
                if (joined.Length == 0) joined.Append(' ');
                continue;
            }
            yield return new LogicalLine(first, joined.ToString());
            joined.Clear();
        }
        if (joined.Length > 0) yield return new LogicalLine(first, joined.ToString());
    }

    // Python's splitlines, with all that it takes for a line's end: whoever sees fewer lines reads other requirements.
    private static IEnumerable<string> Split(string text)
    {
        int start = 0;
        for (int i = 0; i < text.Length; i++)
        {
            if (text[i] is not ('\n' or '\r' or '\v' or '\f' or '\x1c' or '\x1d' or '\x1e' or '\x85' or '\u2028' or '\u2029')) continue;
            yield return text[start..i];
            if (text[i] == '\r' && i + 1 < text.Length && text[i + 1] == '\n') i++;
            start = i + 1;
        }
        if (start < text.Length) yield return text[start..];
    }

    private static bool HoldsControl(string line)
    {
        foreach (char c in line)
        {
            if (char.IsControl(c) && c != '\t') return true;
        }
        return false;
    }

    // A comment begins the line or follows white space: "bar==1.0#x" has none.
    private static string WithoutComment(string line)
    {
        for (int i = 0; i < line.Length; i++)
        {
            if (line[i] == '#' && (i == 0 || char.IsWhiteSpace(line[i - 1]))) return line[..i];
        }
        return line;
    }

    // ${NAME} of capitals, digits and underscores, and nothing else; unset or empty, it stays as it is.
    private static string Expand(string line, Func<string, string?> variable, string source)
    {
        if (!line.Contains("${", StringComparison.Ordinal)) return line;
        var expanded = new StringBuilder(line.Length);
        int position = 0;
        while (line.IndexOf("${", position, StringComparison.Ordinal) is >= 0 and var start)
        {
            int end = start + 2;
            while (end < line.Length && (char.IsAsciiLetterUpper(line[end]) || char.IsAsciiDigit(line[end]) || line[end] == '_')) end++;
            bool isVariable = end > start + 2 && end < line.Length && line[end] == '}';
            expanded.Append(line, position, start - position);
            position = isVariable ? end + 1 : start + 2;
            string written = line[start..position];
            expanded.Append(isVariable && variable(line[(start + 2)..end]) is { Length: > 0 } value ? value : written);
            if (expanded.Length > MaxLineLength) throw TooLong(source);
        }
        return expanded.Append(line, position, line.Length - position).ToString();
    }

    private static RequirementsFileException TooLong(string source) => new(source, $"it has more than {MaxLineLength} characters");
}
