using System.CommandLine;
using System.Diagnostics;
using Sandpiper.Console;
using Sandpiper.Environments.Generations;
using Sandpiper.Environments.Store;
using Sandpiper.Environments.Verifying;

namespace Sandpiper.Commands;

/// <summary><c>verify</c>: is everything still as installed?</summary>
internal static class VerifyCommand
{
    private const int Shown = 40;

    public static Command Build()
    {
        Option<string> env = EnvironmentOptions.Env();
        var full = new Option<bool>("--full") { Description = "compare every byte, not only kinds, sizes, times and permissions" };
        var command = new TaughtCommand("verify", "is everything still as installed?", [new("sandpiper verify", "in a moment"), new("sandpiper verify --full", "every byte")],
            ["The exit code is 0 when everything is as installed, and 3 when something is not."]);
        command.Options.Add(env);
        command.Options.Add(full);
        command.SetAction((parsed, cancel) =>
        {
            using var session = Session.Of(parsed);
            Generation generation = EnvironmentOptions.CurrentOf(EnvironmentOptions.Open(session, parsed.GetValue(env)!));
            long started = Stopwatch.GetTimestamp();
            EnvironmentVerifier.Report report = new EnvironmentVerifier(new WheelStore(session.Places.Root)).Verify(generation, parsed.GetValue(full), cancel);
            if (session.Json) WriteJson(session.Terminal, generation, report, parsed.GetValue(full));
            else WriteWords(session.Terminal, generation, report, parsed.GetValue(full), Stopwatch.GetElapsedTime(started));
            return Task.FromResult((int)(report.Findings.IsEmpty ? ExitCode.Done : ExitCode.Refused));
        });
        return command;
    }

    private static void WriteWords(Terminal terminal, Generation generation, EnvironmentVerifier.Report report, bool full, TimeSpan took)
    {
        string what = $"`{generation.Environment}` generation {generation.Number}: {Counted.Of(generation.Packages.Length, "package")}, {Counted.Of(report.Files, "file")}";
        if (report.Findings.IsEmpty)
        {
            terminal.Line($"{what}, as installed ({ChangeReport.Seconds(took)}{(full ? ", every byte" : "; every byte: --full")})");
            return;
        }
        terminal.Line(what);
        terminal.Line("");
        terminal.Line(Inked.Red("×"), $" {report.Findings.Length} {(report.Findings.Length == 1 ? "thing is" : "things are")} not as installed");
        foreach (Finding finding in report.Findings.Take(Shown))
        {
            string word = finding.Kind switch { FindingKind.Changed => "changed", FindingKind.Missing => "missing", FindingKind.Added => "added", _ => "mode" };
            string owner = finding.Owner is { } package ? $"{package.Name} {package.Version}" : "no package";
            terminal.Line("  ", finding.Path, "  ", Inked.Yellow(word), "  ", Inked.Dim(owner), finding.RunsAtStart ? Inked.Red("  runs at every Python start") : "");
        }
        if (report.Findings.Length > Shown) terminal.Line($"  … and {report.Findings.Length - Shown} more");
        terminal.Problem("");
        terminal.Problem(Inked.Cyan("hint: "), "sandpiper repair        makes it as it was installed");
    }

    private static void WriteJson(Terminal terminal, Generation generation, EnvironmentVerifier.Report report, bool full) => JsonAnswer.Write(terminal, "verify", json =>
    {
        json.WriteString("environment", generation.Environment);
        json.WriteNumber("generation", generation.Number);
        json.WriteBoolean("full", full);
        json.WriteNumber("files", report.Files);
        json.WriteStartArray("findings");
        foreach (Finding finding in report.Findings)
        {
            json.WriteStartObject();
            json.WriteString("path", finding.Path);
            json.WriteString("kind", finding.Kind switch { FindingKind.Changed => "changed", FindingKind.Missing => "missing", FindingKind.Added => "added", _ => "mode" });
            json.WriteString("package", finding.Owner?.Name.ToString());
            json.WriteBoolean("runs_at_start", finding.RunsAtStart);
            json.WriteEndObject();
        }
        json.WriteEndArray();
    });
}
