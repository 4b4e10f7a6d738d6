using System.CommandLine;
using Sandpiper.Console;
using Sandpiper.Environments.Generations;
using Sandpiper.Environments.Ledger;
using Sandpiper.Indexes;
using Sandpiper.Interpreters;
using Sandpiper.Operations;
using Sandpiper.Packaging.Requirements;

namespace Sandpiper.Commands;

/// <summary><c>repair</c>: the same packages again, as they were installed.</summary>
internal static class RepairCommand
{
    public static Command Build()
    {
        Option<string> env = EnvironmentOptions.Env();
        var command = new TaughtCommand("repair", "put back what was changed by hand",
            [new("sandpiper repair", "what `sandpiper verify --full` finds is made as it was")],
            [
                "The same packages become the next generation, made from sealed files alone. Files of the store that are damaged or gone "
                + "come again from the index that each came from, or from the one that you name with -i, and have to be the very bytes "
                + "that were installed; without an index nothing is thrown away. "
                + "The damaged generation is kept as it is.",
                "The commands on your PATH, the link to the current generation and the ledger are put back as far as they can be known; "
                + "what is not ours and stands in the way is put aside, never thrown away. An environment whose interpreter was replaced "
                + "by one of the same version is made for that one.",
            ]);
        command.Options.Add(env);
        LimitOptions limits = LimitOptions.AddTo(command);
        IndexOptions index = IndexOptions.AddTo(command);
        command.Runs(async (session, parsed, cancel) =>
        {
            ManagedEnvironment environment = EnvironmentOptions.Open(session, parsed.GetValue(env)!);
            if (CurrentGeneration.Of(environment) is not { } current) throw EnvironmentOptions.NothingIn(environment);
            Generation generation = environment.Read(current.Number);
            Interpreter interpreter = EnvironmentOptions.InterpreterOf(session, generation);
            bool asksOwners = !index.AreNamed(parsed, new RequirementsFile());
            using var indexes = new OpenIndexes(
                session, index.Chosen(parsed, new RequirementsFile(), session.Terminal), limits.Chosen(parsed),
                asksOwners ? generation.Packages : []);
            using var line = new ProgressLine(session.Terminal, Session.Time);
            var request = new RepairRequest(environment.Name) { Limits = limits.Chosen(parsed) };
            try
            {
                RepairOutcome outcome = await new Repair(session.Context, interpreter, indexes.Whole)
                    .MendAsync(request, new ShownFacts(session.Terminal, line), cancel);
                line.Dispose();
                return Tell(session, environment.Name, outcome);
            }
            catch (IndexException error) when (asksOwners && !error.IsRefusal)
            {
                // Not what is set up for every command: it may know the name, and have anything under it.
                throw new ExplainedException(Explanations.Of(error) with { Hints = [FromElsewhere] });
            }
        });
        return command;
    }

    private const string FromElsewhere =
        "the index is the one that the package came from; another address of it: sandpiper repair -i https://USER:PASSWORD@HOST/…";

    private static int Tell(Session session, string environment, RepairOutcome outcome)
    {
        string inEnvironment = InEnvironment.Option(environment);
        switch (outcome)
        {
            case RepairOutcome.NotDescribed { Generation: var generation }:
                throw new ExplainedException(new(ExitCode.Refused,
                    $"generation {generation.Number} of `{environment}` was not repaired; nothing was changed",
                    $"its own description, generation.json, is not the one that the ledger knows: `{generation.Directory}`",
                    $"sandpiper rollback{inEnvironment}", $"sandpiper history{inEnvironment}"));
            case RepairOutcome.Gone { Why: var why }:
                throw new ExplainedException(new(ExitCode.CouldNot, $"`{why.Package}` could not be repaired; nothing was changed",
                    ResolutionWords.Because(why), [$"sandpiper rollback{inEnvironment}", FromElsewhere]));
            case RepairOutcome.Repaired repaired:
                int mended = repaired.Deviations.Length;
                AfterChange.Start(session, environment, repaired.Change);
                session.Terminal.Note($"{Counted.Of(mended, "thing")} {(mended == 1 ? "was" : "were")} not as installed; "
                    + $"{Counted.Of(repaired.Fetched, "wheel")} fetched again");
                if (repaired.Change.IsNew || session.Json)
                {
                    ChangeReport.Write(session, "repair", environment, repaired.Change);
                    break;
                }
                session.Terminal.Note($"`{environment}` is as it was installed: generation {repaired.Change.Generation}");
                foreach (string note in repaired.Change.Notes) session.Terminal.Note(note);
                break;
            case RepairOutcome.AsInstalled { Generation: var generation }:
                ChangeReport.Write(session, "repair", environment,
                    new EnvironmentChange(generation.Number, IsNew: false, [], generation.Packages.Length, TimeSpan.Zero));
                break;
        }
        return (int)ExitCode.Done;
    }
}
