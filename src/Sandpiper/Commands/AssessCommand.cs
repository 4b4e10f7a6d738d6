using System.Collections.Immutable;
using System.CommandLine;
using System.Diagnostics;
using Sandpiper.Assessment;
using Sandpiper.Assessment.Approaches;
using Sandpiper.Assessment.Confirmations;
using Sandpiper.Assessment.Matrix;
using Sandpiper.Assessment.Probes;
using Sandpiper.Auditing;
using Sandpiper.Auditing.People;
using Sandpiper.Console;
using Sandpiper.Kernel.Files;
using Sandpiper.Kernel.Users;

namespace Sandpiper.Commands;

/// <summary><c>assess</c>: what each way of installing exposes, measured in a throw-away copy of this machine.</summary>
internal static class AssessCommand
{
    private const string ElsewhereHint = "TMPDIR=/somewhere/with/room sandpiper assess";

    public static Command Build()
    {
        var quick = new Option<bool>("--quick")
        {
            Description = "only the ways that people ask about first, and three kinds of hostile package",
        };
        var only = new Option<string[]>("--only")
            { HelpName = "WAY", Description = "only this way to install, by its name in --json; several by commas" };
        var why = new TextOption("--why") { HelpName = "WAY,ASSET", Description = "one cell: how it came about, step by step" };
        var weights = new TextOption("--weights")
        {
            HelpName = "ASSET,…", Description = "what matters most to you, first; orders the rows and changes nothing else",
        };
        var html = new TextOption("--html")
        {
            HelpName = "FILE", Description = "also one page, to open in a browser: every cell with its chain",
        };
        foreach (Option<string[]> option in (Option<string[]>[])[only]) option.CompletionSources.Add([.. AssessmentRun.Ids]);
        weights.CompletionSources.Add([.. AssetNames.Ids]);
        var command = new TaughtCommand("assess", "what each way of installing exposes, measured here",
            [
                new("sandpiper assess --quick", "the ways that people ask about first"),
                new("sandpiper assess --quick --why 4,root", "how (4) exposes the system"),
                new("sandpiper assess --only user-site --weights keys", "one way; rows by what matters to you"),
            ],
            [
                "It makes a small copy of this machine below one temporary directory: its /usr read-only, people and decoys made up. There "
                + "it really installs harmless stand-ins for malware, each way, with the pip of this machine; then lets Python be "
                + "started, the package be used, removed, its directory be made anew, sudo be used. What was reached is read from "
                + "outside. Nothing else is written, nothing leaves this machine, and your own sudo and settings are neither read nor run.",
                "Without --quick it measures every way, each also with wheels only and with hashes, and every kind of hostile package: "
                + "minutes. What cannot be tried is a row that says so, or a `?`: neither is shown as safe.",
            ]);
        foreach (Option option in (Option[])[quick, only, why, weights, html]) command.Options.Add(option);
        command.Runs((session, parsed, cancel) =>
        {
            (string Row, Asset Asset)? cell = CellOf(parsed.GetValue(why));
            ImmutableArray<Asset> order = OrderOf(parsed.GetValue(weights));
            ImmutableArray<string> rows = cell is { } asked ? [asked.Row] : RowsOf(parsed.GetValue(only) ?? []);
            var request = new AssessmentRequest("")
            {
                Quick = parsed.GetValue(quick), Only = rows, Workers = Environment.ProcessorCount,
                Present = OtherTool.All.Select(t => (t.Program, Path: OnPath(t.Program))).Where(t => t.Path is not null)
                    .ToImmutableDictionary(t => t.Program, t => t.Path!, StringComparer.Ordinal),
            };
            return Task.FromResult(Measure(session, request, order, cell?.Asset, parsed.GetValue(html), cancel));
        });
        return command;
    }

    private static int Measure(Session session, AssessmentRequest request, ImmutableArray<Asset> order, Asset? why, string? html,
        CancellationToken cancel)
    {
        if (html is not null) MustBeWritable(html);
        long started = Stopwatch.GetTimestamp();
        using HeldDirectory place = PlaceForIt();
        AssessmentResult result = Measured(session, request with { Place = place.Path }, cancel);
        TimeSpan took = Stopwatch.GetElapsedTime(started);
        if (result.Layout is null)
        {
            throw new ExplainedException(
                new(ExitCode.CouldNot, "nothing could be measured", "there is no usable /usr/bin/python3 here"));
        }
        MachineFacts facts = new MachineLook(Accounts.OfThisMachine(), session.WasRoot ? null : UserIds.Real)
            .Of(Environment.GetEnvironmentVariable("PATH"), Session.Home, cancel);
        if (html is not null) WritePage(html, AssessmentPage.Of(result, facts, order, ChangeReport.Seconds(took)));
        if (session.Json) AssessmentJson.Write(session.Terminal, result, facts, request.Quick, took);
        else if (why is { } asset) WriteChain(session.Terminal, result.Rows[0], asset);
        else AssessmentScreen.Write(session.Terminal, result, facts, order, ChangeReport.Seconds(took));
        if (html is not null) session.Terminal.Note($"the whole matrix, every cell with its chain: {html}");
        return (int)(result.IsReliable ? ExitCode.Done : ExitCode.CouldNot);
    }

    // Half a measurement is none: what was not tried would look as if it had been.
    private static AssessmentResult Measured(Session session, AssessmentRequest request, CancellationToken cancel)
    {
        using var line = new ProgressLine(session.Terminal, Session.Time);
        try
        {
            request = request with { Executable = CopyOfOurselves(request.Place) };
            var shown = new Shown(line);
            AssessmentResult result = AssessmentRun.Measure(request, shown, cancel);
            if (request.Quick) return result;
            shown.Report(new(0, 1, "the ways of pip with users of their own"));
            return result with { Confirmation = ConfirmationRun.Of(request, result.Rows, Environment.UserName, cancel) };
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ExplainedException(new(ExitCode.CouldNot,
                "the measurement could not be finished; nothing was changed outside a temporary directory that is gone", e.Message,
                ElsewhereHint));
        }
    }

    private static HeldDirectory PlaceForIt()
    {
        try
        {
            return HeldDirectory.Make(Path.GetTempPath(), "sandpiper-assess-");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ExplainedException(new(ExitCode.CouldNot, "nothing was measured: no directory can be made in "
                + $"`{Path.GetTempPath()}`", e.Message, ElsewhereHint));
        }
    }

    // Before minutes are spent on what cannot be kept.
    private static void MustBeWritable(string path)
    {
        string full = Path.GetFullPath(path), directory = Path.GetDirectoryName(full) ?? "/";
        if (Directory.Exists(full) || !DirectoryRights.MayWrite(directory))
            throw Wrong($"no page can be written to `{path}`", $"`{directory}` is not to be written to, or that is a directory");
        // Opening a FIFO waits for a reader, and no signal ends that; what a link leads to may be anybody's.
        if (ProgramFile.Resolve(full) is { } there
            && (!FileStatus.TryRead(there, out FileStatus status) || status.Type != FileType.Regular || !DirectoryRights.MayWrite(there)))
        {
            throw Wrong($"no page can be written to `{path}`", "what is there is no file, or may not be written");
        }
    }

    private static void WritePage(string path, string page)
    {
        try
        {
            File.WriteAllText(path, page);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ExplainedException(new(ExitCode.CouldNot, $"the page could not be written to `{path}`", e.Message));
        }
    }

    private static void WriteChain(Terminal terminal, Row row, Asset asset)
    {
        if (row.Missing is { } missing)
        {
            terminal.Line($"{row.Label}: not measured: {missing}");
            return;
        }
        Cell cell = row[asset];
        terminal.Line(Inked.Bold($"{row.Label}, {AssessmentWords.Of(asset)}: {AssessmentWords.Of(cell)}"));
        string lead = "    ";
        foreach (string step in AssessmentChain.Of(row, cell))
        {
            terminal.Line(lead, step);
            lead = "  → ";
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

    private static (string Row, Asset Asset)? CellOf(string? why)
    {
        if (why is null) return null;
        return why.Split(',') is [var row, var asset] && AssessmentWords.AssetOf(asset.Trim()) is { } found
            ? (RowsOf([row.Trim()])[0], found)
            : throw Wrong($"`--why {why}` is not understood", $"a way and an asset are meant, such as virtualenv,root; assets: {Assets}");
    }

    // People ask about (3), as they were numbered when they asked; the names in JSON are for programs.
    private static ImmutableArray<string> RowsOf(string[] asked)
    {
        string[] only = [.. asked.SelectMany(a => a.Split(',', StringSplitOptions.TrimEntries)).Select(AssessmentWords.WayOf)];
        return only.FirstOrDefault(o => !AssessmentRun.Ids.Contains(o, StringComparer.Ordinal)) is { } unknown
            ? throw Wrong($"there is no way to install named `{unknown}`",
                $"there are {string.Join(", ", AssessmentRun.Ids.Where(i => !i.EndsWith("-only", StringComparison.Ordinal)
                    && !i.EndsWith("-hashes", StringComparison.Ordinal)))}; most also with -wheels-only and -require-hashes; "
                + "1, 2, 2b, 3 and 4 will do, too")
            : [.. only];
    }

    private static ImmutableArray<Asset> OrderOf(string? weights)
    {
        if (weights is null) return AssessmentScreen.SystemFirst;
        var first = new List<Asset>();
        foreach (string id in weights.Split(','))
        {
            if (AssessmentWords.AssetOf(id.Trim()) is not { } asset)
                throw Wrong($"`--weights {weights}` is not understood", $"assets are {Assets}");
            first.Add(asset);
        }
        return [.. first.Concat(AssessmentScreen.SystemFirst).Distinct()];
    }

    private static string? OnPath(string program) => (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':')
        .Where(Path.IsPathFullyQualified).Select(directory => Path.Combine(directory, program)).FirstOrDefault(File.Exists);

    private static string Assets => string.Join(", ", AssetNames.Ids);

    private static ExplainedException Wrong(string what, string why) =>
        new(new(ExitCode.WrongUsage, $"{what}; nothing was measured", why, "sandpiper help assess"));

    /// <summary>Progress on the terminal.</summary>
    internal sealed class Shown(ProgressLine line) : IProgress<AssessmentProgress>
    {
        public void Report(AssessmentProgress value) => line.Of($"Measuring {value.Doing}", value.Done, value.Count);
    }
}
