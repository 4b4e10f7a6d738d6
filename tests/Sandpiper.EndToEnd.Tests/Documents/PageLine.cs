using System.Globalization;

namespace Sandpiper.EndToEnd.Tests.Documents;

/// <summary>One command that a page tells people to type, and how the page says it ends.</summary>
/// <param name="Text">Without the prompt; a comment at its end stays, the shell ignores it.</param>
/// <param name="Number">The line of the page, counted from 1.</param>
internal sealed record PageLine(string Text, int Number)
{
    private const string ExitComment = "# exit ";

    /// <summary>0 unless the line ends with <c># exit N</c>.</summary>
    public int ExitCode =>
        Text.LastIndexOf(ExitComment, StringComparison.Ordinal) is >= 0 and var at
            ? int.Parse(Text[(at + ExitComment.Length)..].Split(' ', ',', ':')[0], CultureInfo.InvariantCulture) : 0;

    /// <summary>Lines with a <c>$</c> prompt in the console blocks of a Markdown page; one that ends with a backslash goes on.</summary>
    public static IEnumerable<PageLine> OfMarkdown(string path)
    {
        string[] lines = File.ReadAllLines(path);
        bool inBlock = false;
        for (int i = 0; i < lines.Length; i++)
        {
            string line = lines[i].TrimStart();
            if (line.StartsWith("```", StringComparison.Ordinal)) inBlock = !inBlock && line.TrimEnd() is "```console";
            else if (inBlock && line.StartsWith("$ ", StringComparison.Ordinal))
            {
                int first = i;
                string text = line[2..];
                while (text.EndsWith('\\') && i + 1 < lines.Length) text = $"{text[..^1].TrimEnd()} {lines[++i].TrimStart('>', ' ')}";
                yield return new PageLine(text, first + 1);
            }
        }
    }

    /// <summary>
    /// The examples of one help page: they stand between its first line and "Usage", each before what it does, or above it, indented
    /// further.
    /// </summary>
    public static IEnumerable<PageLine> OfHelp(string page) => page.Split('\n')
        .TakeWhile(line => !line.StartsWith("Usage", StringComparison.Ordinal))
        .Select((line, i) => new PageLine(
            line.StartsWith("   ", StringComparison.Ordinal) ? "" : line.Trim().Split("  ", 2)[0].TrimEnd(), i + 1))
        .Where(line => line.Number > 1 && line.Text.Length > 0);
}
