using System.Collections.Immutable;
using Sandpiper.Console;
using Sandpiper.Kernel.Files;
using Sandpiper.Sandbox.Profiles;
using Sandpiper.Sandbox.Reviews;

namespace Sandpiper.Commands;

/// <summary><c>--review</c>, of <c>run</c> and <c>try</c>: what a program writes goes to a copy, and its user decides afterwards.</summary>
internal static class RunReview
{
    private const int MostRows = 20;

    public static System.CommandLine.Option<bool> Option() => new("--review")
    {
        Description = "let it write a copy of the project (or of what --write names), and show what it changed",
    };

    /// <summary>With the project granted, where nothing was named: a copy of it, that is.</summary>
    /// <exception cref="ExplainedException">There is none.</exception>
    public static Grants Around(Grants typed, Caller caller)
    {
        if (!typed.Write.IsEmpty) return typed;
        if (typed.ShowCurrentDirectory && Project.Of(caller) is { } project) return typed with { Write = [project.Directory] };
        throw new ExplainedException(new(ExitCode.RunFailed, "`--review` has nothing to make a copy of; nothing was run",
            typed.ShowCurrentDirectory ? "there is no project here, and no directory was named" : "with `--cwd none` no directory is shown",
            "sandpiper run --review --write DIR -- …"));
    }

    /// <summary>Makes the copy, or what does for one.</summary>
    /// <exception cref="CopyRefusedException">It cannot be made.</exception>
    public static ReviewedRun Begin(Session session, Confinement confinement) =>
        Copying(session, () => ReviewedRun.Begin(session.Places.Root, confinement, MayLayer));

    /// <summary>Whether a layer would do for it.</summary>
    /// <inheritdoc cref="ReviewedRun.WouldLayer" path="/exception"/>
    public static bool IsLayer(Session session, Confinement confinement) =>
        MayLayer && ReviewedRun.WouldLayer(session.Places.Root, confinement, session.SecondStage);

    /// <summary>Makes the copy after all.</summary>
    /// <inheritdoc cref="Begin" path="/exception"/>
    public static void CopyInstead(Session session, ReviewedRun run)
    {
        uint callers = CreationMask.Tighten();
        try
        {
            _ = Copying(session, () =>
            {
                run.CopyInstead();
                return run;
            });
        }
        finally
        {
            CreationMask.GiveBack(callers);
        }
    }

    /// <summary>Nobody wants a copy in any case.</summary>
    /// <remarks>Over layers a directory that was there cannot be renamed in one step: some programs know no other way.</remarks>
    public static bool MayLayer =>
        !string.Equals(Environment.GetEnvironmentVariable("SANDPIPER_REVIEW"), "copy", StringComparison.Ordinal);

    private static ReviewedRun Copying(Session session, Func<ReviewedRun> make)
    {
        session.Terminal.Transient("making a copy …");
        try
        {
            return make();
        }
        finally
        {
            session.Terminal.ClearTransient();
        }
    }

    /// <summary>Says what it changed, and asks on a terminal what is to become of it.</summary>
    /// <param name="mayAsk">The program ended by itself.</param>
    /// <returns>The signal that was the answer, as an exit code; null: none was.</returns>
    public static ExitCode? Settle(Session session, ReviewedRun run, string command, int exitCode, bool mayAsk)
    {
        DateTimeOffset now = Session.Time.GetUtcNow();
        KeptReview? kept = run.End(command, exitCode, now);
        if (session.Json)
        {
            Review none = new(command, now, exitCode, IsCutShort: false, run.Roots, run.LeftOut, []);
            ReviewReport.WriteJson(session.Terminal, kept?.Content ?? none, kept);
            return null;
        }
        if (kept is null)
        {
            session.Terminal.Note(Inked.Dim("sandpiper: it changed nothing"));
            return null;
        }
        var report = new ReviewReport(kept);
        if (session.Terminal.Verbosity is Verbosity.Quiet)
        {
            session.Terminal.Problem($"sandpiper: {report.Title}: {Counted.Of(kept.Content.Changes.Length, "change")} ·  "
                + $"sandpiper review show {kept.Number}");
            return null;
        }
        session.Terminal.Note(Inked.Bold($"sandpiper: {report.Title}"));
        report.Write(pieces => session.Terminal.Note(pieces), MostRows);
        if (!mayAsk || !Question.CanBeAsked)
        {
            report.WriteNext(pieces => session.Terminal.Note(pieces));
            return null;
        }
        using var interruption = new Interruption(Session.Time);
        try
        {
            return Ask(session, kept, report, interruption.Token) is ExitCode.Interrupted ? interruption.Exit : null;
        }
        catch (OperationCanceledException) when (interruption.Token.IsCancellationRequested)
        {
            // It is kept, as where nothing is answered; and whoever asked has more to put away.
            session.Terminal.Note("");
            report.WriteNext(pieces => session.Terminal.Note(pieces));
            return interruption.Exit;
        }
    }

    private static ExitCode Ask(Session session, KeptReview kept, ReviewReport report, CancellationToken cancel)
    {
        var reviews = new KeptReviews(session.Places.Root);
        while (true)
        {
            switch (Question.Answer(session.Terminal, "Put it into the project?  [t]ake  [d]iff  [l]ater  dr[o]p", cancel))
            {
                case "t" or "take":
                    return ReviewCommand.TakeHeld(session, reviews, kept, kept.Content.Changes, [], cancel);
                case "d" or "diff":
                    report.WriteDifference(session.Terminal, kept.Content.Changes);
                    session.Terminal.Flush();
                    break;
                case "o" or "drop":
                    ReviewCommand.DropHeld(reviews, kept);
                    session.Terminal.Note("Thrown away; the project is as it was");
                    return ExitCode.Done;
                case "" or null or "l" or "later":
                    report.WriteNext(pieces => session.Terminal.Note(pieces));
                    return ExitCode.Done;
            }
        }
    }
}
