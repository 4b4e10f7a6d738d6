using Sandpiper.Console;

namespace Sandpiper.Commands;

/// <summary>What somebody wanted who started pip in the sandbox, where it can change nothing and its advice is wrong.</summary>
internal static class PipInside
{
    /// <returns>The command that does it; null when it was not pip, or asked to change nothing.</returns>
    public static string? Meant(IReadOnlyList<string> command, string environment)
    {
        int words = command switch
        {
            ["pip" or "pip3", ..] => 1,
            ["python" or "python3", "-m", "pip", ..] => 3,
            _ => command.Count,
        };
        if (words == command.Count || command[words] is not ("install" or "uninstall")) return null;
        // Its options are not ours.
        string[] named = [.. command.Skip(words + 1)];
        return named.Length == 0 || named.Any(word => word is ['-', ..]) ? $"sandpiper help {command[words]}"
            : $"sandpiper {command[words]}{InEnvironment.Option(environment)} {string.Join(' ', named.Select(InShell.Quoted))}";
    }
}
