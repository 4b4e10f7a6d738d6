using Sandpiper.Console;

namespace Sandpiper.Commands;

/// <summary>
/// What somebody wanted who started pip in the sandbox: it can change nothing there, its advice is wrong, and the system's one lists what
/// the system has.
/// </summary>
internal static class PipInside
{
    /// <param name="hasPip">The environment has a pip of its own, which sees its packages.</param>
    /// <returns>Why, and the command that does it; null when it was not pip, did it, or was asked for something else.</returns>
    public static string? Meant(IReadOnlyList<string> command, string environment, bool hasFailed, bool hasPip)
    {
        int words = command switch
        {
            ["pip" or "pip3", ..] => 1,
            ["python" or "python3", "-m", "pip", ..] => 3,
            _ => command.Count,
        };
        if (words == command.Count) return null;
        string of = InEnvironment.Option(environment);
        // Its options are not ours.
        string[] named = [.. command.Skip(words + 1)];
        bool arePlain = named.Length > 0 && !named.Any(word => word is ['-', ..]);
        string? changes = command[words] is not ("install" or "uninstall") || !hasFailed ? null
            : !arePlain ? $"help {command[words]}" : $"{command[words]}{of} {string.Join(' ', named.Select(InShell.Quoted))}";
        string? tells = hasPip ? null : command[words] switch
        {
            "list" => $"list{of}",
            "freeze" => $"freeze{of}",
            "check" => $"verify{of}",
            "show" => arePlain ? $"show{of} {InShell.Quoted(named[0])}" : "help show",
            _ => null,
        };
        return changes is not null ? $"pip changes nothing in here ·  sandpiper {changes}"
            : tells is not null ? $"this environment has no pip, and the system's knows none of its packages ·  sandpiper {tells}" : null;
    }
}
