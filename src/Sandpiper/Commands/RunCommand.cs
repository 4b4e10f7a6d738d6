using System.CommandLine;
using Sandpiper.Console;
using Sandpiper.Sandbox.Profiles;

namespace Sandpiper.Commands;

/// <summary><c>run</c>: a program with the packages of an environment, confined.</summary>
internal static class RunCommand
{
    public static Command Build()
    {
        var program = new Argument<string[]>("CMD") { CaptureRemainingTokens = true, Arity = ArgumentArity.OneOrMore };
        Option<string> env = EnvironmentOptions.Env();
        var write = new Option<string[]>("--write")
        {
            HelpName = "DIR",
            Description = "let it change this directory; what makes later programs run (.git, .venv, …) stays read-only in it",
        };
        var read = new Option<string[]>("--read") { HelpName = "PATH", Description = "show it this directory or file" };
        var net = new TextOption("--net") { HelpName = "all",
            Description = "the network of this machine; single hosts cannot be named yet" };
        var variables = new Option<string[]>("--env-var") { HelpName = "NAME", Description = "hand this environment variable on" };
        var cwd = new TextOption("--cwd") { HelpName = "ro|none",
            Description = "show it the current directory read-only (default), or not at all" };
        net.CompletionSources.Add("all");
        cwd.CompletionSources.Add("ro", "none");
        var command = new TaughtCommand("run", "run a program with an environment's packages, confined",
            [
                new("sandpiper run -- python plot.py", "may read this directory, no more"),
                new("sandpiper run --write . -- python plot.py", "may also write it"),
                new("sandpiper run --net all -- python fetch.py", "may use the network"),
            ],
            [
                "Without grants a program sees the system and its packages read-only, the current directory read-only, a private empty "
                + "home, and no network, no other processes, none of your environment variables. A current directory that is your home, "
                + "lies above it or holds keys is not shown at all, unless you name it with --read.",
                "In a directory that it may write, what makes other programs run code later (.git, .venv, conftest.py, *.pth and the "
                + "like) stays as it is; where there was none and the program makes one, you are told.",
                "The exit code is the program's own; 125 when Sandpiper refused or failed before it started, 126 when it is not "
                + "executable, 127 when there is none of that name, 4 when there is no sandbox to be had here.",
            ]) { HasJson = false };
        command.Arguments.Add(program);
        foreach (Option option in (Option[])[env, write, read, net, variables, cwd]) command.Options.Add(option);
        command.Runs((session, parsed) =>
        {
            string[] words = parsed.GetValue(program)!;
            // All that is no option of ours counts as the program: a mistyped grant would be looked for on PATH.
            if (words[0].StartsWith('-')) throw new ExplainedException(WrongWords.NoOption(words[0], parsed.CommandResult.Command));
            var grants = new Grants
            {
                Write = [.. (parsed.GetValue(write) ?? []).Select(Path.GetFullPath)],
                Read = [.. (parsed.GetValue(read) ?? []).Select(Path.GetFullPath)],
                Network = Network(parsed.GetValue(net)),
                Variables = [.. (parsed.GetValue(variables) ?? []).Select(NameOf)],
                ShowCurrentDirectory = Shown(parsed.GetValue(cwd)),
            };
            return ConfinedRun.Start(session, parsed.GetValue(env)!, grants, words);
        });
        return command;
    }

    private static string NameOf(string variable) => variable.Contains('=', StringComparison.Ordinal)
        ? throw new ExplainedException(new(
            ExitCode.WrongUsage, $"`--env-var {variable.Split('=')[0]}=…` is not supported; nothing was run",
            "a variable of yours is handed on as it is, by its name alone", "sandpiper help run"))
        : variable;

    private static bool Network(string? net) => net switch
    {
        null => false,
        "all" => true,
        _ => throw new ExplainedException(new(
            ExitCode.WrongUsage, $"`--net {net}` is not supported yet; nothing was run",
                "only the whole network can be granted: --net all", "sandpiper help run")),
    };

    private static bool Shown(string? cwd) => cwd switch
    {
        null or "ro" => true,
        "none" => false,
        _ => throw new ExplainedException(new(
            ExitCode.WrongUsage, $"`--cwd {cwd}` is not supported; nothing was run",
                "ro or none is meant; writing is granted with --write .", "sandpiper help run")),
    };
}
