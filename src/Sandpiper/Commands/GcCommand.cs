using System.Collections.Immutable;
using System.CommandLine;
using System.Globalization;
using Sandpiper.Console;
using Sandpiper.Environments.Generations;
using Sandpiper.Operations.Collecting;
using Sandpiper.Sandbox.Reviews;

namespace Sandpiper.Commands;

/// <summary><c>gc</c>: frees what nobody needs any more.</summary>
internal static class GcCommand
{
    private const int KeptByDefault = ManagedEnvironment.KeptGenerations;
    private const int MostKept = 10_000;

    public static Command Build()
    {
        var keep = new Option<int>("--keep")
        {
            HelpName = "N",
            Description = $"how many earlier generations of each environment stay, to go back to; default: {KeptByDefault}",
            DefaultValueFactory = _ => KeptByDefault,
            CustomParser = result =>
            {
                string text = result.Tokens[^1].Value;
                if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int number) && number <= MostKept)
                    return number;
                result.AddError($"`--keep {text}`: a number from 0 to {MostKept:N0} is meant");
                return KeptByDefault;
            },
            Arity = ArgumentArity.OneOrMore,
        };
        var dryRun = new Option<bool>("--dry-run") { Description = "only say what would go" };
        var command = new TaughtCommand("gc", "free the space of what nobody needs any more",
            [
                new("sandpiper gc", "what no rollback reaches, and its wheels"),
                new("sandpiper gc --dry-run", "what would that be?"),
                new("sandpiper gc --keep 0", "nothing to go back to stays"),
            ],
            [
                "What programs left in their private homes stays, whatever became of the project: `sandpiper home list`. What waits for a "
                + $"review goes after {KeptReviews.Kept.TotalDays:0} days: `sandpiper review`.",
                "Of each environment the current generation stays, and those that were current last. What a program of "
                + "`sandpiper run` uses stays, too, and what another command is preparing; of a program that was started without "
                + "`sandpiper run` nothing is known. Where a history or a generation is damaged, everything that it could need stays.",
            ]);
        command.Options.Add(keep);
        command.Options.Add(dryRun);
        command.Runs((session, parsed, cancel) =>
        {
            using var line = new ProgressLine(session.Terminal, Session.Time);
            bool isDryRun = parsed.GetValue(dryRun);
            CollectionOutcome outcome = new Collection(session.Context).Collect(
                new CollectionRequest(parsed.GetValue(keep), isDryRun), new ShownFacts(session.Terminal, line), cancel);
            ImmutableArray<int> reviews =
                new KeptReviews(session.Places.Root).Collect(Session.Time.GetUtcNow() - KeptReviews.Kept, isDryRun);
            // Of a directory that has not come back since.
            if (!isDryRun) new KilledRuns(session).Forget(Session.Time.GetUtcNow() - KilledRuns.Kept);
            if (session.Json) WriteJson(session.Terminal, outcome, reviews, isDryRun);
            else WriteWords(session.Terminal, outcome, isDryRun);
            if (!reviews.IsEmpty)
            {
                session.Terminal.Note($"{(isDryRun ? "Would remove" : "Removed")} what nobody decided about for "
                    + $"{KeptReviews.Kept.TotalDays:0} days: {(reviews is [_] ? "review" : "reviews")} {string.Join(", ", reviews)}");
            }
            return Task.FromResult((int)ExitOf(outcome));
        });
        return command;
    }

    /// <summary>Stopped is not done, and what cannot be removed is a failure; what stays for a reason is none.</summary>
    internal static ExitCode ExitOf(CollectionOutcome outcome) =>
        outcome.IsCutShort ? ExitCode.Interrupted
        : outcome.Kept.Any(k => k.Why is WhyKept.NotRemovable) ? ExitCode.CouldNot
        : ExitCode.Done;

    internal static void WriteWords(Terminal terminal, CollectionOutcome outcome, bool isDryRun)
    {
        string what = $"{Counted.Of(outcome.Generations.Length, "generation")}, {Counted.Of(outcome.Wheels, "wheel")}";
        if (outcome.IsCutShort) terminal.Note(Inked.Yellow($"Stopped; gone by then: {what}"));
        else if (outcome.Generations.IsEmpty && outcome.Wheels == 0) terminal.Note("There is nothing that nobody needs.");
        else terminal.Note($"{(isDryRun ? "Would free" : "Freed")} {SizeWords.Of(outcome.Bytes)}: {what}");
        foreach (var of in outcome.Generations.GroupBy(g => g.Environment, g => g.Number, StringComparer.Ordinal))
            terminal.Listed(5, Inked.Red(" - "), of.Key, " ", string.Join(", ", of));
        WriteRest(terminal, outcome);
    }

    /// <summary>What stayed, and why.</summary>
    internal static void WriteRest(Terminal terminal, CollectionOutcome outcome)
    {
        foreach (GenerationName used in outcome.InUse)
            terminal.Note($"   generation {used.Number} of `{used.Environment}` stays: a program runs on it");
        foreach (KeptBack kept in outcome.Kept) terminal.Note(Inked.Yellow(WordsOf(kept)));
    }

    private static string WordsOf(KeptBack kept) => kept.Why switch
    {
        WhyKept.HistoryLost => $"all generations of `{kept.Subject}` stay: which of them were current is not known; "
            + $"sandpiper repair{InEnvironment.Option(kept.Subject)}",
        WhyKept.GenerationDamaged => $"all wheels stay: what `{kept.Subject}` needs cannot be read",
        _ => $"`{kept.Subject}` could not be removed: {kept.Because}",
    };

    private static void WriteJson(Terminal terminal, CollectionOutcome outcome, ImmutableArray<int> reviews, bool isDryRun) =>
        JsonAnswer.Write(terminal, "gc", json =>
        {
            json.WriteBoolean("dry_run", isDryRun);
            json.WriteNumber("bytes", outcome.Bytes);
            json.WriteNumber("wheels", outcome.Wheels);
            WriteGenerations("generations", outcome.Generations);
            WriteGenerations("in_use", outcome.InUse);
            json.WriteStartArray("reviews");
            foreach (int review in reviews) json.WriteNumberValue(review);
            json.WriteEndArray();
            json.WriteBoolean("cut_short", outcome.IsCutShort);
            json.WriteStrings("notes", outcome.Kept.Select(WordsOf));

            void WriteGenerations(string name, IEnumerable<GenerationName> generations)
            {
                json.WriteStartArray(name);
                foreach (GenerationName generation in generations)
                {
                    json.WriteStartObject();
                    json.WriteString("environment", generation.Environment);
                    json.WriteNumber("generation", generation.Number);
                    json.WriteEndObject();
                }
                json.WriteEndArray();
            }
        });
}
