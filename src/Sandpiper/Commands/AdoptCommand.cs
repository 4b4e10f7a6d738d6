using System.Collections.Immutable;
using System.CommandLine;
using Sandpiper.Auditing.Looking;
using Sandpiper.Auditing.Places;
using Sandpiper.Auditing.Records;
using Sandpiper.Console;
using Sandpiper.Environments.Generations;
using Sandpiper.Interpreters;
using Sandpiper.Kernel.Files;
using Sandpiper.Operations;
using Sandpiper.Packaging.Requirements;
using Sandpiper.Packaging.Wheels;

namespace Sandpiper.Commands;

/// <summary><c>adopt</c>: what pip installed, in the same versions, into a sealed environment.</summary>
internal static class AdoptCommand
{
    private const int MostRecordBytes = 64 << 20;

    public static Command Build()
    {
        var place = new Argument<string?>("PYTHON|DIR") { Arity = ArgumentArity.ZeroOrOne };
        var env = new TextOption("--env")
        {
            HelpName = "NAME", Description = "what the new environment is called; default: as the directory of the old one",
        };
        var noDeps = new Option<bool>("--no-deps") { Description = "exactly these, even if they do not fit each other" };
        var omitHooks = new Option<bool>("--omit-hooks")
        {
            Description = "install packages without their start-up hooks instead of refusing them",
        };
        var dryRun = new Option<bool>("--dry-run") { Description = "say what would be done, do nothing" };
        var command = new TaughtCommand("adopt", "what pip installed, moved into a sealed environment",
            [
                new("sandpiper adopt --dry-run .venv", "what would be fetched?"),
                new("sandpiper adopt .venv --env mine", "the same versions, sealed, as `mine`"),
            ],
            [
                "Every package is fetched anew from the index in the version that is there, and checked as `install` checks. Then the old "
                + "files are held against it: what differs from what the index holds is listed. The old set is left as it is, and "
                + "nothing of it is run.",
                "Without a name it takes the environment in VIRTUAL_ENV, else what pip installed for the first python3 on your PATH.",
            ]);
        command.Arguments.Add(place);
        foreach (Option option in (Option[])[env, noDeps, omitHooks, dryRun]) command.Options.Add(option);
        IndexOptions index = IndexOptions.AddTo(command);
        command.Runs((session, parsed, cancel) =>
        {
            var old = OldSet.Of(session, parsed.GetValue(place), cancel);
            var asked = new Asked(parsed.GetValue(env) ?? NameFor(old.Site), !parsed.GetValue(noDeps), parsed.GetValue(omitHooks),
                parsed.GetValue(dryRun));
            return AdoptAsync(session, old, asked, index.Chosen(parsed, new RequirementsFile(), session.Terminal), cancel);
        });
        return command;
    }

    private sealed record Asked(string Environment, bool FollowDependencies, bool OmitHooks, bool DryRun);

    private static async Task<int> AdoptAsync(
        Session session, OldSet old, Asked asked, ImmutableArray<Uri> addresses, CancellationToken cancel)
    {
        ManagedEnvironment environment = EnvironmentOptions.Open(session, asked.Environment);
        if (environment.Current is not null)
        {
            throw new ExplainedException(new(ExitCode.CouldNot,
                $"there is an environment `{environment.Name}` already; nothing was changed",
                "what is adopted becomes one of its own", $"sandpiper adopt {InShell.Quoted(old.Named)} --env NAME"));
        }
        Interpreter interpreter = InterpreterOf(session, old.Site);
        InstalledSet set = InstalledSet.Of(old.Packages, interpreter.Markers);
        var request = new InstallationRequest
        {
            Environment = environment.Name,
            Lines = [.. (asked.FollowDependencies ? set.Roots : old.Packages).Select(p => LineOf(p, isConstraint: false)),
                .. asked.FollowDependencies ? set.Others.Select(p => LineOf(p, isConstraint: true)) : []],
            FollowDependencies = asked.FollowDependencies,
            LeaveHooksOut = asked.OmitHooks,
            DryRun = asked.DryRun,
        };
        InstallationOutcome outcome =
            await ShownInstallation.DoAsync(session, new(interpreter), seen: null, request, addresses, isBrief: false, cancel);
        if (outcome is not InstallationOutcome.Changed { Change: var change })
        {
            Explanation why = ResolutionWords.Explain(((InstallationOutcome.Unsolvable)outcome).Why);
            // Without dependencies there is nothing left that could not fit together: then an index does not have it.
            throw new ExplainedException(!asked.FollowDependencies ? why
                : why with { Hints = [.. why.Hints, $"sandpiper adopt --no-deps {InShell.Quoted(old.Named)}"] });
        }
        ChangeReport.IsDone(session, environment.Name, change, asked.DryRun);
        ImmutableArray<Departure> departures = asked.DryRun ? [] : Compare(environment, old, cancel);
        AdoptReport.Write(session, environment.Name, change, old, departures, asked.DryRun);
        return (int)ExitCode.Done;
    }

    private static ImmutableArray<Departure> Compare(ManagedEnvironment environment, OldSet old, CancellationToken cancel)
    {
        Generation generation = EnvironmentOptions.CurrentOf(environment);
        SiteComparison.Held[] held = [.. generation.Packages.Select(p => new SiteComparison.Held($"{p.Name} {p.Version}",
            RowsOf($"{generation.Directory}/{generation.Destination.DistInfo(p.Name, p.Version)}/RECORD")))];
        var adopted = generation.Packages.Select(p => p.Name).ToHashSet();
        // Of what was not there before nothing can differ.
        var before = old.Packages.Select(p => p.Label).ToHashSet(StringComparer.Ordinal);
        return SiteComparison.Of(old.Site, [.. old.Packages.Where(p => adopted.Contains(p.Name!.Value))],
            [.. held.Where(h => before.Contains(h.Package))], cancel);
    }

    private static ImmutableArray<RecordRow> RowsOf(string record) =>
        RecordFile.TryParse(RegularFile.TryRead(record, MostRecordBytes), out ImmutableArray<RecordRow> rows, out string problem)
            ? rows : throw new IOException($"{problem}: {record}");

    private static RequirementLine LineOf(Distribution package, bool isConstraint) =>
        new(Requirement.Parse($"{package.Name}=={package.Version}"), [], isConstraint, "what is installed");

    // By its version, on the PATH: the one in the environment is what is in question. Its own only where it lies elsewhere.
    private static Interpreter InterpreterOf(Session session, Site site)
    {
        var search = new InterpreterSearch(new InterpreterProbe(session.Places.InterpreterCache));
        string? searchPath = Environment.GetEnvironmentVariable("PATH");
        string? own = site.Executable is { } executable && !executable.StartsWith($"{site.Prefix}/", StringComparison.Ordinal)
            ? executable : null;
        string? name = site.PythonName is { } python && python.Contains('.', StringComparison.Ordinal) ? python : null;
        return search.Find(own ?? name, searchPath);
    }

    // `…/app/.venv` is called `app`, `…/scratch` `scratch`; what is nobody's own directory, `adopted`.
    private static string NameFor(Site site)
    {
        if (site.Kind is not (SiteKind.VirtualEnvironment or SiteKind.Named)) return "adopted";
        string name = Path.GetFileName(site.Prefix);
        if (name.StartsWith('.') || name is "venv" or "env") name = Path.GetFileName(Path.GetDirectoryName(site.Prefix) ?? "");
        return name.Length > 0 && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_') ? name : "adopted";
    }
}
