using System.CommandLine;
using System.CommandLine.Help;
using System.Reflection;
using Sandpiper.Console;

namespace Sandpiper.Commands;

/// <summary>The whole command line: which commands there are, and what becomes of a wrong word or an error.</summary>
internal static class CommandLine
{
    /// <summary>Runs what <paramref name="args"/> say; the only place that catches everything.</summary>
    public static int Run(string[] args, EarlySandbox? early)
    {
        RootCommand root = Build(early);
        ParseResult parsed = Parse(root, args);
        Interruption? interruption = null;
        try
        {
            if (args.Length == 0) return FirstContact(parsed);
            if (parsed.Action is not { ClearsParseErrors: true } && WrongWords.In(parsed) is { } wrong) throw new ExplainedException(wrong);
            return Invoke(parsed, out interruption);
        }
        catch (Exception error)
        {
            Terminal terminal = Session.TerminalOf(parsed);
            Explanation explanation = Explanations.Of(error);
            if (explanation.Exit == ExitCode.Interrupted && interruption is { Exit: var signal })
                explanation = explanation with { Exit = signal };
            // 1, 2 and 3 are what programs end with: where the program's own code is passed on, ours must be told from it.
            if (parsed.CommandResult.Command.Name is "run" or "python" or "try"
                && explanation.Exit is (ExitCode.CouldNot or ExitCode.WrongUsage or ExitCode.Refused))
            {
                explanation = explanation with { Exit = ExitCode.RunFailed };
            }
            explanation.Write(terminal);
            terminal.Flush();
            return (int)explanation.Exit;
        }
    }

    // Signals are a wish where an action takes a token. A program that runs confined gets them itself, and what is over at once just ends.
    private static int Invoke(ParseResult parsed, out Interruption? interruption)
    {
        var configuration = new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null };
        interruption = null;
        if (parsed.Action is not System.CommandLine.Invocation.AsynchronousCommandLineAction) return parsed.Invoke(configuration);
        // Never disposed: until the process has ended a signal could take the last line along, and the exit code.
        interruption = new Interruption(Session.Time);
        return parsed.InvokeAsync(configuration, interruption.Token).GetAwaiter().GetResult();
    }

    public static ParseResult Parse(RootCommand root, string[] args) =>
        root.Parse(WithEmptyValuesKept(WithProgramArgumentsKept(args)), Reading());

    /// <summary>How words are read, when they are run and when they are completed.</summary>
    public static ParserConfiguration Reading() => new()
    {
        // By default any argument that begins with `@` is read as a file of arguments.
        ResponseFileTokenReplacer = null,
        EnablePosixBundling = true,
    };

    /// <param name="early">For what runs a program; null: none is begun.</param>
    public static RootCommand Build(EarlySandbox? early = null)
    {
        var root = new RootCommand("Sandpiper installs and runs Python packages without trusting them.");
        root.Directives.Clear();
        root.Options.Clear();
        root.Options.Add(new HelpOption("--help", "-h") { Description = "this help", Action = new HelpPage(), Recursive = true });
        root.Options.Add(new VersionOption("--version") { Description = "the version", Action = new PrintVersion(), Recursive = true });
        foreach (Option option in GlobalOptions.All) root.Options.Add(option);

        root.Subcommands.Add(InstallCommand.Build());
        root.Subcommands.Add(UninstallCommand.Build());
        root.Subcommands.Add(ListCommand.Build());
        root.Subcommands.Add(ShowCommand.Build());
        root.Subcommands.Add(FreezeCommand.Build());
        root.Subcommands.Add(RunCommand.Build(early));
        root.Subcommands.Add(PythonCommand.Build(early));
        root.Subcommands.Add(TryCommand.Build());
        root.Subcommands.Add(ReviewCommand.Build());
        root.Subcommands.Add(VerifyCommand.Build());
        root.Subcommands.Add(RepairCommand.Build());
        root.Subcommands.Add(HistoryCommand.Build());
        root.Subcommands.Add(DiffCommand.Build());
        root.Subcommands.Add(WhyCommand.Build());
        root.Subcommands.Add(RollbackCommand.Build());
        root.Subcommands.Add(AllowCommand.Build());
        root.Subcommands.Add(HomeCommand.Build());
        root.Subcommands.Add(DoctorCommand.Build());
        root.Subcommands.Add(AssessCommand.Build());
        root.Subcommands.Add(AuditCommand.Build());
        root.Subcommands.Add(AdoptCommand.Build());
        root.Subcommands.Add(EnvCommand.Build());
        root.Subcommands.Add(GcCommand.Build());
        root.Subcommands.Add(HeldCommand.Build());
        root.Subcommands.Add(CacheCommand.Build());
        root.Subcommands.Add(PurgeCommand.Build());
        root.Subcommands.Add(DemoCommand.Build());
        root.Subcommands.Add(CompletionCommand.Build());
        root.Subcommands.Add(CompletionCommand.BuildSuggestions(root));
        root.Subcommands.Add(AfterChange.Build());
        root.Subcommands.Add(ByteCodeCommand.Build());
        root.Subcommands.Add(HelpCommand.Build(root));
        return root;
    }

    /// <summary>`--version`: what this is, and nothing else.</summary>
    public static string Version =>
        typeof(CommandLine).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "0";

    // Everything after `python` is Python's, options that look like ours included: `sandpiper python -v -c …`.
    private static string[] WithProgramArgumentsKept(string[] args)
    {
        int command = 0;
        while (command < args.Length && args[command].StartsWith('-')) command += args[command] is "--root" or "--color" ? 2 : 1;
        return command < args.Length && string.Equals(args[command], "python", StringComparison.Ordinal)
            ? [.. args[..(command + 1)], "--", .. args[(command + 1)..]]
            : args;
    }

    // The parser would take the next word for the value of `--env=`. The words of a program are not ours to split.
    private static string[] WithEmptyValuesKept(string[] args) => args.Any(a => a is "--" or "run")
        ? args
        : [.. args.SelectMany(a => a.StartsWith("--", StringComparison.Ordinal) && a.IndexOf('=') == a.Length - 1
            ? [a[..^1], ""] : (string[])[a])];

    private static int FirstContact(ParseResult parsed)
    {
        Terminal terminal = Session.TerminalOf(parsed);
        HelpPage.WriteFirstContact(terminal);
        terminal.Flush();
        return (int)ExitCode.Done;
    }

    private sealed class PrintVersion : System.CommandLine.Invocation.SynchronousCommandLineAction
    {
        public override int Invoke(ParseResult parseResult)
        {
            Terminal terminal = Session.TerminalOf(parseResult);
            terminal.Line($"sandpiper {Version}");
            terminal.Flush();
            return (int)ExitCode.Done;
        }
    }
}
