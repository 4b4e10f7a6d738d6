using System.CommandLine;
using Sandpiper.Console;
using Sandpiper.Sandbox.Networks;
using Sandpiper.Sandbox.Profiles;

namespace Sandpiper.Commands;

/// <summary><c>run</c>: a program with the packages of an environment, confined.</summary>
internal static class RunCommand
{
    public static Command Build(EarlySandbox? early)
    {
        var program = new Argument<string[]>("CMD") { CaptureRemainingTokens = true, Arity = ArgumentArity.OneOrMore };
        Option<string> env = EnvironmentOptions.Env();
        TextOption cwd = ShownDirectory.Option();
        var home = new TextOption("--home") { HelpName = "kept|fresh",
            Description = "the private home that is kept for this project (default), or a throw-away one" };
        home.CompletionSources.Add("kept", "fresh");
        var explain = new Option<bool>("--explain") { Description = "say what it may do here and who allowed that, and run nothing" };
        var command = new TaughtCommand("run", "run a program with an environment's packages, confined",
            [
                new("sandpiper run -- python plot.py", "may read this directory, no more"),
                new("sandpiper run --write . -- python plot.py", "may also write it"),
                new("sandpiper run --net example.org -- python fetch.py", "may reach that host"),
                new("sandpiper run --review -- python plot.py", "writes a copy; take what you like"),
                new("sandpiper run --explain -- black .", "what may it do here?"),
                new("sandpiper run --audit -- python plot.py", "what did it try?"),
            ],
            [
                "What is granted with these options holds for this once; `sandpiper allow` remembers it for a command in a project, and "
                + "--explain tells what counts here.",
                "Without grants a program sees the system and its packages read-only, the project that it is started in (else the current "
                + "directory) read-only, a script that you name, a private home, and no network, no other processes, none of your "
                + "environment variables. A directory that is your home, "
                + "lies above it or holds keys is not shown at all, unless you name it with --read.",
                "Its home is one for each environment and project and is kept for the next run; `sandpiper home` shows what lies there and "
                + "copies it out.",
                "--net HOST is reached through a proxy (HTTPS_PROXY is set for it) and under its own name; programs of this machine "
                + "and of private networks only as localhost:PORT or by their address and port. --net all is the network of this machine "
                + "with everything that listens on it. With --port 8000 the server that `python -m http.server` is, say, is reached at "
                + "localhost:8000.",
                "In a directory that it may write, what makes other programs run code later (.git, .venv, conftest.py, *.pth and the "
                + "like) stays as it is; where there was none and the program makes one, you are told.",
                "When it fails for want of a grant that is known, one line says which. At a terminal you are then asked, once, whether it "
                + "is to run again with that: this once, always in this project, or not. -q asks nothing.",
                "With --review all that it may write, the project where nothing is named, is a copy: afterwards you see what is new, "
                + "changed and removed, and `sandpiper review` takes it or throws it away. Repositories, environments and node_modules are "
                + "not copied but shown as they are, read-only, unless --write names them. With --review --json the answer is one object "
                + "on standard output, nothing is asked, and what the program says goes to standard error.",
                "With --audit it may do as much and as little, and takes longer; afterwards you see what it tried: keys and files that are "
                + "there and were not shown to it, what it wanted to write and might not, hosts, services of this machine, programs; and "
                + "what would grant it. With --json that is one object on standard output, as with --review.",
                "The exit code is the program's own; 125 when Sandpiper refused or failed before it started, 126 when it is not "
                + "executable, 127 when there is none of that name, 4 when there is no sandbox to be had here.",
            ]);
        command.Arguments.Add(program);
        command.Options.Add(env);
        GrantOptions granted = GrantOptions.AddTo(command, "nothing was run");
        command.Options.Add(cwd);
        command.Options.Add(home);
        Option<TimeSpan?> timeout = RunTime.Option();
        Option<long?> memory = MemoryLimit.Option();
        Option<int?> processors = ProcessorLimit.Option();
        command.Options.Add(timeout);
        command.Options.Add(memory);
        command.Options.Add(processors);
        TextOption kernel = NotebookKernel.Option();
        command.Options.Add(kernel);
        Option<bool> review = RunReview.Option();
        command.Options.Add(review);
        Option<bool> audit = RunAudit.Option();
        command.Options.Add(audit);
        command.Options.Add(explain);
        command.AnswersWithJson = parsed => ((Option<bool>[])[explain, review, audit]).Any(parsed.GetValue);
        command.Runs((session, parsed) =>
        {
            string[] words = parsed.GetValue(program)!;
            // All that is no option of ours counts as the program: a mistyped grant would be looked for on PATH.
            if (words[0].StartsWith('-')) throw new ExplainedException(WrongWords.NoOption(words[0], parsed.CommandResult.Command));
            Grants typed = granted.Chosen(parsed, Callers.FullPath) with
            {
                ShowCurrentDirectory = ShownDirectory.IsAsked(parsed.GetValue(cwd), parsed),
            };
            NotebookConnection? notebook = parsed.GetValue(kernel) is { } file ? NotebookKernel.Read(file) : null;
            if (notebook is not null) words = NotebookKernel.Told(words);
            var run = new ConfinedRun(session, parsed.GetValue(env)!, words, typed)
            {
                Early = early,
                Notebook = notebook,
                HasFreshHome = IsFresh(parsed.GetValue(home)),
                Limit = parsed.GetValue(timeout),
                Memory = parsed.GetValue(memory),
                Processors = parsed.GetValue(processors),
                IsReviewed = parsed.GetValue(review),
                IsAudited = parsed.GetValue(audit),
                // A review asks for what it made, and a second run would be a second object for whoever reads one.
                MayAsk = !parsed.GetValue(review) && !(parsed.GetValue(audit) && session.Json),
            };
            return parsed.GetValue(explain) ? run.Explain() : run.Start();
        });
        return command;
    }

    private static bool IsFresh(string? home) => home switch
    {
        null or "kept" => false,
        "fresh" => true,
        _ => throw new ExplainedException(new(
            ExitCode.WrongUsage, $"`--home {home}` is not supported; nothing was run", "kept or fresh is meant", "sandpiper help run")),
    };
}
