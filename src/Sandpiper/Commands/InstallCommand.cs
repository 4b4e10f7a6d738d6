using System.Collections.Immutable;
using System.CommandLine;
using Sandpiper.Console;
using Sandpiper.Environments.Generations;
using Sandpiper.Environments.Ledger;
using Sandpiper.Interpreters;
using Sandpiper.Kernel.Processes;
using Sandpiper.Operations;

namespace Sandpiper.Commands;

/// <summary><c>install</c>: add packages to an environment, all or nothing.</summary>
internal static class InstallCommand
{
    private const string Symlink = "symlink", Hardlink = "hardlink";
    private const string Now = "now", Background = "background", Never = "never";

    public static Command Build()
    {
        var requirements = new Argument<string[]>("REQ") { Arity = ArgumentArity.ZeroOrMore };
        var files = new Option<string[]>("-r", "--requirement")
        {
            HelpName = "FILE",
            Description = "requirements file, hashes and includes understood; `-`: standard input; may be repeated",
        };
        var constraints = new Option<string[]>("-c", "--constraint")
        {
            HelpName = "FILE",
            Description = "limits that are not installed by themselves",
        };
        var upgrade = new Option<bool>("-U", "--upgrade") { Description = "the newest versions that fit of these and of what they need" };
        var upgradePackages = new Option<string[]>("--upgrade-package", "-P")
        {
            HelpName = "NAME",
            Description = "the newest version of this one",
        };
        Option<string> env = EnvironmentOptions.Env();
        var python = new TextOption("--python")
        {
            HelpName = "PATH",
            Description = "the interpreter, for a new environment or one whose own is gone; default: the first python3 of 3.8 or later",
        };
        var noDeps = new Option<bool>("--no-deps") { Description = "exactly these, nothing they depend on" };
        var requireHashes = new Option<bool>("--require-hashes")
        {
            Description = "every package must have a --hash in a requirements file",
        };
        var pre = new Option<bool>("--pre") { Description = "pre-releases count like releases" };
        var excludeNewer = new Option<DateTimeOffset?>("--exclude-newer", "--uploaded-prior-to")
        {
            HelpName = "WHEN",
            Description = "leave out what was uploaded later: a date, or an age such as `3 days` or `12h`",
            Arity = ArgumentArity.OneOrMore,
            CustomParser = Moments.Parse,
        };
        var omitHooks = new Option<bool>("--omit-hooks")
        {
            Description = "install packages without their start-up hooks instead of refusing them",
        };
        var linkMode = new TextOption("--link-mode")
        {
            HelpName = "MODE",
            Description = "how sealed files come in, now and later: `symlink`, one link a package (default), or `hardlink`, one a file",
        };
        linkMode.CompletionSources.Add(Symlink, Hardlink);
        linkMode.Validators.Add(result =>
        {
            if (result.Tokens is [.., var last] && last.Value is var mode and not (Symlink or Hardlink))
                result.AddError($"`{mode}` is no link mode: `{Symlink}` or `{Hardlink}`");
        });
        var compile = new TextOption("--compile")
        {
            HelpName = "WHEN",
            Description = "byte code, made in a sandbox, now and later: `background`, after the command (default), `now`, or `never`",
        };
        compile.CompletionSources.Add(Now, Background, Never);
        compile.Validators.Add(result =>
        {
            if (result.Tokens is [.., var last] && last.Value is var when and not (Now or Background or Never))
                result.AddError($"`--compile {when}` is not known: `{Now}`, `{Background}` or `{Never}`");
        });
        var tool = new Option<bool>("--tool")
        {
            Description = "each in an environment of its own, named after it, and its commands on your PATH; with -U alone: all of them",
        };
        var with = new Option<string[]>("--with")
        {
            HelpName = "REQ",
            Description = "with --tool: this in the same environment, without its commands; may be repeated",
        };
        var take = new Option<string[]>("--take")
        {
            HelpName = "COMMAND",
            Description = "this command on your PATH becomes this environment's, whichever has it; may be repeated",
        };
        var dryRun = new Option<bool>("--dry-run") { Description = "say what would be done, do nothing" };

        var command = new TaughtCommand("install", "add packages to an environment",
            [
                new("sandpiper install matplotlib requests", "into your shared environment"),
                new("sandpiper install -r requirements.txt", "with hashes, if it has them"),
                new("sandpiper install -U requests", "the newest version"),
                new("sandpiper install --env scratch six", "into an environment of its own"),
                new("sandpiper install --tool black", "a tool by itself, on your PATH"),
                new("sandpiper install --dry-run flask", "what would that bring?"),
            ],
            [
                "Only wheels are installed; no code of a package runs. What a wheel holds is compared with what it says of itself and with "
                + "the index before anything changes; the environment is then switched to its next generation "
                + "in one step, or left as it was.",
                "A command on your PATH is that of one environment. One that another has already is asked about, and without a terminal "
                + "left where it is: then `--tool` does nothing, and `--take` decides.",
            ]);
        command.Arguments.Add(requirements);
        Option[] options =
            [files, constraints, upgrade, upgradePackages, env, python, noDeps, requireHashes, pre, excludeNewer, omitHooks, linkMode,
                compile, tool, with, take, dryRun];
        foreach (Option option in options) command.Options.Add(option);
        LimitOptions limits = LimitOptions.AddTo(command);
        IndexOptions index = IndexOptions.AddTo(command);

        command.Runs(async (session, parsed, cancel) =>
        {
            OtherCores.Expect();
            var lines = RequirementLines.Of(
                parsed.GetValue(requirements) ?? [], parsed.GetValue(files) ?? [], parsed.GetValue(constraints) ?? []);
            bool isTool = parsed.GetValue(tool);
            // A file that is empty or not filled in yet is one all the same; a command without any is a mistake.
            if (!lines.Lines.Any(l => !l.IsConstraint) && parsed.GetValue(files) is null or []
                && !(isTool && parsed.GetValue(upgrade)))
            {
                throw new ExplainedException(new(ExitCode.WrongUsage, "nothing to install was named",
                    "name packages, or a requirements file with -r", "sandpiper help install"));
            }
            var request = new InstallationRequest
            {
                Environment = parsed.GetValue(env)!,
                Lines = lines.Lines,
                FollowDependencies = !parsed.GetValue(noDeps),
                NamesIndexes = index.AreNamed(parsed, lines),
                UpgradeAll = parsed.GetValue(upgrade),
                Upgrade = [.. (parsed.GetValue(upgradePackages) ?? []).Select(RequirementLines.NameOf)],
                Prereleases = parsed.GetValue(pre) || lines.Pre,
                ExcludeNewer = parsed.GetValue(excludeNewer),
                RequireHashes = parsed.GetValue(requireHashes) || lines.RequireHashes,
                LeaveHooksOut = parsed.GetValue(omitHooks),
                Limits = limits.Chosen(parsed),
                LinkMode = parsed.GetValue(linkMode) switch
                {
                    Symlink => LinkMode.Symlink,
                    Hardlink => LinkMode.Hardlink,
                    _ => null,
                },
                ShowsByteCode = parsed.GetValue(compile) switch
                {
                    null => null,
                    Never => false,
                    _ => true,
                },
                Taking = [.. parsed.GetValue(take) ?? []],
                DryRun = parsed.GetValue(dryRun),
            };
            var way = new Way(parsed.GetValue(python), parsed.GetValue(compile) is Now, index.Chosen(parsed, lines, session.Terminal));
            string[] added = parsed.GetValue(with) ?? [];
            if (isTool)
            {
                // Which of its lines would be the tool, nobody says.
                if (parsed.GetValue(files) is { Length: > 0 })
                    throw new ExplainedException(new(ExitCode.WrongUsage, "`--tool` takes names, not a file", "each gets an environment"));
                bool isNamed = parsed.GetResult(env) is { Implicit: false };
                return await InstallToolsAsync(session, ToolRequests.Of(session, request, added, isNamed), way, cancel);
            }
            if (added.Length > 0)
                throw new ExplainedException(new(ExitCode.WrongUsage, "`--with` is for `--tool`", "name it with the others"));
            return await InstallAsync(session, request, way, cancel);
        });
        return command;
    }

    // By which interpreter, from where.
    private sealed record Way(string? Python, bool CompilesNow, ImmutableArray<Uri> Addresses);

    private static async Task<int> InstallAsync(Session session, InstallationRequest request, Way way, CancellationToken cancel)
    {
        ManagedEnvironment environment = EnvironmentOptions.Open(session, request.Environment);
        if (AsksForNothing(request)) return ReportNothing(session, environment, "no file names a package");
        Generation? current = CurrentGeneration.Read(environment);
        var interpreter = new Lazy<Interpreter>(() => InterpreterOf(session, environment, current, way.Python));
        bool isForAnyPython = request.Lines.Any(line => !line.IsConstraint && line.Requirement.Marker is null);
        if (!isForAnyPython && AsksForNothing(request.For(interpreter.Value.Markers)))
            return ReportNothing(session, environment, $"no line applies to Python {interpreter.Value.Version} on this machine");
        EnvironmentChange change = await ChangeAsync(session, request, way, interpreter, current, cancel);
        ChangeReport.Write(session, "install", environment.Name, change, request.DryRun);
        if (change is { IsNew: true, Generation: 1 } && environment.IsShared) PathHint.Write(session);
        return (int)ExitCode.Done;
    }

    private static async Task<int> InstallToolsAsync(
        Session session, ImmutableArray<InstallationRequest> requests, Way way, CancellationToken cancel)
    {
        var report = new ToolReport(session);
        foreach (InstallationRequest request in requests)
        {
            ManagedEnvironment environment = EnvironmentOptions.Open(session, request.Environment);
            Generation? current = CurrentGeneration.Read(environment);
            var interpreter = new Lazy<Interpreter>(() => InterpreterOf(session, environment, current, way.Python));
            report.Add(request, environment, await ChangeAsync(session, request, way, interpreter, current, cancel));
        }
        report.End();
        return (int)ExitCode.Done;
    }

    private static async Task<EnvironmentChange> ChangeAsync(Session session, InstallationRequest request, Way way,
        Lazy<Interpreter> interpreter, Generation? current, CancellationToken cancel)
    {
        request = request with { StopsAtHeldNames = true };
        while (true)
        {
            InstallationOutcome outcome = await ShownInstallation.DoAsync(
                session, interpreter, current, request, way.Addresses, isBrief: !request.StopsAtHeldNames, cancel);
            switch (outcome)
            {
                case InstallationOutcome.Unsolvable unsolvable:
                    Explanation why = ResolutionWords.Explain(unsolvable.Why);
                    throw new ExplainedException(
                        why with { Hints = [.. why.Hints, .. unsolvable.Elsewhere.Select(IndexWords.AskToo)] });
                case InstallationOutcome.NoCommands none:
                    throw ToolRequests.WithoutCommands(none);
                case InstallationOutcome.NamesHeld { Held: var held }:
                    request = new NameQuestion(session, cancel).Answered(request, held);
                    continue;
            }
            EnvironmentChange change = ((InstallationOutcome.Changed)outcome).Change;
            ChangeReport.IsDone(session, request.Environment, change, request.DryRun);
            if (way.CompilesNow && !request.DryRun) ByteCodeJob.Run(session, request.Environment, change, cancel);
            AfterChange.Start(session, request.Environment, way.CompilesNow ? change with { LacksByteCode = false } : change);
            return change;
        }
    }

    private static bool AsksForNothing(InstallationRequest request) => request.Lines.All(line => line.IsConstraint);

    private static int ReportNothing(Session session, ManagedEnvironment environment, string why)
    {
        ChangeReport.WriteNothing(session, "install", environment.Name, environment.Current, why);
        return (int)ExitCode.Done;
    }

    // An environment keeps the interpreter that it was made for: its native packages were chosen for it.
    private static Interpreter InterpreterOf(Session session, ManagedEnvironment environment, Generation? seen, string? python)
    {
        var search = new InterpreterSearch(new InterpreterProbe(session.Places.InterpreterCache));
        string? searchPath = Environment.GetEnvironmentVariable("PATH");
        if (seen is not { } current) return search.Find(python, searchPath);
        if (python is null) return EnvironmentOptions.InterpreterOf(session, current);
        Interpreter asked = search.Find(python, searchPath);
        bool isOwn = string.Equals(asked.VersionedName, current.PythonName, StringComparison.Ordinal)
            && string.Equals(asked.Path, current.Python, StringComparison.Ordinal);
        // When its own is gone, the one that was named takes its place, of whatever version: what does not fit it is chosen anew.
        return isOwn || new EnvironmentInterpreter(new InterpreterProbe(session.Places.InterpreterCache), searchPath).Own(current) is null
            ? asked
            : throw new ExplainedException(new(ExitCode.CouldNot,
                $"`{environment.Name}` belongs to {current.Python} ({current.PythonName}); nothing was changed",
                $"you asked for {asked.Path}, which is Python {asked.Version}",
                $"sandpiper install --env NAME --python {asked.Path} …      makes another environment"));
    }
}
