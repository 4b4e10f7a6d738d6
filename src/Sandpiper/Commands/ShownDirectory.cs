using System.CommandLine;
using Sandpiper.Console;

namespace Sandpiper.Commands;

/// <summary><c>--cwd</c>: whether a program is shown where it is started.</summary>
internal static class ShownDirectory
{
    public static TextOption Option()
    {
        var cwd = new TextOption("--cwd")
        {
            HelpName = "ro|none",
            Description = "show it the current directory read-only (default), or not at all",
        };
        cwd.CompletionSources.Add("ro", "none");
        return cwd;
    }

    /// <exception cref="ExplainedException">Another word.</exception>
    public static bool IsAsked(string? cwd, ParseResult parsed) => cwd switch
    {
        null or "ro" => true,
        "none" => false,
        _ => throw new ExplainedException(new(
            ExitCode.WrongUsage, $"`--cwd {cwd}` is not supported; nothing was run",
            "ro or none is meant; writing is granted with --write .", $"sandpiper help {parsed.CommandResult.Command.Name}")),
    };
}
