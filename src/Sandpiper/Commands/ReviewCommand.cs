using System.Collections.Immutable;
using System.CommandLine;
using System.Globalization;
using Microsoft.Win32.SafeHandles;
using Sandpiper.Console;
using Sandpiper.Sandbox;
using Sandpiper.Sandbox.Reviews;

namespace Sandpiper.Commands;

/// <summary><c>review</c>: what programs changed in copies of a project, and what is to become of it.</summary>
internal static class ReviewCommand
{
    private const string List = "list", Show = "show", Diff = "diff", Take = "take", Drop = "drop";
    private const int MostRows = 1000, MostTold = 20, MostNamed = 5;

    public static Command Build()
    {
        var action = new ActionArgument(List, Show, Diff, Take, Drop) { HelpName = $"{Show}|{Diff}|{Take}|{Drop}" };
        var words = new Argument<string[]>("N") { HelpName = "N [PATH]", Arity = ArgumentArity.ZeroOrMore };
        var all = new Option<bool>("--all") { Description = "`drop` every one of them" };
        var command = new TaughtCommand("review", "what programs changed in a copy of a project; take it, or not",
            [
                new("sandpiper review", "lists them"),
                new("sandpiper review diff 3", "what it changed, line by line"),
                new("sandpiper review take 3 src/app.py", "puts that into the project"),
                new("sandpiper review take 3", "all of it"),
                new("sandpiper review drop 2", "throws it away"),
            ],
            [
                "`run --review` and `try --review` let a program write a copy; what it changed waits here. `take` overwrites nothing that "
                + "was changed in the project meanwhile, follows no link, gives nobody a set-user-ID bit, and takes neither FIFOs nor "
                + "sockets nor devices. What other programs run unasked (a git hook, .envrc, an editor's task, byte code) and links that "
                + "lead out of the project are taken only where their path is named.",
                $"What nobody decided about for {KeptReviews.Kept.TotalDays:0} days goes with `sandpiper gc`, all of it with "
                + "`sandpiper purge`.",
            ]);
        command.Arguments.Add(action);
        command.Arguments.Add(words);
        command.Options.Add(all);
        command.Runs((session, parsed) =>
        {
            var reviews = new KeptReviews(session.Places.Root);
            reviews.RemoveUnfinished();
            new KilledRuns(session).Settle();   // what is taken comes to lie among it
            string what = parsed.GetValue(action)!;
            string[] typed = parsed.GetValue(words) ?? [];
            bool isAll = parsed.GetValue(all);
            if (isAll && (what is not Drop || typed.Length > 0)) throw Usage("`--all` is for `review drop`, without a number");
            if (what is List)
            {
                if (typed.Length > 0) throw Usage("`review list` takes no number");
                Tell(session, reviews.List());
                return (int)ExitCode.Done;
            }
            if (what is Drop)
            {
                return (int)DropThem(session, reviews,
                    isAll ? reviews.List() : [.. typed.Select(word => Chosen(reviews, word, Drop))], isAll);
            }
            KeptReview review = Chosen(reviews, typed.FirstOrDefault(), what);
            string[] paths = typed[1..];
            ImmutableArray<Change> changes = Below(review, paths, Callers.Of(session).CurrentDirectory);
            return (int)(what is Take ? TakeThem(session, reviews, review, changes, paths) : ShowThem(session, review, what, changes));
        });
        return command;
    }

    /// <summary>Takes what is chosen, and says what came of it.</summary>
    /// <param name="review">Held by the caller.</param>
    /// <param name="paths">As they were typed; none: all.</param>
    /// <param name="cancel">Who stops it is told how far it came.</param>
    public static ExitCode TakeHeld(Session session, KeptReviews reviews, KeptReview review, ImmutableArray<Change> changes, string[] paths,
        CancellationToken cancel)
    {
        string here = Callers.Of(session).CurrentDirectory;
        TakingOutcome outcome = Taking.Take(reviews, review, changes,
            change => paths.Any(path => IsNamed(review.Content, change, path, here)), session.CallersMask, cancel);
        int rest = review.Content.Changes.Length - outcome.Taken.Length;
        if (session.Json)
        {
            JsonAnswer.Write(session.Terminal, "review-take", json =>
            {
                json.WriteNumber("review", review.Number);
                json.WriteStrings("taken", outcome.Taken.Select(review.Content.PathOf));
                json.WriteStartArray("left");
                foreach (LeftChange left in outcome.Left)
                {
                    json.WriteStartObject();
                    json.WriteString("path", review.Content.PathOf(left.Change));
                    json.WriteString("why", ReviewWords.KeyOf(left.Why));
                    json.WriteEndObject();
                }
                json.WriteEndArray();
                json.WriteNumber("remaining", rest);
                json.WriteBoolean("stopped", outcome.IsCutShort);
            });
        }
        TellOfLeft(session.Terminal, review, outcome.Left, here);
        session.Terminal.Note($"{(outcome.IsCutShort ? "Stopped; took" : "Took")} {Counted.Of(outcome.Taken.Length, "change")}"
            + (rest == 0 ? "; nothing of the review is left" : $"; {rest:N0} left ·  sandpiper review show {review.Number}"));
        return outcome.IsCutShort ? ExitCode.Interrupted : outcome.Left.IsEmpty ? ExitCode.Done : ExitCode.CouldNot;
    }

    private static void TellOfLeft(Terminal terminal, KeptReview review, ImmutableArray<LeftChange> left, string here)
    {
        // What lies in a name that has to be said is told with it.
        LeftChange[] told = [.. left.DistinctBy(one => (one.Change.Root, PathIn(one)))];
        foreach (LeftChange one in told.Take(MostTold))
            terminal.Problem(Inked.Yellow($"not taken: {Typed(one)}: {ReviewWords.Of(one)}"));
        if (told.Length > MostTold) terminal.Problem(Inked.Yellow($"not taken: {told.Length - MostTold:N0} more"));
        string[] toName = [.. told.Where(one => one.Why is WhyLeft.ToBeNamed).Select(one => InShell.Quoted(Typed(one)))];
        if (toName.Length is > 0 and <= MostNamed)
            terminal.Problem(Inked.Yellow($"read first, then ·  sandpiper review take {review.Number} {string.Join(' ', toName)}"));

        string PathIn(LeftChange one) => one.Why is WhyLeft.ToBeNamed ? one.Change.ToBeNamed! : one.Change.Path;

        string Typed(LeftChange one) => GrantWords.From(review.Content.PathOf(one.Change with { Path = PathIn(one) }), here);
    }

    /// <summary>Throws it away.</summary>
    public static void DropHeld(KeptReviews reviews, KeptReview review)
    {
        Taking.Tidy(review);
        if (reviews.Remove(review) is not 0 and int errno)
        {
            throw new ExplainedException(new(ExitCode.CouldNot, $"review {review.Number} was not removed wholly",
                $"part of it cannot be removed (error {errno}): it lies in {review.Place}"));
        }
    }

    private static ExitCode TakeThem(
        Session session, KeptReviews reviews, KeptReview review, ImmutableArray<Change> changes, string[] paths)
    {
        using SafeFileHandle held = Held(review);
        // Somebody may have taken a part of it since it was looked up.
        KeptReview now = reviews.Find(review.Number) ?? throw Absent(review.Number, reviews);
        using var interruption = new Interruption(Session.Time);
        ExitCode exit = TakeHeld(session, reviews, now, [.. changes.Intersect(now.Content.Changes)], paths, interruption.Token);
        return exit is ExitCode.Interrupted ? interruption.Exit : exit;
    }

    private static ExitCode DropThem(Session session, KeptReviews reviews, ImmutableArray<KeptReview> chosen, bool isAll)
    {
        if (chosen.IsEmpty && !isAll) throw Usage("`review drop` needs a number, or --all", "sandpiper review");
        foreach (KeptReview review in chosen.DistinctBy(review => review.Number))
        {
            using SafeFileHandle held = Held(review);
            DropHeld(reviews, review);
            session.HasDone($"review {review.Number} was removed");
            session.Terminal.Note($"Removed review {review.Number}: {Counted.Of(review.Content.Changes.Length, "change")} not taken");
        }
        if (session.Json)
        {
            JsonAnswer.Write(session.Terminal, "review-drop", json =>
            {
                json.WriteStartArray("removed");
                foreach (KeptReview review in chosen.DistinctBy(review => review.Number)) json.WriteNumberValue(review.Number);
                json.WriteEndArray();
            });
        }
        return ExitCode.Done;
    }

    private static ExitCode ShowThem(Session session, KeptReview review, string what, ImmutableArray<Change> changes)
    {
        Review chosen = review.Content with { Changes = changes };
        KeptReview shown = review with { Content = chosen };
        if (session.Json)
        {
            ReviewReport.WriteJson(session.Terminal, chosen, shown);
            return ExitCode.Done;
        }
        var report = new ReviewReport(shown);
        if (what is Diff)
        {
            report.WriteDifference(session.Terminal, changes);
            return ExitCode.Done;
        }
        session.Terminal.Listed(2, Inked.Bold(report.Title));
        report.Write(pieces => session.Terminal.Line(pieces), MostRows);
        report.WriteNext(pieces => session.Terminal.Note(pieces));
        return ExitCode.Done;
    }

    private static void Tell(Session session, ImmutableArray<KeptReview> reviews)
    {
        if (session.Json)
        {
            JsonAnswer.Write(session.Terminal, "review", json =>
            {
                json.WriteStartArray("reviews");
                foreach (KeptReview review in reviews)
                {
                    json.WriteStartObject();
                    json.WriteNumber("review", review.Number);
                    json.WriteString("command", review.Content.Command);
                    json.WriteString("when", review.Content.When);
                    json.WriteNumber("exit_code", review.Content.ExitCode);
                    json.WriteStrings("directories", review.Content.Roots.Select(root => root.Directory));
                    json.WriteNumber("changes", review.Content.Changes.Length);
                    json.WriteEndObject();
                }
                json.WriteEndArray();
            });
            return;
        }
        if (reviews.IsEmpty) session.Terminal.Note("Nothing waits for a review");
        foreach (KeptReview review in reviews)
        {
            string command = ShownCommand.Of(review.Content.Command);
            session.Terminal.Line(string.Create(CultureInfo.InvariantCulture, $"{review.Number,3}  {command}"));
            string where = string.Join(", ", review.Content.Roots.Select(root => root.Directory));
            session.Terminal.Listed(5, Inked.Dim(string.Create(CultureInfo.InvariantCulture,
                $"     {Counted.Of(review.Content.Changes.Length, "change")} in {where}, "
                + $"{review.Content.When.ToLocalTime():yyyy-MM-dd HH:mm}")));
        }
        if (!reviews.IsEmpty) session.Terminal.Note("sandpiper review show N, diff N, take N, drop N");
    }

    private static KeptReview Chosen(KeptReviews reviews, string? word, string what)
    {
        ImmutableArray<KeptReview> all = reviews.List();
        int known = all.IsEmpty ? 1 : all[^1].Number;
        if (word is null) throw Usage($"`review {what}` needs a number", $"sandpiper review {what} {known}");
        if (!int.TryParse(word, NumberStyles.None, CultureInfo.InvariantCulture, out int number))
        {
            string hint = what is Drop || word.All(char.IsAsciiDigit)
                ? "sandpiper review" : $"sandpiper review {what} {known} {InShell.Quoted(word)}";
            throw Usage($"`review {what}` needs a number first, not `{word}`", hint);
        }
        return reviews.Find(number) ?? throw Absent(number, reviews);
    }

    private static SafeFileHandle Held(KeptReview review) => KeptReviews.TryHold(review) ?? throw new ExplainedException(new(
        ExitCode.CouldNot, $"review {review.Number} is in use; nothing was changed",
        "another command takes or drops it, or waits for an answer",
        "wait for it, and try again"));

    private static ImmutableArray<Change> Below(KeptReview review, string[] paths, string here)
    {
        if (paths.Length == 0) return review.Content.Changes;
        bool LiesIn(Change change, string path) => MeantBy(review.Content, change, path, here)
            .Any(meant => DirectoryTree.Holds(meant, review.Content.PathOf(change)));
        ImmutableArray<Change> chosen = [.. review.Content.Changes.Where(change => paths.Any(path => LiesIn(change, path)))];
        string? lost = paths.FirstOrDefault(path => !chosen.Any(change => LiesIn(change, path)));
        return lost is null ? chosen : throw new ExplainedException(new(ExitCode.CouldNot,
            $"nothing was changed as `{lost}` in review {review.Number}, or it was taken; nothing was done",
            "its paths are listed by the command below", $"sandpiper review show {review.Number}"));
    }

    // Of a directory that runs unasked, or of one name in it, he knows what it is; of what lies around it perhaps not.
    private static bool IsNamed(Review review, Change change, string path, string here)
    {
        if (change.ToBeNamed is null) return true;
        string marked = review.PathOf(change with { Path = change.ToBeNamed }), itself = review.PathOf(change);
        return MeantBy(review, change, path, here).Any(meant => DirectoryTree.Holds(marked, meant) && DirectoryTree.Holds(meant, itself));
    }

    // From where one stands, and as it was listed.
    private static IEnumerable<string> MeantBy(Review review, Change change, string path, string here) =>
    [
        Path.TrimEndingDirectorySeparator(Path.GetFullPath(path, here)),
        Path.TrimEndingDirectorySeparator(Path.GetFullPath(path, review.Roots[change.Root].Directory)),
    ];

    private static ExplainedException Absent(int number, KeptReviews reviews) => new(new(ExitCode.CouldNot,
        $"there is no review {number}; nothing was changed",
        reviews.List().IsEmpty ? "nothing waits for a review" : "all of it was taken, or it was dropped, or it never was",
        "sandpiper review      lists what there is"));

    private static ExplainedException Usage(string what, string hint = "sandpiper help review") =>
        new(new(ExitCode.WrongUsage, $"{what}; nothing was done", "its help shows what there is", hint));
}
