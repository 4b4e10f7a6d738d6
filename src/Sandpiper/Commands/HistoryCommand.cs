using System.Collections.Immutable;
using System.CommandLine;
using System.Globalization;
using Sandpiper.Console;
using Sandpiper.Environments.Ledger;

namespace Sandpiper.Commands;

/// <summary><c>history</c>: what changed when, newest first.</summary>
internal static class HistoryCommand
{
    private const int NamesShown = 3;

    public static Command Build()
    {
        Option<string> env = EnvironmentOptions.Env();
        var check = new Option<bool>("--check")
        {
            Description = "is the record itself as it was written? The exit code is 3 when it is not",
        };
        var command = new TaughtCommand("history", "what changed when, and how to go back",
            [new("sandpiper history", "of your shared environment"), new("sandpiper history --check", "does the record prove itself?")],
            [
                "The dot marks the generation that is current, a cross those that were removed since to free space. Every change is a line "
                + "of the environment's ledger, which is only ever appended to.",
                "Each line says the SHA-256 of all that stood before it, so that nothing can be changed, taken out or put in without every "
                + "later line saying so; only of the last lines nobody tells. Lines that an earlier version wrote stand under the first "
                + "line that says so.",
            ]);
        command.Options.Add(env);
        command.Options.Add(check);
        command.Runs((session, parsed) =>
        {
            var environment = EnvironmentOptions.Open(session, parsed.GetValue(env)!);
            CurrentGeneration state = CurrentGeneration.Of(environment) ?? throw EnvironmentOptions.NothingIn(environment);
            int? current = state.IsLinked ? state.Number : null;
            // Where the link is lost, this is where one sees what to go back to.
            if (!state.IsLinked)
            {
                session.Terminal.Note(Inked.Yellow(
                    $"the link that says which generation is current is lost; {state.Number} was current last: "
                        + $"sandpiper repair{InEnvironment.Option(environment.Name)}"));
            }
            // First the generations, then the lines: a line precedes its generation.
            ImmutableArray<int> available = environment.Numbers;
            var ledger = new EnvironmentLedger(environment);
            ImmutableArray<LedgerLine> lines = ledger.Read();
            int lost = EnvironmentLedger.LostOf(available, lines).Length;
            if (session.Json) WriteJson(session.Terminal, environment.Name, current, lines, available, ledger);
            else if (parsed.GetValue(check)) WriteCheck(session.Terminal, environment.Name, ledger, lost);
            else WriteWords(session.Terminal, current, lines, available);
            int? back = current is { } now ? SwitchHistory.Back(lines, now, available) : null;
            if (!session.Json && !parsed.GetValue(check) && back is { } number)
                session.Terminal.Note(Inked.Dim($"rollback: sandpiper rollback {number}{InEnvironment.Option(environment.Name)}"));
            TellOfLost(session.Terminal, environment.Name, ledger, lost);
            bool isProven = ledger.IsWhole && lost == 0;
            return (int)(isProven || !parsed.GetValue(check) ? ExitCode.Done : ExitCode.Refused);
        });
        return command;
    }

    private static void WriteCheck(Terminal terminal, string environment, EnvironmentLedger ledger, int lost)
    {
        string since = ledger.ChainedSince switch
        {
            null => ": of an earlier version, they prove nothing; the next change begins the chain",
            1 => ", each of which stands for all before it",
            { } first => $", each of which stands for all before it from line {first} on; those before are of an earlier version",
        };
        terminal.Line(ledger.IsWhole && lost == 0 ? "" : Inked.Red("× "),
            $"the ledger of `{environment}`: {Counted.Of(ledger.Lines, "line")}{since}");
        if (ledger is { IsWhole: true, ChainedSince: not null } && lost == 0) terminal.Line("nothing was changed, taken out or put in");
        foreach (int line in ledger.Broken) terminal.Line($"  what stands before line {line} is not what stood there when it was written");
    }

    private static void TellOfLost(Terminal terminal, string environment, EnvironmentLedger ledger, int lost)
    {
        int unreadable = ledger.Unreadable;
        if (!ledger.Broken.IsEmpty)
        {
            terminal.Note(Inked.Yellow(
                $"the ledger is not as it was written: sandpiper history --check{InEnvironment.Option(environment)}"));
        }
        if (unreadable > 0) terminal.Note(Inked.Yellow($"{Counted.Of(unreadable, "line")} of the ledger cannot be read"));
        if (lost > 0) terminal.Note(Inked.Yellow($"of {Counted.Of(lost, "generation")} the ledger knows nothing any more"));
        if (!ledger.IsWhole || lost > 0)
            terminal.Note(Inked.Yellow($"what can be told is written down again by: sandpiper repair{InEnvironment.Option(environment)}"));
    }

    private static void WriteWords(Terminal terminal, int? current, ImmutableArray<LedgerLine> lines, ImmutableArray<int> available)
    {
        // The way by which it became current last; before that it may have been so as well.
        LedgerLine? toCurrent = lines.LastOrDefault(l => l.To == current);
        foreach (LedgerLine line in lines.Reverse().Where(l => l.Confirmed || ReferenceEquals(l, toCurrent)))
        {
            bool isCurrent = ReferenceEquals(line, toCurrent);
            string when = line.When.ToLocalTime().ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture);
            // One that is gone: nothing leads back to it.
            string mark = available.Contains(line.To) ? "  " : "× ";
            string number = $"{line.To,3} {(isCurrent ? "● " : mark)}", what = $"{when}  {line.Command,-9}  ";
            int column = number.Length + what.Length;
            string summary = Summary(line.Changes, terminal.AnswerColumns() - column);
            terminal.Listed(column, isCurrent ? Inked.Green(number) : number, what, summary);
            foreach (string text in (string[])[.. line.Overrides, .. HandoverWords.Of(line.HandedOver)])
                terminal.Listed(10, Inked.Yellow($"        {text}"));
        }
    }

    // As many as there is room for; `diff` tells them all.
    private static string Summary(ImmutableArray<LedgerChange> changes, int room)
    {
        if (changes.IsEmpty) return "no package changed";
        int most = Math.Min(NamesShown, changes.Length);
        while (most > 1 && FirstOf(changes, most).Length > room) most--;
        return FirstOf(changes, most);
    }

    private static string FirstOf(ImmutableArray<LedgerChange> changes, int most)
    {
        IEnumerable<string> shown = changes.Take(most).Select(c => (c.Before, c.After) switch
        {
            (null, { } after) => $"+ {c.Name} {after}",
            ({ } before, null) => $"- {c.Name} {before}",
            ({ } before, { } after) => $"{c.Name} {before} → {after}",
            _ => c.Name,
        });
        return string.Join(", ", shown) + (changes.Length > most ? $", and {changes.Length - most} more" : "");
    }

    private static void WriteJson(
        Terminal terminal, string environment, int? current, ImmutableArray<LedgerLine> lines, ImmutableArray<int> available,
        EnvironmentLedger ledger) =>
        JsonAnswer.Write(terminal, "history", json =>
        {
            json.WriteString("environment", environment);
            json.WriteNumber("current", current ?? 0);
            json.WriteNumber("lines", ledger.Lines);
            if (ledger.ChainedSince is { } since) json.WriteNumber("chained_since", since);
            else json.WriteNull("chained_since");
            json.WriteNumber("unreadable", ledger.Unreadable);
            json.WriteStartArray("broken");
            foreach (int line in ledger.Broken) json.WriteNumberValue(line);
            json.WriteEndArray();
            json.WriteStartArray("changes");
            foreach (LedgerLine line in lines)
            {
                json.WriteStartObject();
                json.WriteString("command", line.Command);
                json.WriteString("when", line.When.UtcDateTime.ToString("O", CultureInfo.InvariantCulture));
                json.WriteString("who", line.Who);
                if (line.From is { } from) json.WriteNumber("from", from);
                else json.WriteNull("from");
                json.WriteNumber("to", line.To);
                json.WriteBoolean("confirmed", line.Confirmed);
                json.WriteBoolean("available", available.Contains(line.To));
                json.WriteStartArray("packages");
                foreach (LedgerChange change in line.Changes)
                {
                    json.WriteStartObject();
                    json.WriteString("name", change.Name);
                    json.WriteString("before", change.Before);
                    json.WriteString("after", change.After);
                    json.WriteString("sha256", change.Sha256);
                    json.WriteString("index", change.Index);
                    json.WriteEndObject();
                }
                json.WriteEndArray();
                json.WriteStrings("overrides", line.Overrides);
                HandoverWords.WriteJson(json, line.HandedOver);
                json.WriteEndObject();
            }
            json.WriteEndArray();
        });
}
