using System.CommandLine;
using System.Diagnostics;
using Sandpiper.Console;
using Sandpiper.Demonstration;
using Sandpiper.Interpreters;
using Sandpiper.Store;

namespace Sandpiper.Commands;

/// <summary><c>demo</c>: the main job and the attacks on it, on a sample index, each result seen from outside.</summary>
internal static class DemoCommand
{
    private const int TriedWidth = 47;
    private const int PipWidth = 26;

    public static Command Build()
    {
        var command = new TaughtCommand("demo", "the whole story in a minute, on a sample index, no network",
            [new("sandpiper demo", "eight acts, each on plain pip too where there is one")],
            [
                "Everything happens below one temporary directory, which is removed at the end. What plain pip is shown to do it does in "
                + "the sandbox, with a home of its own: only the demo's own decoys can be hurt.",
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
        string place = Directory.CreateTempSubdirectory("sandpiper-demo-").FullName;
        try
        {
            string root = Path.Combine(place, "root");
            string executable = CopyOfOurselves(place);
            var ours = new SandpiperSide(Stage.Make(Path.Combine(place, "home")), executable, root);
            PipSide? pip = PipSideOf(place, executable, root, interpreter, ours);
            using var story = new Story(ours, pip);
            WriteHead(session, pip is not null);
            var acts = new List<Act>();
            foreach (Act act in story.Acts())
            {
                cancel.ThrowIfCancellationRequested();
                acts.Add(act);
                if (!session.Json) WriteAct(session.Terminal, acts.Count, act);
            }
            return WriteEnd(session, acts, story.DecoyOpened, Stopwatch.GetElapsedTime(started));
        }
        finally
        {
            SealedTree.Remove(place);
        }
    }

    // Ours may lie in root's home, where the user that root became has no way in; the kernel still lets us read what we were started from.
    private static string CopyOfOurselves(string place)
    {
        string copy = Path.Combine(place, "sandpiper");
        File.Copy("/proc/self/exe", copy);
        File.SetUnixFileMode(copy, (UnixFileMode)0b111_101_101);
        return copy;
    }

    // pip is confined by `run`, which needs an environment of ours to be there: an empty-handed one will do.
    private static PipSide? PipSideOf(string place, string executable, string root, Interpreter interpreter, SandpiperSide ours)
    {
        if (!ours.Install(Stage.Wanted, Stage.WantedToo))
            throw new ExplainedException(new(ExitCode.CouldNot, "the demonstration could not begin",
                $"installing from the sample index failed{(ours.LastRule is { } rule ? $" ({rule})" : "")}",
                "sandpiper install --dry-run six"));
        if (ours.Python("pass") is null)
            throw new ExplainedException(new(ExitCode.NoSandbox, "the demonstration could not begin", "a program could not be run confined",
                "sandpiper run -- true"));
        var pip = new PipSide(Stage.Make(Path.Combine(place, "pip-home")), executable, root, interpreter.Path);
        return pip.Exists() ? pip : null;
    }

    private static void WriteHead(Session session, bool hasPip)
    {
        if (session.Json) return;
        Terminal terminal = session.Terminal;
        terminal.Line("A sample index was made for this; nothing leaves this machine. A decoy key lies in a throw-away home.");
        if (!hasPip) terminal.Line("There is no pip here, so only our side is shown.");
        terminal.Line("");
        terminal.Line(new string(' ', 4), "".PadRight(TriedWidth), Inked.Bold((hasPip ? "plain pip" : "").PadRight(PipWidth)),
            Inked.Bold("sandpiper"));
        terminal.Flush();
    }

    private static void WriteAct(Terminal terminal, int number, Act act)
    {
        terminal.Line($"{number,2}  ", act.Tried.PadRight(TriedWidth), Inked.Dim((act.Pip ?? "–").PadRight(PipWidth)),
            act.AsPromised ? Inked.Green(act.Sandpiper) : Inked.Red(act.Sandpiper));
        terminal.Flush();
    }

    private static int WriteEnd(Session session, List<Act> acts, int decoyOpened, TimeSpan took)
    {
        bool good = acts.TrueForAll(a => a.AsPromised) && decoyOpened == 0;
        if (session.Json)
        {
            JsonAnswer.Write(session.Terminal, "demo", json =>
            {
                json.WriteStartArray("acts");
                foreach (Act act in acts)
                {
                    json.WriteStartObject();
                    json.WriteString("tried", act.Tried);
                    json.WriteString("pip", act.Pip);
                    json.WriteString("sandpiper", act.Sandpiper);
                    json.WriteBoolean("as_promised", act.AsPromised);
                    json.WriteEndObject();
                }
                json.WriteEndArray();
                json.WriteNumber("decoy_opened", decoyOpened);
                json.WriteNumber("seconds", Math.Round(took.TotalSeconds, 2));
            });
        }
        else
        {
            session.Terminal.Line("");
            session.Terminal.Line($" decoy key behind sandpiper opened {decoyOpened} times · {ChangeReport.Seconds(took)}");
            session.Terminal.Line(" next: sandpiper install NAME, then sandpiper run -- python");
        }
        return (int)(good ? ExitCode.Done : ExitCode.CouldNot);
    }
}
