
namespace Sandpiper.Environments.Shims;

/// <summary>A command of a package as a little script that goes through <c>run</c>.</summary>
/// <param name="Executable">This program, absolute.</param>
/// <param name="Root">The data root, absolute.</param>
/// <param name="Environment">Whose command it is; null: that of the shared one, which <c>run</c> takes by itself.</param>
/// <param name="Command">The name that is typed.</param>
internal sealed record Shim(string Executable, string Root, string? Environment, string Command)
{
    private const string Head = "#!/bin/sh\n# A command of a package, run confined; made by sandpiper.\n";
    private const string Check = "[ -x ", Start = " ] && exec ";

    /// <summary>What it says; whose it is can be read from it again.</summary>
    /// <remarks>
    /// Where this program was moved, the one that a person would start by its name takes its place; not one of the directory that he
    /// happens to stand in, which is a project's to fill. Where there is none, nothing is started: never the package's own program,
    /// unconfined.
    /// </remarks>
    public string Text =>
        $"""
        {Begin}{Check}{Quoted(Executable)}{Start}{Quoted(Executable)} "$@"
        case $(command -v sandpiper) in /*) exec sandpiper "$@" ;; esac
        echo {Quoted($"sandpiper is neither at {Executable} any more nor on PATH")} >&2
        exit 127

        """;

    private string Begin =>
        $"{Head}set -- run --root {Quoted(Root)}{(Environment is null ? "" : $"{EnvironmentOption}{Quoted(Environment)}")}"
        + $" -- {Quoted(Command)} \"$@\"\n";

    private const string EnvironmentOption = " --env ";

    /// <summary>It carries our mark, whatever else it says.</summary>
    public static bool HasMark(string text) => text.StartsWith(Head, StringComparison.Ordinal);

    /// <summary>One that is ours to the letter, whatever program and whichever environment it starts; null for everything else.</summary>
    /// <param name="root">Where it must run things.</param>
    /// <param name="command">Its name.</param>
    public static Shim? Of(string text, string root, string command)
    {
        // An environment's name is one of a few letters: it ends at the next quote.
        string named = $"{Head}set -- run --root {Quoted(root)}{EnvironmentOption}'";
        string? environment = text.StartsWith(named, StringComparison.Ordinal) && text.IndexOf('\'', named.Length) is > 0 and var end
            ? text[named.Length..end] : null;
        var found = new Shim("", root, environment, command);
        int from = found.Begin.Length + Check.Length;
        if (text.Length < from || text.IndexOf(Start, from, StringComparison.Ordinal) is not (> 0 and var to)) return null;
        found = found with { Executable = text[from..to].Trim('\'').Replace("'\\''", "'", StringComparison.Ordinal) };
        return Path.IsPathFullyQualified(found.Executable) && string.Equals(found.Text, text, StringComparison.Ordinal) ? found : null;
    }

    /// <summary>One word for a shell.</summary>
    public static string Quoted(string text) => $"'{text.Replace("'", "'\\''", StringComparison.Ordinal)}'";
}
