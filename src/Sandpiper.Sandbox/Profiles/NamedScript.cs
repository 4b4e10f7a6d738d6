using System.Collections.Immutable;
using Sandpiper.Kernel.Files;

namespace Sandpiper.Sandbox.Profiles;

/// <summary>
/// The script that a command line names: the program itself where it is a path, or what an interpreter is told to run. It is shown by
/// itself, for who starts it means it to be read, wherever he stands: cron stands at home.
/// </summary>
internal static class NamedScript
{
    private static readonly ImmutableArray<string> OfTheSystem = ["/usr", "/bin", "/lib", "/lib64", "/sbin", "/proc", "/dev", "/sys"];

    /// <returns>Absolute; null when the words name none.</returns>
    public static string? In(IReadOnlyList<string> command, string currentDirectory)
    {
        if (command.Count == 0) return null;
        string program = command[0];
        string? word = Path.GetFileName(program) switch
        {
            var name when IsPython(name) => AmongArguments(command, "cm", "WX", "--check-hash-based-pycs"),
            "sh" or "bash" or "dash" => AmongArguments(command, "cs", "oO", "--rcfile"),
            _ => program.Contains('/', StringComparison.Ordinal) ? program : null,
        };
        return word is null || word.Contains('\0') ? null : Path.TrimEndingDirectorySeparator(Path.GetFullPath(word, currentDirectory));
    }

    /// <summary>As what it is shown: read-only, and only where nobody keeps keys or settings of the system.</summary>
    /// <returns>Null when it is none to be shown unasked.</returns>
    public static ShownPath? Shown(string script, Caller caller)
    {
        foreach (int look in Looks.While())
        {
            // The system's programs are there anyway.
            if (ShownPath.At(script, PathAccess.Read) is not { } shown
                || OfTheSystem.Any(root => DirectoryTree.Holds(root, shown.Real))) return null;
            bool isNamed = string.Equals(shown.Path, shown.Real, StringComparison.Ordinal);
            if (MayBeShown(shown, isNamed, caller)) return shown;
            // Where somebody exchanges what it lies in, that is a link now and what was meant a moment later.
            if (isNamed || look == GrantedPaths.Alike) break;
        }
        return null;
    }

    private static bool MayBeShown(ShownPath shown, bool isNamed, Caller caller)
    {
        if (shown.Type is not FileType.Regular || SensitiveDirectories.IsKey(shown.Real)) return false;
        return SensitiveDirectories.WhyNotShownAt(Path.GetDirectoryName(shown.Real)!, caller) switch
        {
            null => true,
            { Kind: SensitivityKind.AmongKeys or SensitivityKind.InSystem or SensitivityKind.AboveSystem } => false,
            // By a link a program that could write here once may have made it lead to anything.
            _ => isNamed,
        };
    }

    // The first word that is no option. Options come before it, each perhaps with a value; one of `ending` leaves no script.
    private static string? AmongArguments(IReadOnlyList<string> command, string ending, string valued, string longValued)
    {
        for (int at = 1; at < command.Count; at++)
        {
            string word = command[at];
            if (word is "--") return at + 1 < command.Count ? command[at + 1] : null;
            if (!word.StartsWith('-')) return word;
            if (word is "-") return null;
            if (word.StartsWith("--", StringComparison.Ordinal))
            {
                if (string.Equals(word, longValued, StringComparison.Ordinal)) at++;
                continue;
            }
            // Several in one word; what follows one with a value in the same word is the value.
            int special = word.AsSpan(1).IndexOfAny(ending + valued) + 1;
            if (special == 0) continue;
            if (ending.Contains(word[special], StringComparison.Ordinal)) return null;
            if (special == word.Length - 1) at++;
        }
        return null;
    }

    // python, python3, python3.14t.
    private static bool IsPython(string name) => name.StartsWith("python", StringComparison.Ordinal)
        && name["python".Length..].All(c => char.IsAsciiDigit(c) || c is '.' or 't');
}
