using System.Collections.Immutable;
using Sandpiper.Console;
using Sandpiper.Environments.Generations;
using Sandpiper.Indexes.Fetching;
using Sandpiper.Interpreters;
using Sandpiper.Kernel.Files;
using Sandpiper.Kernel.Processes;
using Sandpiper.Operations;
using Sandpiper.Packaging.Names;
using Sandpiper.Sandbox;
using Sandpiper.Sandbox.Bubblewrap;
using Sandpiper.Sandbox.Denials;
using Sandpiper.Sandbox.Leftovers;
using Sandpiper.Sandbox.Networks;
using Sandpiper.Sandbox.Privileges;
using Sandpiper.Sandbox.Profiles;
using Sandpiper.Sandbox.Programs;
using Sandpiper.Sandbox.Remembered;
using Sandpiper.Sandbox.Reviews;
using Sandpiper.Sandbox.Secrets;
using Sandpiper.Sandbox.Tried;
using Sandpiper.Store;

namespace Sandpiper.Commands;

/// <summary>Runs one program confined, as itself: its streams, its exit code, its Ctrl-C.</summary>
/// <param name="environmentName">Whose packages it runs with.</param>
/// <param name="command">Program and arguments.</param>
/// <param name="typed">What it is granted for this once, besides what is remembered.</param>
internal sealed class ConfinedRun(Session session, string environmentName, IReadOnlyList<string> command, Grants typed)
{
    private const int MostWritesTold = 3, MostHostsTold = 3;

    /// <summary>A throw-away home instead of the one that is kept for the project.</summary>
    public bool HasFreshHome { get; init; }

    /// <summary>What it may write is a copy; its user decides afterwards what becomes of the changes.</summary>
    public bool IsReviewed { get; init; }

    /// <summary>Its user sees afterwards what it tried.</summary>
    public bool IsAudited { get; init; }

    /// <summary>How long it may run; null: as long as it likes.</summary>
    public TimeSpan? Limit { get; init; }

    /// <summary>Most bytes of address space that each process of it may have; null: not limited.</summary>
    public long? Memory { get; init; }

    /// <summary>On how many processors it is started; null: on all.</summary>
    public int? Processors { get; init; }

    /// <summary>It is the kernel of a notebook, and reached where this says; null: it is none.</summary>
    public NotebookConnection? Notebook { get; init; }

    /// <summary>What was begun for it before its command line was read; null: nothing.</summary>
    public EarlySandbox? Early { get; init; }

    private const int OfInterrupt = 130;    // 128 and SIGINT, as shells say it

    /// <summary>How the same is typed with one grant more; null: the grant is remembered, or given to <c>run</c>.</summary>
    public Func<string, string>? Again { get; init; }

    /// <summary>Its user may be asked, once, for what it failed for.</summary>
    public bool MayAsk { get; init; }

    /// <returns>The program's exit code.</returns>
    /// <exception cref="ExplainedException">No such environment, or a remembered grant that must not be given any more.</exception>
    /// <exception cref="GrantRefusedException">A grant that must not be given.</exception>
    /// <exception cref="GrantFileDamagedException">What is remembered cannot be read.</exception>
    /// <exception cref="SandboxUnavailableException">There is no sandbox to be had here.</exception>
    /// <exception cref="CopyRefusedException">It was to be reviewed, and no copy can be made.</exception>
    public int Start()
    {
        int exitCode = Run(out bool wasInterrupted, out WantedGrants wanted);
        // What is temporary is gone by now. `try` has more to put away.
        if (wasInterrupted && exitCode == OfInterrupt && Again is null)
        {
            session.Terminal.Flush();
            OwnSignal.EndByInterrupt();
        }
        return !wanted.AreNone && MayAsk && WithMore(wanted) is { } again ? again.Start() : exitCode;
    }

    /// <summary>The same again with what its user gives it besides; null: nothing.</summary>
    private ConfinedRun? WithMore(WantedGrants wanted)
    {
        Project? project = Project.Of(Callers.Of(session));
        // What a project proposes is accepted as a whole, or not.
        if (project is not null && ProposedGrants.AreFor(command[0], project)) return null;
        CreationMask.Tighten(); // the program's work is over, and ours goes on
        switch (wanted.Ask(session.Terminal, canBeRemembered: project is not null))
        {
            case WantedAnswer.ThisOnce: return With(typed.And(wanted.Chosen(Callers.FullPath)));
            case WantedAnswer.Always:
                new AllowedGrants(session, environmentName).Add(command[0], isHere: false, isEverywhere: false, wanted.Chosen);
                return With(typed);
            default: return null;
        }

        ConfinedRun With(Grants grants) => new(session, environmentName, command, grants)
        {
            HasFreshHome = HasFreshHome, IsAudited = IsAudited, Notebook = Notebook, Limit = Limit, Memory = Memory,
            Processors = Processors, MayAsk = false,
        };
    }

    private int Run(out bool wasInterrupted, out WantedGrants wanted)
    {
        bool interrupted = wasInterrupted = false;
        if (IsReviewed && IsAudited && session.Json)
        {
            throw new ExplainedException(new(ExitCode.RunFailed, "`--json` answers one question; nothing was run",
                "with --review it is what was changed, with --audit what was tried", "sandpiper run --audit --json -- …"));
        }
        wanted = WantedGrants.None;
        ManagedEnvironment environment = EnvironmentOptions.Open(session, environmentName);
        Caller caller = Callers.Of(session);
        Project? project = Project.Of(caller);
        GrantsInForce grants = InForce(caller, project);
        var needs = new SandboxNeeds(grants.All.Network, IsReviewed, Processors);
        if ((IsReviewed || IsAudited) && session.Json)
        {
            Early?.End(); // it has our output
            StandardStreams.SendOutputToErrors();
        }
        // Which takes as long as all that has to be found out before it can be told.
        using ConfinedProgram program = Early?.Take(needs) ?? ConfinedProgram.Begin(needs, session.SecondStage);
        Generation generation = EnvironmentOptions.CurrentOf(environment);
        using GenerationLease lease = Leased(environment, ref generation);
        MustHaveItsInterpreter(environment, generation);
        MustBeWhereItWasMade(environment, generation);
        InstalledEnvironment installed = Installed(environment, generation);
        Terms terms = Arranged(installed, grants, caller);
        using ProgramsHome home = ProgramsHome.For(session, environmentName, terms.Confinement, project, isFresh: HasFreshHome);
        using WithheldSecrets secrets = Withheld(home.Confinement, installed);
        terms = terms with { Confinement = secrets.Confinement };

        foreach (var (grant, why) in grants.NotHere)
        {
            session.Terminal.Note(Inked.Dim($"sandpiper: g{grant.Number} does not count here: "
                + $"`{why.Path}`: {string.Join(' ', ConfinementWords.Of(why).Because)}"));
        }
        // Why what lies here is not found: elsewhere the place itself says it.
        if (terms is { Hidden: HiddenDirectory.NoText, Script: null })
            session.Terminal.Note(Inked.Dim($"sandpiper: this directory is not shown: {ConfinementWords.NoText}"));
        session.Terminal.Flush();
        // What a killed run left would be taken for what was there before, and a program that may do something would come by it.
        var killed = new KilledRuns(session);
        bool isHarmless = grants.All.AreNone && !IsReviewed;
        if (!isHarmless) killed.MustBeSettled(terms.Confinement);
        using ReviewedRun? review = IsReviewed ? RunReview.Begin(session, terms.Confinement) : null;
        if (review is not null) terms = terms with { Confinement = review.Confinement };
        if (review is not null || terms.Confinement.Shown.Any(shown => shown.Access is PathAccess.Write))
            new SpareRoom(environment.Root).Keep();
        // Of a copy all that is another one is told.
        using WritableWatch? watch = review is null ? WritableWatch.Begin(terms.Confinement) : null;
        using BegunRun? begun = watch is { IsOfNothing: false } ? killed.Put(watch, command) : null;
        CreationMask.GiveBack(session.CallersMask);
        foreach (var port in terms.Confinement.Ports.Where(port => port.IsOpenToOthers))
            session.Terminal.Note(Inked.Dim($"sandpiper: {NetworkWords.Of(port)}"));
        foreach (string unset in typed.Variables.Where(name => !caller.Variables.ContainsKey(name)))
            session.Terminal.Note(Inked.Dim($"sandpiper: --env-var {unset}: it is not set here"));
        foreach (string absent in HardwareWords.NotThere(grants.All, terms.Confinement))
            session.Terminal.Note(Inked.Dim($"sandpiper: {absent}"));
        var (denied, tried) = Noting();
        MissedHosts? missed = terms.Confinement.TellsNames ? new() : null;
        var refused = new RefusedHosts(session.Terminal, grant => Next(grant, caller));
        void Refused(RefusedConnection connection)
        {
            refused.Add(connection);
            tried?.SeeRefused(connection);
        }
        (DeniedWrites, TriedCalls?) Noting()
        {
            var writes = new DeniedWrites(terms.Confinement, installed);
            return (writes, IsAudited ? ConfinedProgram.Noting(terms.Confinement, writes) : null);
        }
        // Nobody waits for that look.
        bool? areKilled = isHarmless ? null : false;
        void Look()
        {
            home.Look();
            areKilled ??= killed.AreThere;
        }
        int Started(ConfinedProgram within) => within.Run(terms.Confinement, MemoryLimit.Around(command, Memory), denied, Refused,
            () => interrupted = true, tried, missed, Look, begun is null ? null : begun.Begins);
        int exitCode;
        using (var time = new RunTime(Limit, Session.Time))
        using (new NotebookClient(Notebook is not null, Session.Time))
        {
            try
            {
                exitCode = Started(program);
            }
            catch (SecondStageException unlayered)
                when (review is { IsLayered: true } && unlayered.Failure.Kind is SecondStageFailureKind.NotLayered)
            {
                RunReview.CopyInstead(session, review);
                terms = terms with { Confinement = review.Confinement };
                (denied, tried) = Noting();
                using var another = ConfinedProgram.Begin(SandboxNeeds.Of(terms.Confinement), session.SecondStage);
                exitCode = Started(another);
            }
            catch (PortTakenException taken) when (Notebook is not null && Notebook.Ports.Contains(taken.Port))
            {
                throw NotebookKernel.NotToBeHad(taken);
            }
            catch when (begun is { HasBegun: true })
            {
                // Its output could not be written, say: what it left is there all the same.
                Settle();
                throw;
            }
            session.HasDone($"`{command[0]}` has run");
            wasInterrupted = interrupted;
            if (time.IsOver)
            {
                session.Terminal.Note(Inked.Dim($"sandpiper: ended after {Limit!.Value.TotalSeconds:0.###} s, as --timeout says"));
                exitCode = RunTime.ExitCode;
            }
        }

        Settle();
        if (areKilled ?? killed.AreThere) killed.Settle();
        home.TellOfNew();
        ImmutableArray<HostGrant> hosts = refused.Settle();
        TellOfWithheld([.. secrets.Opened], caller);
        if (!interrupted && Again is null && PipMeant(generation, hasFailed: exitCode is not (0 or RunTime.ExitCode)) is { } meant)
            session.Terminal.Note(Inked.Dim($"sandpiper: {meant}"));
        // Only what is known: why it failed nobody can tell from a program's own words.
        if (exitCode is not (0 or RunTime.ExitCode))
        {
            ImmutableArray<string> unshown = TellOfUnshown([.. UnshownArguments.In(command, terms, caller)], caller);
            if (!interrupted)
                wanted = new(TellOfDenied(denied.SeenBefore(exitCode), caller), unshown, [.. hosts, .. TellOfMissed(missed, caller)]);
        }
        if (tried is not null)
        {
            var audit = new RunAudit(command[0], tried.End(), terms.Confinement, caller, session.Places.Root, grant => Next(grant, caller));
            if (session.Json) audit.WriteJson(session.Terminal, exitCode);
            else audit.Write(session.Terminal);
        }
        if (review is not null)
        {
            bool hasEnded = !interrupted && exitCode is not RunTime.ExitCode;
            if (RunReview.Settle(session, review, string.Join(' ', command), exitCode, mayAsk: hasEnded) is { } signal)
                (wasInterrupted, exitCode) = (signal is ExitCode.Interrupted, (int)signal);
        }
        program.KeepSecondStage();
        return exitCode;

        void Settle()
        {
            if (watch is null) return;
            LeftoverReport.Settle(session.Terminal, watch, new HeldFiles(environment.Root), string.Join(' ', command));
            begun?.IsSettled();
        }
    }

    private string? PipMeant(Generation generation, bool hasFailed) => PipInside.Meant(command, environmentName, hasFailed,
        hasPip: generation.Packages.Any(package => package.Name.ToString() is "pip"));

    /// <summary>Says what it would be allowed, and by whom; nothing is run.</summary>
    /// <inheritdoc cref="Start" path="/exception"/>
    public int Explain()
    {
        ManagedEnvironment environment = EnvironmentOptions.Open(session, environmentName);
        Generation generation = EnvironmentOptions.CurrentOf(environment);
        Caller caller = Callers.Of(session);
        InstalledEnvironment installed = Installed(environment, generation);
        Project? project = Project.Of(caller);
        GrantsInForce grants = InForce(caller, project);
        Terms terms = Arranged(installed, grants, caller);
        using WithheldSecrets secrets = Withheld(terms.Confinement, installed);
        bool? isLayer = IsReviewed ? RunReview.IsLayer(session, terms.Confinement) : null;
        if (isLayer is false) ReviewedRun.MustBeCopied(terms.Confinement);
        var explanation = new RunExplanation(command[0], installed, terms, grants, project)
        {
            IsThere = IsThere(terms.Confinement, caller),
            Withheld = [.. secrets.All],
            Limits = LimitsInWords(),
            HasFreshHome = HasFreshHome,
            ReviewIsLayer = isLayer,
        };
        if (session.Json) explanation.WriteJson(session.Terminal);
        else explanation.Write(session.Terminal);
        return (int)ExitCode.Done;
    }

    // A name that is no UTF-8 is not found by its text: only a run would tell.
    private bool IsThere(Confinement confinement, Caller caller) => !NativeText.IsText(command[0])
        || (command[0].Contains('/', StringComparison.Ordinal) ? Path.Exists(Path.GetFullPath(command[0], caller.CurrentDirectory))
            : confinement.Variables.GetValueOrDefault("PATH", "").Split(':').Any(place => File.Exists(Path.Join(place, command[0]))));

    private string LimitsInWords() => string.Join(", ", (string[])
    [
        Limit is { } most ? $"{most.TotalSeconds:0.###} s" : "as long as it likes",
        .. Processors is { } count && count < ProcessorSet.Available
            ? [$"started on {count} of {ProcessorSet.Available} processors"] : Array.Empty<string>(),
        Memory is { } bytes ? $"{bytes >> 20:N0} MiB of address space for each process (RLIMIT_AS)" : "as much memory as there is",
    ]);

    private GrantsInForce InForce(Caller caller, Project? project)
    {
        var grants = GrantsInForce.For(
            session, environmentName, command[0], IsReviewed ? RunReview.Around(typed, caller) : typed, caller, project);
        if (!grants.All.Network || grants.All.Ports.IsEmpty) return grants;
        throw new ExplainedException(new(ExitCode.RunFailed, "`--port` means nothing with the network of this machine; nothing was run",
            "with --net all the program opens its ports here itself", "leave --port out, or --net all"));
    }

    private Terms Arranged(InstalledEnvironment environment, GrantsInForce grants, Caller caller)
    {
        // On the network of this machine it opens them itself.
        Grants granted = Notebook is null || grants.All.Network ? grants.All : grants.All.And(new() { Ports = Notebook.Ports });
        if (granted.Hosts.Length > HostGrant.Most || granted.Ports.Length > PortGrant.Most)
        {
            throw new ExplainedException(new(ExitCode.RunFailed,
                "more hosts or ports are granted than one program can have; nothing was run",
                $"at most {HostGrant.Most} hosts and {PortGrant.Most} ports, those that were remembered among them", "sandpiper allow"));
        }
        Terms terms = Profile.Run.For(environment, granted, caller, command);
        Confinement confinement = terms.Confinement with
        {
            Processors = Processors,
            TellsAll = IsAudited,
            Upstream = granted.Hosts.IsEmpty ? null : EnvironmentProxy.Less(OpenIndexes.NoProxy),
            TellsNames = granted is { Network: false, Hosts.IsEmpty: true },
        };
        if (Notebook is not null) confinement = NotebookKernel.Of(Notebook, confinement);
        return terms with { Confinement = confinement };
    }

    private static InstalledEnvironment Installed(ManagedEnvironment environment, Generation generation)
    {
        var store = new WheelStore(environment.Root);
        // One look for all of them, and somebody waits.
        IReadOnlySet<Sha256Digest> brought = store.BroughtBy(environment.Name);
        HashSet<Sha256Digest> linked = [.. generation.Linked.Select(l => l.Wheel)];
        Sha256Digest[] alone = [.. linked.Where(l => !brought.Contains(l))];
        return new InstalledEnvironment(generation.Directory, [.. alone.Select(store.TreeOf)],
            generation.Scripts, generation.PythonPrefix, store.Entries, environment.Root)
        {
            Brought = linked.Overlaps(brought) ? store.EntriesBy(environment.Name) : null,
        };
    }

    // Without it the next `python` on PATH would be started, with other packages or none; another version looks for them elsewhere.
    private void MustHaveItsInterpreter(ManagedEnvironment environment, Generation generation)
    {
        if (new EnvironmentInterpreter(new InterpreterProbe(session.Places.InterpreterCache), searchPath: null).Own(generation) is not null)
            return;
        bool isThere = File.Exists(generation.Python);
        throw new ExplainedException(new(ExitCode.RunFailed,
            $"the interpreter of `{environment.Name}` is {(isThere ? "another one by now" : "gone")}; nothing was run",
            isThere ? $"`{generation.Python}` is no {generation.PythonName} any more" : $"there is no `{generation.Python}` any more",
            $"sandpiper repair{InEnvironment.Option(environment.Name)}      makes it for the {generation.PythonName} that is there now"));
    }

    // The interpreter that its commands name is not here: the next command of that name on PATH would be started, somebody else's.
    private void MustBeWhereItWasMade(ManagedEnvironment environment, Generation generation)
    {
        if (!generation.IsMoved || !generation.Commands.Contains(command[0], StringComparer.Ordinal)) return;
        throw new ExplainedException(new(ExitCode.RunFailed, $"`{environment.Name}` is not where it was made; nothing was run",
            $"its commands start Python below `{generation.MadeAt}`", $"sandpiper repair{InEnvironment.Option(environment.Name)}"));
    }

    // Each line is the next command. Where there is no project nothing can be remembered for it.
    private ImmutableArray<string> TellOfUnshown(IReadOnlyCollection<string> paths, Caller caller)
    {
        foreach (string path in paths)
        {
            string next = Next($"--read {InShell.Quoted(GrantWords.From(path, caller.CurrentDirectory))}", caller);
            session.Terminal.Note(Inked.Dim($"sandpiper: `{path}` was not shown to {command[0]} ·  {next}"));
        }
        return [.. paths.Select(path => GrantWords.From(path, caller.CurrentDirectory))];
    }

    private static WithheldSecrets Withheld(Confinement confinement, InstalledEnvironment environment) =>
        WithheldSecrets.For(confinement, confinement.Shown.Where(shown => !environment.IsOwn(shown)));

    // Whatever came of it: with its settings it could have been something else.
    private void TellOfWithheld(IReadOnlyCollection<string> paths, Caller caller)
    {
        foreach (string path in paths)
        {
            string shown = InShell.Quoted(GrantWords.From(path, caller.CurrentDirectory));
            session.Terminal.Note(Inked.Dim($"sandpiper: `{shown}` was empty for {command[0]} ·  {Next($"--read {shown}", caller)}"));
        }
    }

    /// <returns>The paths of the next command.</returns>
    private ImmutableArray<string> TellOfDenied(ImmutableArray<DeniedWrite> denied, Caller caller)
    {
        string here = caller.CurrentDirectory;
        string[] paths = [.. denied.SelectMany(d => new[] { d.Directory, d.Name }).OfType<string>()
            .Distinct(StringComparer.Ordinal).Select(path => GrantWords.From(path, here))];
        if (paths.Length == 0) return [];
        string[] wanted = [.. paths.Select(InShell.Quoted)];
        string where = wanted is ["."] ? "here" : $"`{string.Join("`, `", wanted.Take(MostWritesTold))}`"
            + (wanted.Length > MostWritesTold ? $" and {wanted.Length - MostWritesTold} more" : "");
        string next = Next(string.Join(' ', wanted.Take(MostWritesTold).Select(path => $"--write {path}")), caller);
        if (Again is null && Project.Of(caller) is { } project && ProposedGrants.AreFor(command[0], project))
            next = $"sandpiper allow{InEnvironment.Option(environmentName)} --proposed";
        session.Terminal.Note(Inked.Dim($"sandpiper: {command[0]} was not allowed to write {where} ·  {next}"));
        return [.. paths.Take(MostWritesTold)];
    }

    /// <returns>The hosts of the next command.</returns>
    private ImmutableArray<HostGrant> TellOfMissed(MissedHosts? missed, Caller caller)
    {
        HostGrant[] hosts = [.. (missed?.Seen ?? []).Select(NetworkWords.GrantFor).OfType<HostGrant>().Distinct()];
        if (hosts.Length == 0) return [];
        ImmutableArray<HostGrant> told = [.. hosts.Take(MostHostsTold)];
        string where = string.Join(", ", told) + (hosts.Length > told.Length ? $" and {hosts.Length - told.Length} more" : "");
        string next = Next(GrantWords.AsTyped(new() { Hosts = told }, null), caller);
        session.Terminal.Note(Inked.Dim($"sandpiper: {command[0]} was not allowed to reach {where} ·  {next}"));
        return told;
    }

    private string Next(string grant, Caller caller) => Again is not null ? Again(grant)
        : Project.Of(caller) is not null ? GrantWords.ToAllow(command[0], environmentName, grant)
        // With what it was granted this time, which nobody remembers either.
        : $"sandpiper run{InEnvironment.Option(environmentName)} {string.Join(' ', [.. GrantWords.AsOptions(typed, caller.CurrentDirectory),
            grant, "--", ShownCommand.Again(command)])}";

    // Where it is being removed just now, another one is current.
    private static GenerationLease Leased(ManagedEnvironment environment, ref Generation generation)
    {
        while (true)
        {
            if (GenerationLease.Share(environment, generation.Number) is { } lease) return lease;
            generation = EnvironmentOptions.CurrentOf(environment);
        }
    }
}
