
namespace Sandpiper.Environments.Shims;

/// <summary>A command of a package as a little script that goes through <c>run</c>.</summary>
/// <param name="Executable">This program, absolute.</param>
/// <param name="Root">The data root, absolute.</param>
/// <param name="Environment">Whose command it is; null: that of the shared one, which <c>run</c> takes by itself.</param>
/// <param name="Command">The name that is typed.</param>
internal sealed record Shim(string Executable, string Root, string? Environment, string Command)
{
    private const string Head = "#!/bin/sh\n# A command of a package, run confined; made by sandpiper.\n";
    private const string Check = "[ -x ", Start = " ] && exec ", StartAtOnce = "exec ";

    /// <summary>It was made by an earlier version: as <see cref="Text"/> was then.</summary>
    public bool IsEarlier { get; init; }

    /// <summary>It is the kernel of a notebook, which takes a connection file.</summary>
    public bool IsKernel { get; init; }

    /// <summary>What it says; whose it is can be read from it again.</summary>
    /// <remarks>
    /// Where this program was moved, the one that a person would start by its name takes its place; not one of the directory that he
    /// happens to stand in, which is a project's to fill. Where there is none, nothing is started: never the package's own program,
    /// unconfined.
    /// </remarks>
    public string Text =>
        $"""
        {Head}set -- {Words}
        {Check}{Quoted(Executable)}{Start}{Quoted(Executable)} "$@"
        case $(command -v sandpiper) in /*) exec sandpiper "$@" ;; esac
        echo {Quoted($"sandpiper is neither at {Executable} any more nor on PATH")} >&2
        exit 127

        """;

    private string EarlierText => $"{Head}{StartAtOnce}{Quoted(Executable)} {Words}\n";

    private string Words => $"{Begin(Root)}{(Environment is null ? "" : $" --env {Quoted(Environment)}")} {What}";

    private string What => IsKernel
        ? "--kernel \"$1\" -- python -m ipykernel_launcher -f '{connection_file}'" : $"-- {Quoted(Command)} \"$@\"";

    /// <summary>It carries our mark, whatever else it says.</summary>
    public static bool HasMark(string text) => text.StartsWith(Head, StringComparison.Ordinal);

    /// <summary>One that is ours to the letter, whatever program and whichever environment it starts; null for everything else.</summary>
    /// <param name="root">Where it must run things.</param>
    /// <param name="command">Its name.</param>
    /// <param name="isKernel">It has to be one of a notebook.</param>
    public static Shim? Of(string text, string root, string command, bool isKernel)
    {
        bool isEarlier = text.StartsWith(Head + StartAtOnce, StringComparison.Ordinal);
        // Only guessed at: what is found has to say the very same.
        string? program = isEarlier ? Between(text, Head + StartAtOnce, $" {Begin(root)}") : Between(text, Check, Start);
        string? environment = Between(text, $"{Begin(root)} --env '", "'");
        if (program is null) return null;
        string path = program.Trim('\'').Replace("'\\''", "'", StringComparison.Ordinal);
        var found = new Shim(path, root, environment, command) { IsEarlier = isEarlier, IsKernel = isKernel };
        string said = isEarlier ? found.EarlierText : found.Text;
        return Path.IsPathFullyQualified(path) && string.Equals(said, text, StringComparison.Ordinal) ? found : null;
    }

    private static string Begin(string root) => $"run --root {Quoted(root)}";

    private static string? Between(string text, string before, string after)
    {
        int from = text.IndexOf(before, StringComparison.Ordinal);
        if (from < 0) return null;
        from += before.Length;
        return text.IndexOf(after, from, StringComparison.Ordinal) is >= 0 and var to ? text[from..to] : null;
    }

    /// <summary>One word for a shell.</summary>
    public static string Quoted(string text) => $"'{text.Replace("'", "'\\''", StringComparison.Ordinal)}'";
}
