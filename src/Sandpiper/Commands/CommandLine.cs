using System.CommandLine;
using System.CommandLine.Invocation;
using System.Reflection;
using Sandpiper.Console;

namespace Sandpiper.Commands;

/// <summary>The whole command line: which commands there are, and what becomes of a wrong word or an error.</summary>
internal static class CommandLine
{
    // In the order of the help.
    private static (string Name, Func<Command> Build)[] Commands(EarlySandbox? early) =>
    [
        ("install", InstallCommand.Build),
        ("uninstall", UninstallCommand.Build),
        ("list", ListCommand.Build),
        ("show", ShowCommand.Build),
        ("freeze", FreezeCommand.Build),
        ("run", () => RunCommand.Build(early)),
        ("python", () => PythonCommand.Build(early)),
        ("try", TryCommand.Build),
        ("review", ReviewCommand.Build),
        ("verify", VerifyCommand.Build),
        ("repair", RepairCommand.Build),
        ("history", HistoryCommand.Build),
        ("diff", DiffCommand.Build),
        ("why", WhyCommand.Build),
        ("rollback", RollbackCommand.Build),
        ("allow", AllowCommand.Build),
        ("home", HomeCommand.Build),
        ("doctor", DoctorCommand.Build),
        ("assess", AssessCommand.Build),
        ("audit", AuditCommand.Build),
        ("adopt", AdoptCommand.Build),
        ("env", EnvCommand.Build),
        ("gc", GcCommand.Build),
        ("held", HeldCommand.Build),
        ("cache", CacheCommand.Build),
        ("purge", PurgeCommand.Build),
        ("demo", DemoCommand.Build),
        ("completion", CompletionCommand.Build),
        (AfterChange.Name, AfterChange.Build),
        (ByteCodeCommand.OfWheel, ByteCodeCommand.Build),
    ];

    /// <summary>Runs what <paramref name="args"/> say; the only place that catches everything.</summary>
    public static int Run(string[] args, EarlySandbox? early)
    {
        ParseResult parsed = Parsed(args, early);
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
            // Where a program has standard output, the answer goes where that led before.
            return (int)Fail(parsed, error, interruption, terminal, Session.Answering ?? terminal);
        }
    }

    /// <summary>Says why, in words, and with <c>--json</c> as the one object where there was none yet.</summary>
    /// <param name="terminal">For the words.</param>
    /// <param name="answering">For the object.</param>
    internal static ExitCode Fail(
        ParseResult parsed, Exception error, Interruption? interruption, Terminal terminal, Terminal answering)
    {
        Explanation explanation = Explanations.Of(error).WithoutSecretsOf(parsed.Tokens.Select(token => token.Value));
        if (explanation.Exit == ExitCode.Interrupted && interruption is { Exit: var signal })
            explanation = explanation with { Exit = signal };
        // 1, 2 and 3 are what programs end with: where the program's own code is passed on, ours must be told from it.
        if (PassesOn(parsed) && explanation.Exit is (ExitCode.CouldNot or ExitCode.WrongUsage or ExitCode.Refused))
        {
            explanation = explanation with { Exit = ExitCode.RunFailed };
        }
        else if (explanation.Exit is ExitCode.RunFailed && !PassesOn(parsed))
        {
            // A grant that cannot be given, to a command that starts nothing.
            explanation = explanation with { Exit = ExitCode.CouldNot };
        }
        explanation.Write(terminal);
        if (IsForJson(parsed) && !answering.IsAnswered) JsonAnswer.Write(answering, explanation);
        foreach (Terminal written in (Terminal[])[answering, terminal])
        {
            try
            {
                written.Flush();
            }
            catch (ExplainedException lost)
            {
                // The object, on a full disk: the command has failed already, and for another reason.
                lost.Explanation.Write(terminal);
            }
        }
        return explanation.Exit;
    }

    private static bool IsForJson(ParseResult parsed) => parsed.GetResult(GlobalOptions.Json) is { Implicit: false }
        && parsed.CommandResult.Command is not TaughtCommand { HasJson: false }
        && (parsed.CommandResult.Command as TaughtCommand)?.AnswersWithJson(parsed) is not false;

    private static bool PassesOn(ParseResult parsed) => parsed.CommandResult.Command.Name is "run" or "python" or "try";

    // Signals are a wish where an action takes a token. A program that runs confined gets them itself, and what is over at once just ends.
    private static int Invoke(ParseResult parsed, out Interruption? interruption)
    {
        var configuration = new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null };
        interruption = null;
        if (parsed.Action is not { ClearsParseErrors: true }) OpenFiles.MustBeEnough();
        if (parsed.Action is not AsynchronousCommandLineAction) return parsed.Invoke(configuration);
        // Never disposed: until the process has ended a signal could take the last line along, and the exit code.
        interruption = new Interruption(Session.Time);
        int code = parsed.InvokeAsync(configuration, interruption.Token).GetAwaiter().GetResult();
        // What stopped where it could knows that somebody asked for it, and not how.
        return code == (int)ExitCode.Interrupted && interruption.Token.IsCancellationRequested ? (int)interruption.Exit : code;
    }

    // Thirty commands with their options and pages take a millisecond, and one is wanted. What is wrong, or asks for help, is read again
    // with all of them: what was meant may be another.
    private static ParseResult Parsed(string[] args, EarlySandbox? early)
    {
        if (Named(args, early) is { } named)
        {
            Command root = Root();
            root.Subcommands.Add(named());
            ParseResult parsed = Parse(root, args);
            if (parsed.Action is { ClearsParseErrors: false } && parsed.Errors.Count == 0) return parsed;
        }
        return Parse(Build(early), args);
    }

    /// <summary>What builds the one command that is meant, where nothing stands before it but switches; else null.</summary>
    private static Func<Command>? Named(string[] args, EarlySandbox? early)
    {
        foreach (string word in args)
        {
            if (word is not ("-q" or "--quiet" or "-v" or "--verbose" or "--json" or "--no-progress" or "--offline"))
                return Array.Find(Commands(early), command => string.Equals(command.Name, word, StringComparison.Ordinal)).Build;
        }
        return null;
    }

    public static ParseResult Parse(Command root, string[] args) =>
        root.Parse(WithEmptyValuesKept(WithProgramArgumentsKept(args)), Reading());

    /// <summary>How words are read, when they are run and when they are completed.</summary>
    public static ParserConfiguration Reading() => new()
    {
        // By default any argument that begins with `@` is read as a file of arguments.
        ResponseFileTokenReplacer = null,
        EnablePosixBundling = true,
    };

    /// <summary>All of them.</summary>
    /// <param name="early">For what runs a program; null: none is begun.</param>
    public static Command Build(EarlySandbox? early = null)
    {
        Command root = Root();
        foreach (var (_, build) in Commands(early)) root.Subcommands.Add(build());
        root.Subcommands.Add(CompletionCommand.BuildSuggestions(root));
        root.Subcommands.Add(HelpCommand.Build(root));
        return root;
    }

    // The parser's own root command, and its options of these names, look up the program's name and words that are never shown.
    private static Command Root()
    {
        var root = new Command("sandpiper", "Sandpiper installs and runs Python packages without trusting them.");
        root.Options.Add(Asking("--help", "this help", new HelpPage(), "-h"));
        root.Options.Add(Asking("--version", "the version", new PrintVersion()));
        foreach (Option option in GlobalOptions.All) root.Options.Add(option);
        return root;
    }

    private static Option<bool> Asking(string name, string description, CommandLineAction answer, params string[] aliases) =>
        new(name, aliases) { Description = description, Action = answer, Arity = ArgumentArity.Zero, Recursive = true };

    /// <summary>`--version`: what this is, and nothing else.</summary>
    public static string Version =>
        typeof(CommandLine).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "0";

    // Everything after `python` is Python's, options that look like ours included: `sandpiper python -v -c …`. Only of `--env`, which
    // Python has not, the first one is ours, as with every command.
    private static string[] WithProgramArgumentsKept(string[] args)
    {
        int command = 0;
        while (command < args.Length && args[command].StartsWith('-')) command += args[command] is "--root" or "--color" ? 2 : 1;
        if (command >= args.Length || !string.Equals(args[command], "python", StringComparison.Ordinal)) return args;
        int first = command + 1 + args.ElementAtOrDefault(command + 1) switch
        {
            "--env" => 2,
            ['-', '-', 'e', 'n', 'v', '=', ..] => 1,
            _ => 0,
        };
        return [.. args.Take(first), "--", .. args.Skip(first)];
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

    private sealed class PrintVersion : SynchronousCommandLineAction
    {
        public override bool ClearsParseErrors => true;

        public override int Invoke(ParseResult parseResult)
        {
            Terminal terminal = Session.TerminalOf(parseResult);
            terminal.Line($"sandpiper {Version}");
            terminal.Flush();
            return (int)ExitCode.Done;
        }
    }
}
