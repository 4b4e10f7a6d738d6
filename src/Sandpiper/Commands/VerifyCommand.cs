using System.Collections.Immutable;
using System.CommandLine;
using System.Diagnostics;
using Sandpiper.Console;
using Sandpiper.Environments.Generations;
using Sandpiper.Environments.Verifying;
using Sandpiper.Operations;
using Sandpiper.Sandbox.Terminals;

namespace Sandpiper.Commands;

/// <summary><c>verify</c>: is everything still as installed?</summary>
internal static class VerifyCommand
{
    private const int Shown = 40;
    private const int KindWidth = 7, LongestInColumn = 40;

    public static Command Build()
    {
        Option<string> env = EnvironmentOptions.Env();
        var full = new Option<bool>("--full")
        {
            Description = "read every byte, not only of files that were touched since they were sealed",
        };
        var command = new TaughtCommand("verify", "is everything still as installed?",
            [new("sandpiper verify", "in a moment"), new("sandpiper verify --full", "every byte")],
            [
                "Looked at are the current generation, the sealed packages below it, the ledger, the interpreter, what runs "
                + "first in each sandbox and, of the shared environment, the commands on your PATH.",
                "The exit code is 0 when everything is as installed, and 3 when something is not.",
            ]);
        command.Options.Add(env);
        command.Options.Add(full);
        command.Runs((session, parsed, cancel) =>
        {
            ManagedEnvironment environment = EnvironmentOptions.Open(session, parsed.GetValue(env)!);
            long started = Stopwatch.GetTimestamp();
            bool everyByte = parsed.GetValue(full);
            OperationContext context = session.Context;
            Verification.Report? report = new Verification(environment, context.Places, context.Executable, context.SecondStage)
                .Look(everyByte, cancel);
            if (report is null) throw EnvironmentOptions.NothingIn(environment);
            if (session.Json) WriteJson(session.Terminal, report, everyByte);
            else WriteWords(session.Terminal, report, everyByte, Stopwatch.GetElapsedTime(started));
            return Task.FromResult((int)(report.Deviations.IsEmpty ? ExitCode.Done : ExitCode.Refused));
        });
        return command;
    }

    private static void WriteWords(Terminal terminal, Verification.Report report, bool full, TimeSpan took)
    {
        Generation generation = report.Generation;
        string what = $"`{generation.Environment}` generation {generation.Number}: "
            + $"{Counted.Of(generation.Packages.Length, "package")}, {Counted.Of(report.Files, "file")}";
        if (report.Deviations.IsEmpty)
        {
            terminal.Listed(2, $"{what}, as installed ({ChangeReport.Seconds(took)}{(full ? ", every byte" : "; every byte: --full")})");
            return;
        }
        terminal.Line(what);
        terminal.Line("");
        WriteDeviations(terminal, report.Deviations);
        terminal.Problem("");
        terminal.Problem(Inked.Cyan("hint: "),
            $"sandpiper repair{InEnvironment.Option(generation.Environment)}        makes it as it was installed");
    }

    internal static void WriteDeviations(Terminal terminal, ImmutableArray<Deviation> deviations)
    {
        terminal.Line(Inked.Red("×"), $" {deviations.Length:N0} {(deviations.Length == 1 ? "thing is" : "things are")} not as installed");
        var shown = deviations.Take(Shown)
            .Select(f => (Path: VisibleText.Of(f.Path), Kind: WordFor(f.Kind), Owner: OwnerOf(f), f.RunsAtStart)).ToList();
        // One that is long does not push what is said of the others out of sight.
        int pathWidth = Math.Min(LongestInColumn, shown.Max(s => s.Path.Length));
        int ownerWidth = shown.Max(s => s.Owner.Length);
        foreach (var (path, kind, owner, runsAtStart) in shown)
        {
            terminal.Listed(4, "  ", path.PadRight(pathWidth), "  ", Inked.Yellow(kind.PadRight(KindWidth)), "  ",
                Inked.Dim(runsAtStart ? owner.PadRight(ownerWidth) : owner), runsAtStart ? Inked.Red("  runs at every Python start") : "");
        }
        if (deviations.Length > Shown) terminal.Line($"  … and {deviations.Length - Shown:N0} more; `sandpiper verify --json` lists all");
    }

    private static string OwnerOf(Deviation deviation) => deviation switch
    {
        { Owner: { } package } => $"{package.Name} {package.Version}",
        { Place: DeviationPlace.Shims, Starts: { } program } => $"starts {program}",
        { Place: DeviationPlace.Shims } => "the commands on PATH",
        { Place: DeviationPlace.Ledger } => "the ledger",
        { Place: DeviationPlace.Current } => "the current generation",
        { Place: DeviationPlace.Interpreter } => "the interpreter",
        { Place: DeviationPlace.SecondStage } => "runs first in each sandbox",
        { Place: DeviationPlace.Generation, Path: ['/', ..] } => "where it was made: its commands start Python there",
        _ => "no package",
    };

    private static string PlaceOf(Deviation deviation) => deviation.Place switch
    {
        DeviationPlace.Store => "store",
        DeviationPlace.ByteCode => "byte-code",
        DeviationPlace.Ledger => "ledger",
        DeviationPlace.Current => "current",
        DeviationPlace.Interpreter => "interpreter",
        DeviationPlace.Shims => "shims",
        DeviationPlace.SecondStage => "second-stage",
        _ => "generation",
    };

    private static string WordFor(DeviationKind kind) =>
        kind switch { DeviationKind.Changed => "changed", DeviationKind.Missing => "missing", DeviationKind.Added => "added", _ => "mode" };

    private static void WriteJson(Terminal terminal, Verification.Report report, bool full) => JsonAnswer.Write(terminal, "verify", json =>
    {
        json.WriteString("environment", report.Generation.Environment);
        json.WriteNumber("generation", report.Generation.Number);
        json.WriteBoolean("full", full);
        json.WriteNumber("files", report.Files);
        json.WriteStartArray("findings");
        foreach (Deviation deviation in report.Deviations)
        {
            json.WriteStartObject();
            json.WriteString("path", deviation.Path);
            json.WriteString("place", PlaceOf(deviation));
            json.WriteString("kind", WordFor(deviation.Kind));
            json.WriteString("package", deviation.Owner?.Name.ToString());
            json.WriteBoolean("runs_at_start", deviation.RunsAtStart);
            json.WriteString("starts", deviation.Starts);
            json.WriteEndObject();
        }
        json.WriteEndArray();
    });
}
