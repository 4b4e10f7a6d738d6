using System.CommandLine;
using Sandpiper.Console;
using Sandpiper.Operations.Collecting;

namespace Sandpiper.Commands;

/// <summary><c>purge</c>: leaves nothing of what Sandpiper ever wrote.</summary>
internal static class PurgeCommand
{
    public static Command Build()
    {
        var yes = new Option<bool>("-y", "--yes") { Description = "do not ask" };
        var dryRun = new Option<bool>("--dry-run") { Description = "only say what would go" };
        var command = new TaughtCommand("purge", "remove everything that Sandpiper keeps, and leave",
            [
                new("sandpiper purge --dry-run", "what would go?"),
                new("sandpiper purge --yes", "without asking"),
            ],
            [
                "All environments with their histories, the store, the cache, what you allowed, and the commands on your PATH go; so do "
                + "directories such as ~/.local that were made for them and are empty then. The program itself stays, and so does every "
                + "file that is not Sandpiper's. Nothing of it can be brought back.",
            ]);
        command.Options.Add(yes);
        command.Options.Add(dryRun);
        command.Runs((session, parsed, cancel) =>
        {
            var purge = new Purge(session.Context);
            Possessions ours = purge.Look();
            bool isDryRun = parsed.GetValue(dryRun);
            if (ours.AreNone)
            {
                if (session.Json) WriteJson(session.Terminal, ours, new PurgeOutcome.Removed([]), isDryRun);
                else session.Terminal.Note($"There is nothing to remove: `{session.Places.Root}` holds nothing of Sandpiper's.");
                return Task.FromResult((int)ExitCode.Done);
            }
            if (!session.Json || !parsed.GetValue(yes)) Tell(session.Terminal, ours, isDryRun);
            if (isDryRun)
            {
                if (session.Json) WriteJson(session.Terminal, ours, new PurgeOutcome.Removed([]), isDryRun);
                return Task.FromResult((int)ExitCode.Done);
            }
            if (!parsed.GetValue(yes) && !Question.IsAffirmed(session.Terminal, "Remove all of it?", cancel))
            {
                throw new ExplainedException(new(ExitCode.CouldNot, "nothing was removed", "you did not say yes",
                    "sandpiper purge --yes      does not ask"));
            }
            new KilledRuns(session).Unmark();
            using var line = new ProgressLine(session.Terminal, Session.Time);
            switch (purge.Remove(new ShownFacts(session.Terminal, line), cancel))
            {
                case PurgeOutcome.InUse used:
                    throw new ExplainedException(new(ExitCode.CouldNot, "programs are running; nothing was removed",
                        string.Join(", ", used.Generations.Select(g => $"generation {g.Number} of `{g.Environment}` is in use")),
                        "end them, and try again"));
                case PurgeOutcome.Removed removed:
                    if (session.Json) WriteJson(session.Terminal, ours, removed, isDryRun);
                    else session.Terminal.Note($"Removed; freed {SizeWords.Of(ours.Bytes)}");
                    foreach (string path in removed.Left)
                        session.Terminal.Note(Inked.Yellow($"`{path}` stays: it is not ours, or could not be removed"));
                    break;
            }
            return Task.FromResult((int)ExitCode.Done);
        });
        return command;
    }

    private static void Tell(Terminal terminal, Possessions ours, bool isDryRun)
    {
        terminal.Note($"This {(isDryRun ? "would remove" : "removes")} for good, {SizeWords.Of(ours.Bytes)} in all:");
        terminal.Note($"  {ours.Places.Root}");
        if (!ours.Environments.IsEmpty) terminal.Note($"    environments: {string.Join(", ", ours.Environments)}");
        terminal.Note($"    {Counted.Of(ours.Wheels, "wheel")} in the store, what you allowed, commands on your PATH");
        if (ours.PutAside > 0)
        {
            terminal.Note(Inked.Yellow(
                $"    {Counted.Of(ours.PutAside, "thing")} put aside, perhaps yours: {ours.Places.Root}/aside"));
        }
        terminal.Note($"  {ours.Places.Cache}");
    }

    private static void WriteJson(Terminal terminal, Possessions ours, PurgeOutcome.Removed removed, bool isDryRun) =>
        JsonAnswer.Write(terminal, "purge", json =>
        {
            json.WriteBoolean("dry_run", isDryRun);
            json.WriteNumber("bytes", ours.Bytes);
            json.WriteStrings("environments", ours.Environments);
            json.WriteNumber("wheels", ours.Wheels);
            json.WriteStrings("left", removed.Left);
        });
}
