using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using System.Text.Unicode;

namespace Sandpiper.Packaging.Wheels;

/// <summary>entry_points.txt (PyPA "Entry points").</summary>
/// <remarks>
/// Python reads this file in two ways: <c>configparser</c>, as the standard says, and line by line, as <c>importlib.metadata</c> does.
/// Where both would answer differently (a continued line, an unusual line break, a group or a script given twice), it is refused.
/// </remarks>
public static class EntryPoints
{
    private const int MaxBytes = 1 << 20;
    private const int MaxScripts = 4096;    // the largest known wheels have some two hundred

    /// <summary>The scripts; other groups are checked for syntax and left alone.</summary>
    public static bool TryParseScripts(ReadOnlySpan<byte> content, out ImmutableArray<ScriptEntryPoint> scripts, out string problem)
    {
        scripts = [];
        problem = "";
        if (content.Length > MaxBytes) problem = "entry_points.txt is too large";
        else if (!Utf8.IsValid(content)) problem = "entry_points.txt is not UTF-8";
        if (problem.Length > 0) return false;

        string text = Encoding.UTF8.GetString(content);
        if (HasUnusualBreak(text))
        {
            problem = "entry_points.txt has a control character other than a tab or the end of a line";
            return false;
        }
        var groups = new Groups();
        int number = 0;
        foreach (var line in text.AsSpan().EnumerateLines())
        {
            number++;
            if (groups.TryTake(line, out string because)) continue;
            problem = $"line {number} of entry_points.txt {because}";
            return false;
        }
        scripts = [.. groups.Scripts];
        return true;
    }

    // str.splitlines ends a line at form feeds, U+0085 and their like, configparser does not.
    private static bool HasUnusualBreak(string text)
    {
        for (int i = 0; i < text.Length; i++)
        {
            char c = text[i];
            bool isUsual = c is '\n' or '\t' || (c == '\r' && i + 1 < text.Length && text[i + 1] == '\n');
            if (!isUsual && char.GetUnicodeCategory(c)
                is UnicodeCategory.Control or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator) return true;
        }
        return false;
    }

    /// <summary>The file as it is read, line by line.</summary>
    private sealed class Groups
    {
        private readonly HashSet<string> _groups = new(StringComparer.Ordinal);
        private readonly HashSet<(bool IsGui, string Name)> _names = [];
        private readonly Dictionary<string, ScriptEntryPoint> _scripts = new(StringComparer.Ordinal);
        private string? _group;
        private int? _indentation;      // of the entry before; what is further right continues it, says configparser

        public List<ScriptEntryPoint> Scripts { get; } = [];

        public bool TryTake(ReadOnlySpan<char> line, out string because)
        {
            because = "";
            var text = line.Trim();
            if (text.IsEmpty || text[0] is '#' or ';') return true;

            int indentation = line.Length - line.TrimStart().Length;
            if (indentation > _indentation) because = "continues the line before";
            else if (text[0] == '[') OpenGroup(text, ref because);
            else TakeEntry(text, indentation, ref because);
            return because.Length == 0;
        }

        private void OpenGroup(ReadOnlySpan<char> text, ref string because)
        {
            _indentation = null;
            if (text.Length < 3 || text[^1] != ']' || text[1..^1].ContainsAny('[', ']'))
            {
                because = "is no [group]";
                return;
            }
            _group = text[1..^1].ToString();
            if (!_groups.Add(_group)) because = $"opens the group {_group} a second time";
        }

        private void TakeEntry(ReadOnlySpan<char> text, int indentation, ref string because)
        {
            _indentation = indentation;
            int equals = text.IndexOf('=');
            if (_group is null) because = "stands before the first [group]";
            else if (equals <= 0) because = "is not of the form name = module:attribute";
            else if (_group is "console_scripts" or "gui_scripts")
                TakeScript(text[..equals].TrimEnd(), text[(equals + 1)..].TrimStart(), ref because);
        }

        private void TakeScript(ReadOnlySpan<char> name, ReadOnlySpan<char> reference, ref string because)
        {
            // The name becomes a file in the scripts directory (GHSA-4gg8-gxpx-9rph: "../../.bashrc" was one).
            if (!PlainFileName.IsPlain(name)) because = "names a script that would not be a file in the scripts directory";
            else if (!ObjectReference.TryParse(reference, out string module, out string attribute))
                because = "does not refer to module:attribute";
            else if (Scripts.Count == MaxScripts) because = $"is one script more than the {MaxScripts} that are taken";
            else Add(new ScriptEntryPoint(name.ToString(), module, attribute, IsGui: _group is "gui_scripts"), ref because);
        }

        // Names are unique within a group only. In both groups with one reference it is one command: on Linux the groups do not differ.
        private void Add(ScriptEntryPoint script, ref string because)
        {
            if (!_names.Add((script.IsGui, script.Name))) because = "names a script a second time";
            else if (_scripts.TryAdd(script.Name, script)) Scripts.Add(script);
            else if (_scripts[script.Name] with { IsGui = script.IsGui } != script) because = "names a script a second time";
        }
    }
}
