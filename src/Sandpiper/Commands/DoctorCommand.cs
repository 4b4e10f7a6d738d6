using System.Collections.Immutable;
using System.CommandLine;
using Sandpiper.Console;
using Sandpiper.Sandbox.Attempts;
using Sandpiper.Sandbox.Profiles;

namespace Sandpiper.Commands;

/// <summary><c>doctor</c>: tries on this machine whether a confined program gets out.</summary>
internal static class DoctorCommand
{
    private const int RowsColumn = 14;

    public static Command Build()
    {
        var command = new TaughtCommand("doctor", "try on this machine whether a confined program gets out",
            [
                new("sandpiper doctor", "in about a second"),
                new("sandpiper doctor -v", "each attempt"),
            ],
            [
                "The same attempts are made twice, on files, sockets and a process that are made for them: once without the sandbox, which "
                + "shows that they work, and once in it. What came of them is looked at from outside wherever it can be seen there; of "
                + "system calls only the program itself can say.",
                "The exit code is 0 when none got through, 1 when one did or could not be tried, 4 when there is no sandbox to be had "
                + "here.",
            ]);
        command.Runs((session, _) =>
        {
            var (results, layers) = Tried(session);
            if (session.Json) WriteJson(session.Terminal, results, layers);
            else WriteWords(session.Terminal, results, layers);
            return (int)(results.All(r => r.GotThrough is false) ? ExitCode.Done : ExitCode.CouldNot);
        });
        return command;
    }

    // What was made for the attempts goes before Ctrl-C ends it.
    private static (ImmutableArray<AttemptResult> Results, bool? Layers) Tried(Session session)
    {
        using var interruption = new Interruption(Session.Time);
        try
        {
            Caller caller = Callers.Of(session);
            ImmutableArray<AttemptResult> results = SandboxTrial.Run(
                session.OwnProgram, session.SecondStage, caller, interruption.Token);
            bool? layers = RunReview.MayLayer ? SandboxTrial.LayersReviews(session.SecondStage, caller) : false;
            interruption.Token.ThrowIfCancellationRequested();
            return (results, layers);
        }
        catch (Exception stopped) when (interruption.Token.IsCancellationRequested)
        {
            throw new ExplainedException(Explanations.Of(new OperationCanceledException("", stopped)) with { Exit = interruption.Exit });
        }
    }

    internal static void WriteWords(Terminal terminal, ImmutableArray<AttemptResult> results, bool? layers)
    {
        bool holds = results.All(r => r.GotThrough is false);
        terminal.Line("Confinement here: ", holds ? Inked.Green("in force") : Inked.Red("not whole"));
        foreach (var kind in results.GroupBy(r => r.Attempt.Kind).OrderBy(g => g.Key))
        {
            int through = kind.Count(r => r.GotThrough is true), unknown = kind.Count(r => r.GotThrough is null);
            int works = kind.Count(r => r.WorksWithout is true), tried = kind.Count(r => r.WorksWithout is not null);
            string what = $"{Counted.Of(kind.Count(), "attempt")}, {through:N0} got through"
                + (unknown > 0 ? $", {unknown:N0} not tried" : "")
                + (tried > 0 ? $"; without the sandbox {works:N0} of {tried:N0} do" : "");
            Inked sign = through + unknown == 0 ? Inked.Green("✓") : Inked.Red("×");
            terminal.Listed(RowsColumn, " ", sign, $" {WordOf(kind.Key),-11}{what}");
            foreach (AttemptResult result in kind.Where(r => r.GotThrough is not false))
                terminal.Listed(RowsColumn, "     ", result.GotThrough is true ? "got through: " : "not tried: ", result.Attempt.Words);
            foreach (AttemptResult result in kind)
                terminal.Detail($"     {(result.GotThrough is false ? "stopped:" : "not stopped:"),-13}{result.Attempt.Words}");
        }
        terminal.Listed(RowsColumn, " ", Inked.Yellow("!"), $" {"memory",-11}not limited unless you say so: sandpiper run --memory 4G");
        terminal.Listed(RowsColumn, " ", Inked.Yellow("!"), $" {"terminal",-11}its own; what is typed while it waits for input it reads");
        terminal.Listed(RowsColumn, " ", layers is true ? Inked.Green("✓") : Inked.Yellow("!"), $" {"review",-11}" + layers switch
        {
            true => "a layer above the project: --review copies nothing",
            false => "a copy of the project: --review keeps nothing apart here",
            null => "not tried: nothing can be written in your home",
        });
        if (!holds) terminal.Note("Do not rely on `run` here: please report this with what `sandpiper doctor -v` says");
        else terminal.Note(Inked.Dim("`sandpiper doctor -v` lists the attempts; what is not promised: docs/sandbox.md"));
    }

    internal static string WordOf(AttemptKind kind) => kind switch
    {
        AttemptKind.Files => "files",
        AttemptKind.Network => "network",
        AttemptKind.Processes => "processes",
        _ => "kernel",
    };

    private static void WriteJson(Terminal terminal, ImmutableArray<AttemptResult> results, bool? layers) =>
        JsonAnswer.Write(terminal, "doctor", json =>
    {
        json.WriteBoolean("in_force", results.All(r => r.GotThrough is false));
        json.WriteStartArray("attempts");
        foreach (AttemptResult result in results)
        {
            json.WriteStartObject();
            json.WriteString("name", result.Attempt.Name);
            json.WriteString("kind", WordOf(result.Attempt.Kind));
            json.WriteString("what", result.Attempt.Words);
            Write("got_through", result.GotThrough);
            Write("works_without", result.WorksWithout);
            json.WriteEndObject();
        }
        json.WriteEndArray();
        Write("review_is_layer", layers);

        void Write(string key, bool? value)
        {
            if (value is { } known) json.WriteBoolean(key, known);
            else json.WriteNull(key);
        }
    });
}
