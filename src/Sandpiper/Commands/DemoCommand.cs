using System.Collections.Immutable;
using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using Sandpiper.Assessment;
using Sandpiper.Assessment.Approaches;
using Sandpiper.Console;
using Sandpiper.Demonstration;
using Sandpiper.Interpreters;
using Sandpiper.Kernel.Files;

namespace Sandpiper.Commands;

/// <summary><c>demo</c>: what hostile packages do, way by way; what Sandpiper does besides; what it costs. All seen from outside.</summary>
internal static class DemoCommand
{
    private const int TriedWidth = 24, WordWidth = 11, ActWidth = 39;

    public static Command Build()
    {
        var command = new TaughtCommand("demo", "the whole story in a minute, on a sample index, no network",
            [new("sandpiper demo", "four ways with pip, and ours beside them")],
            [
                "Everything happens below one temporary directory, which is removed at the end. What pip is shown to do it really does, in "
                + "a throw-away copy of this machine in which people and keys are made up: no more than that can be hurt. `sandpiper "
                + "assess` measures the same for more ways, moments and assets.",
            ]);
        command.Runs((session, parsed, cancel) =>
        {
            return Task.FromResult(Play(session, cancel));
        });
        return command;
    }

    private static int Play(Session session, CancellationToken cancel)
    {
        long started = Stopwatch.GetTimestamp();
        Interpreter interpreter = new InterpreterSearch(new InterpreterProbe(null)).Find(null, Environment.GetEnvironmentVariable("PATH"));
        using HeldDirectory held = HeldDirectory.Make(Path.GetTempPath(), "sandpiper-demo-");
        string place = held.Path;
        string executable = CopyOfOurselves(place);
        var ours = new SandpiperSide(Stage.Make(Path.Combine(place, "home")), executable, Path.Combine(place, "root"));
        MustWork(ours);
        using var story = new Story(ours);
        if (!session.Json) WriteHead(session.Terminal);
        var acts = new List<Act>();
        using (var line = new ProgressLine(session.Terminal, Session.Time))
        {
            foreach (Act act in story.Acts())
            {
                cancel.ThrowIfCancellationRequested();
                acts.Add(act);
                line.Of("Trying sandpiper", acts.Count, Story.Count);
            }
        }
        WaysTable? table = Measured(session, place, executable, story.KeepsFurniture, cancel);
        (TimeSpan Plain, TimeSpan Confined) start = story.TimesOfStart(interpreter.Path);
        bool good = acts.TrueForAll(a => a.AsPromised) && story.DecoyOpened == 0 && table is not { IsAsPromised: false };
        TimeSpan took = Stopwatch.GetElapsedTime(started);
        if (session.Json) WriteJson(session.Terminal, table, acts, story.DecoyOpened, start, took);
        else
        {
            if (table is null) WriteNoPip(session.Terminal);
            else WriteTable(session.Terminal, table);
            WriteActs(session.Terminal, acts, start);
            WriteEnd(session.Terminal, story.DecoyOpened, took);
        }
        return (int)(good ? ExitCode.Done : ExitCode.CouldNot);
    }

    /// <returns>Null where there is no pip to do the others' ways with.</returns>
    private static WaysTable? Measured(Session session, string place, string executable, bool keepsFurniture, CancellationToken cancel)
    {
        string below = Directory.CreateDirectory(Path.Combine(place, "ways")).FullName;
        var request = new AssessmentRequest(below)
        {
            Quick = true, Only = WaysTable.Ways, Kinds = WaysTable.Kinds, Workers = Environment.ProcessorCount, Executable = executable,
        };
        using var line = new ProgressLine(session.Terminal, Session.Time);
        AssessmentResult result = AssessmentRun.Measure(request, new AssessCommand.Shown(line), cancel);
        return result.Layout?.PipPackage is null ? null : new(result, keepsFurniture);
    }

    // Ours may lie in root's home, where the user that root became has no way in; the kernel still lets us read what we were started from.
    private static string CopyOfOurselves(string place)
    {
        string copy = Path.Combine(place, "sandpiper");
        File.Copy("/proc/self/exe", copy);
        File.SetUnixFileMode(copy, (UnixFileMode)0b111_101_101);
        return copy;
    }

    private static void MustWork(SandpiperSide ours)
    {
        if (!ours.Install(Stage.Wanted, Stage.WantedToo))
            throw new ExplainedException(new(ExitCode.CouldNot, "the demonstration could not begin",
                $"installing from the sample index failed{(ours.LastRule is { } rule ? $" ({rule})" : "")}",
                "sandpiper install --dry-run six"));
        if (ours.Python("pass") is null)
            throw new ExplainedException(new(ExitCode.NoSandbox, "the demonstration could not begin", "a program could not be run confined",
                "sandpiper run -- true"));
    }

    private static void WriteHead(Terminal terminal)
    {
        terminal.Line("Sample packages were made for this; nothing leaves this machine. Each way is");
        terminal.Line("really used, in a throw-away copy of it, and what came of it read from outside.");
        terminal.Line("");
        terminal.Flush();
    }

    private static void WriteNoPip(Terminal terminal)
    {
        terminal.Line("What the other ways do is not shown: that needs a pip for /usr/bin/python3.");
        terminal.Line("  apt install python3-pip python3-venv     or as your system has it; then again");
        terminal.Line("");
    }

    private static void WriteTable(Terminal terminal, WaysTable table)
    {
        string lead = new(' ', TriedWidth + 1);
        terminal.Line(Inked.Bold(lead + string.Concat(WaysTable.Titles.Select(t => t.First.PadRight(WordWidth))).TrimEnd()));
        terminal.Line(Inked.Bold(lead + string.Concat(WaysTable.Titles.Select(t => t.Second.PadRight(WordWidth))).TrimEnd()));
        foreach (var (tried, words) in table.Lines)
        {
            Inked[] cells = [.. words.Select((w, i) => Of(w, isLast: i == words.Length - 1))];
            terminal.Line([" " + (words.Length == 0 ? tried : tried.PadRight(TriedWidth)), .. cells]);
        }
        foreach (string problem in table.Problems) terminal.Line(Inked.Dim($" {problem}"));
        terminal.Line("");

        static Inked Of(string word, bool isLast) => new(isLast ? word : word.PadRight(WordWidth), word switch
        {
            "taken" or "changed" or "replaced" or "everybody" or "break" => Ink.Red,
            "–" or "not run" or "refused" or "nobody" or "work" => Ink.Green,
            _ => Ink.Yellow,
        });
    }

    private static void WriteActs(Terminal terminal, List<Act> acts, (TimeSpan Plain, TimeSpan Confined) start)
    {
        terminal.Line(Inked.Bold(" sandpiper besides"));
        foreach (Act act in acts)
            terminal.Line("  ", act.Tried.PadRight(ActWidth), act.AsPromised ? Inked.Green(act.Seen) : Inked.Red(act.Seen));
        terminal.Line(Inked.Bold(" and what it costs"));
        terminal.Line("  ", "a start of Python".PadRight(ActWidth),
            $"{Milliseconds(start.Confined)} ms, plain {Milliseconds(start.Plain)} ms");
        terminal.Line("  ", "what a program may write or reach".PadRight(ActWidth), "you grant it: --write, --net");
        terminal.Line("  ", "a package without a wheel".PadRight(ActWidth), "cannot be installed");
        terminal.Line("");
    }

    private static string Milliseconds(TimeSpan time) => time.TotalMilliseconds.ToString("F0", CultureInfo.InvariantCulture);

    private static void WriteEnd(Terminal terminal, int decoyOpened, TimeSpan took)
    {
        terminal.Line($" decoy key behind sandpiper opened {decoyOpened} times · {ChangeReport.Seconds(took)}");
        string typed = TypedCommand.Of(Environment.GetEnvironmentVariable("PATH"), Environment.CurrentDirectory,
            Environment.ProcessPath ?? "sandpiper");
        terminal.Line($" next: {typed} assess");
    }

    private static void WriteJson(Terminal terminal, WaysTable? table, List<Act> acts, int decoyOpened,
        (TimeSpan Plain, TimeSpan Confined) start, TimeSpan took) => JsonAnswer.Write(terminal, "demo", json =>
    {
        json.WriteStartArray("ways");
        string heading = "";
        foreach (var (tried, words) in table?.Lines ?? [])
        {
            // A line that begins with spaces goes on with the one above.
            string whole = tried.StartsWith(' ') ? $"{heading} {tried.Trim()}" : tried;
            if (words.Length == 0) heading = tried.StartsWith(' ') ? whole : tried;
            if (words.Length == 0) continue;
            json.WriteStartObject();
            json.WriteString("tried", whole);
            for (int i = 0; i < words.Length; i++) json.WriteString(WaysTable.Ways[i], words[i]);
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WriteBoolean("has_pip", table is not null);
        json.WriteStartArray("acts");
        foreach (Act act in acts)
        {
            json.WriteStartObject();
            json.WriteString("tried", act.Tried);
            json.WriteString("seen", act.Seen);
            json.WriteBoolean("as_promised", act.AsPromised);
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WriteNumber("start_ms", Math.Round(start.Confined.TotalMilliseconds, 1));
        json.WriteNumber("plain_start_ms", Math.Round(start.Plain.TotalMilliseconds, 1));
        json.WriteNumber("decoy_opened", decoyOpened);
        json.WriteNumber("seconds", Math.Round(took.TotalSeconds, 2));
    });
}
