using System.Text;

namespace Sandpiper.Sandbox.Leftovers;

/// <summary>git-config(1), as far as it can be known to start no program.</summary>
internal static class RepositorySettings
{
    // With what `git init`, `git clone` and `git branch` write themselves. Of anything else nobody here knows what it starts.
    private static readonly Dictionary<string, string[]> _harmless = new(StringComparer.OrdinalIgnoreCase)
    {
        ["core"] = ["repositoryformatversion", "filemode", "bare", "logallrefupdates", "ignorecase", "precomposeunicode", "symlinks"],
        ["remote"] = ["url", "fetch"],
        ["branch"] = ["remote", "merge"],
        ["user"] = ["name", "email"],
        ["init"] = ["defaultbranch"],
    };

    /// <summary>Whether each line is one that starts nothing, whoever reads it.</summary>
    public static bool AreHarmless(ReadOnlySpan<byte> content)
    {
        string[] keys = [];
        foreach (string raw in Encoding.Latin1.GetString(content).Split('\n'))
        {
            string line = raw.Trim(' ', '\t');
            if (line.Length == 0) continue;
            // A line that goes on, a comment in it, or a character that no editor shows may be read otherwise by git.
            if (line.Any(c => c is '\\' or '#' or ';' || (char.IsControl(c) && c is not '\t'))) return false;
            if (line[0] is '[')
            {
                if (line[^1] is not ']') return false;
                string name = line[1..^1];
                int space = name.IndexOf(' ', StringComparison.Ordinal);
                if (space >= 0 && !(name.Length > space + 2 && name[space + 1] is '"' && name.IndexOf('"', space + 2) == name.Length - 1))
                    return false;
                if (!_harmless.TryGetValue(space < 0 ? name : name[..space], out string[]? known)) return false;
                keys = known;
                continue;
            }
            int equals = line.IndexOf('=', StringComparison.Ordinal);
            if (equals < 0 || !keys.Contains(line[..equals].TrimEnd(' ', '\t'), StringComparer.OrdinalIgnoreCase)) return false;
            string value = line[(equals + 1)..].TrimStart(' ', '\t');
            // `ext::sh -c …` is a transport, and what begins with a dash an option of one.
            if (value.StartsWith('-') || value.Contains('"', StringComparison.Ordinal) || value.Contains("::", StringComparison.Ordinal))
                return false;
        }
        return true;
    }
}
