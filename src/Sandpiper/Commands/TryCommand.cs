using System.Collections.Immutable;
using System.CommandLine;
using Sandpiper.Console;
using Sandpiper.Environments.Generations;
using Sandpiper.Interpreters;
using Sandpiper.Operations;
using Sandpiper.Operations.Collecting;
using Sandpiper.Packaging.Names;
using Sandpiper.Packaging.Requirements;
using Sandpiper.Policies;
using Sandpiper.Sandbox.Profiles;
using Sandpiper.Sandbox.Terminals;
using Sandpiper.Store;

namespace Sandpiper.Commands;

/// <summary><c>try</c>: a package once, confined, in an environment of its own that is gone afterwards.</summary>
internal static class TryCommand
{
    public static Command Build()
    {
        var words = new Argument<string[]>("REQ") { CaptureRemainingTokens = true, Arity = ArgumentArity.OneOrMore };
        var program = new TextOption("--command")
        {
            HelpName = "NAME",
            Description = "the command to run; default: that of the package's name, or its only one",
        };
        var python = new TextOption("--python")
        {
            HelpName = "PATH",
            Description = "the interpreter; default: the first python3 of 3.8 or later",
        };
        var pre = new Option<bool>("--pre") { Description = "pre-releases count like releases" };
        var command = new TaughtCommand("try", "run a package once, confined, in a throw-away environment",
            [
                new("sandpiper try black --check .", "its command, with these words"),
                new("sandpiper try 'black<25' --version", "a version of your choice"),
                new("sandpiper try --command python requests -c 'import requests'", "a package without a command"),
                new("sandpiper try --write . black .", "may also write here, this once"),
                new("sandpiper try --review black .", "writes a copy; take what you like"),
                new("sandpiper try --audit black --check .", "and what did it try?"),
            ],
            [
                "Your environments stay as they are, and nothing that you allowed for them counts. The program may do what `sandpiper run` "
                + "lets a program do without grants, and has a home that is gone afterwards; what it is granted here holds for this once.",
                "A package that `install` refuses for what it would do at every start of Python, or for a RECORD that does not say what is "
                + "in its wheel, can be looked at here: what speaks against it is told, and it runs confined. Its wheels stay in the "
                + "store, so that the same is not fetched twice, until `sandpiper gc`.",
                "Options for `try` stand before the package; all words after it are its command's. The exit code is the program's own; "
                + "125 when it was not started. --json is for --review and --audit, as with `run`.",
            ]);
        command.Arguments.Add(words);
        command.Options.Add(program);
        command.Options.Add(python);
        command.Options.Add(pre);
        GrantOptions granted = GrantOptions.AddTo(command, "nothing was run");
        TextOption cwd = ShownDirectory.Option();
        Option<TimeSpan?> timeout = RunTime.Option();
        Option<long?> memory = MemoryLimit.Option();
        Option<int?> processors = ProcessorLimit.Option();
        Option<bool> review = RunReview.Option();
        Option<bool> audit = RunAudit.Option();
        command.Options.Add(review);
        command.Options.Add(audit);
        command.AnswersWithJson = parsed => parsed.GetValue(review) || parsed.GetValue(audit);
        command.Options.Add(cwd);
        command.Options.Add(timeout);
        command.Options.Add(memory);
        command.Options.Add(processors);
        IndexOptions index = IndexOptions.AddTo(command);
        command.Runs((session, parsed) =>
        {
            string[] typed = parsed.GetValue(words)!;
            if (typed[0].StartsWith('-')) throw new ExplainedException(WrongWords.NoOption(typed[0], parsed.CommandResult.Command));
            RequirementsFile asked = RequirementLines.Of([typed[0]], [], []);
            PackageName package = asked.Lines[0].Requirement.Name;
            Grants grants = granted.Chosen(parsed, Callers.FullPath) with
            {
                ShowCurrentDirectory = ShownDirectory.IsAsked(parsed.GetValue(cwd), parsed),
            };
            ImmutableArray<Uri> addresses = index.Chosen(parsed, asked, session.Terminal);
            using ThrowAwayEnvironment throwAway = ThrowAwayEnvironment.Begin(session.Context);
            var request = new InstallationRequest
            {
                Environment = throwAway.Name,
                Lines = asked.Lines,
                Prereleases = parsed.GetValue(pre),
                IsForOneRun = true,
            };
            Install(session, request, parsed.GetValue(python), addresses);
            Generation made = EnvironmentOptions.CurrentOf(EnvironmentOptions.Open(session, throwAway.Name));
            var store = new WheelStore(session.Places.Root);
            TellWhatIsThere(session.Terminal, made, package, store);
            string name = parsed.GetValue(program) ?? CommandOf(made, package, store);
            session.Terminal.Flush();
            return new ConfinedRun(session, throwAway.Name, [name, .. typed[1..]], grants)
            {
                HasFreshHome = true,
                IsReviewed = parsed.GetValue(review),
                IsAudited = parsed.GetValue(audit),
                Limit = parsed.GetValue(timeout),
                Memory = parsed.GetValue(memory),
                Processors = parsed.GetValue(processors),
                Again = grant => $"sandpiper try {grant} {string.Join(' ', Typed(parsed).Select(InShell.Quoted))}",
            }.Start();
        });
        return command;
    }

    private static IEnumerable<string> Typed(ParseResult parsed) => parsed.Tokens
        .SkipWhile(token => token.Type is not System.CommandLine.Parsing.TokenType.Command).Skip(1)
        .Select(token => WithoutSecrets.OfWord(token.Value));

    // Ctrl-C is a wish here, and the program's own business later.
    private static void Install(Session session, InstallationRequest request, string? python, ImmutableArray<Uri> addresses)
    {
        TaughtCommand.MustHaveThreads();
        using var interruption = new Interruption(Session.Time);
        try
        {
            InstallAsync(session, request, python, addresses, interruption.Token).GetAwaiter().GetResult();
        }
        catch (OperationCanceledException stopped) when (interruption.Token.IsCancellationRequested)
        {
            throw new ExplainedException(Explanations.Of(stopped) with { Exit = interruption.Exit });
        }
    }

    private static async Task InstallAsync(
        Session session, InstallationRequest request, string? python, ImmutableArray<Uri> addresses, CancellationToken cancel)
    {
        var interpreter = new Lazy<Interpreter>(() => new InterpreterSearch(new InterpreterProbe(session.Places.InterpreterCache))
            .Find(python, Environment.GetEnvironmentVariable("PATH")));
        InstallationOutcome outcome =
            await ShownInstallation.DoAsync(session, interpreter, seen: null, request, addresses, isBrief: true, cancel);
        if (outcome is InstallationOutcome.Unsolvable { Why: var why }) throw new ExplainedException(ResolutionWords.Explain(why));
    }

    private static void TellWhatIsThere(Terminal terminal, Generation made, PackageName package, WheelStore store)
    {
        InstalledPackage asked = made.Packages.First(p => p.Name == package);
        int others = made.Packages.Length - 1;
        terminal.Note(Inked.Dim($"sandpiper: {asked.Name} {asked.Version}{(others > 0 ? $" and {others:N0} more" : "")}, for this once"));
        foreach (InstalledPackage installed in made.Packages.Where(p => p.Accepted.Any(a => a.Waiver is null)))
        {
            ImmutableArray<Finding> findings = store.Find(installed.Digest)?.Findings ?? [];
            foreach (Acceptance accepted in installed.Accepted.Where(a => a.Waiver is null))
            {
                Finding? finding = findings.FirstOrDefault(f => string.Equals(f.Rule, accepted.Rule, StringComparison.Ordinal));
                string what = finding is null ? accepted.Path : FindingWords.Of(finding);
                terminal.Note(Inked.Yellow(
                    $"sandpiper: `install` would refuse {installed.Name} {installed.Version} ({accepted.Rule}): {what}"));
            }
        }
    }

    private static string CommandOf(Generation made, PackageName name, WheelStore store)
    {
        InstalledPackage package = made.Packages.First(p => p.Name == name);
        SealedWheel wheel = store.Find(package.Digest)
            ?? throw new StoreDamagedException(package.Digest, "its entry in the store is gone");
        string[] own = [.. made.Destination.PathsOf(wheel, package.Name, package.Version).Select(made.Destination.ScriptOf)
            .OfType<string>().Intersect(made.Commands, StringComparer.Ordinal).Order(StringComparer.Ordinal)];
        if (own.Length == 1) return own[0];
        if (own.FirstOrDefault(c => PackageName.TryParse(c, out PackageName like, out _) && like == name) is { } called) return called;
        throw own.Length == 0
            ? new ExplainedException(new(ExitCode.RunFailed, $"`{name}` has no command; nothing was run",
                "Python can be run with it", $"sandpiper try --command python {name} -c 'import …'"))
            : new ExplainedException(new(ExitCode.RunFailed,
                $"`{name}` has {own.Length} commands, none of them of its name; nothing was run",
                VisibleText.Of(string.Join(", ", own)), $"sandpiper try --command {InShell.Quoted(own[0])} {name}"));
    }
}
