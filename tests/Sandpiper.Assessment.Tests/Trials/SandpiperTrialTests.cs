using System.Diagnostics;
using System.Globalization;
using Sandpiper.Assessment.Approaches;
using Sandpiper.Assessment.Probes;
using Sandpiper.Assessment.Replicas;
using Sandpiper.Assessment.Trials;
using Sandpiper.Surroundings;

namespace Sandpiper.Assessment.Tests.Trials;

/// <summary>
/// The row of Sandpiper itself can turn red. Root may not make replicas, as it may start no bubblewrap: then these very tests are started
/// once more, by somebody else.
/// </summary>
public sealed class SandpiperTrialTests
{
    private const string Python = "/usr/bin/python3", Command = "SANDPIPER_ASSESSMENT_COMMAND";
    private const int Uid = 23_118;

    [Fact]
    public void Its_row_is_red_exactly_where_the_sandbox_is_switched_off()
    {
        if (Environment.IsPrivilegedProcess)
        {
            StartedBySomebodyElse();
            return;
        }
        string command = Environment.GetEnvironmentVariable(Command) ?? PublishedCommand.Path;
        string place = Directory.CreateTempSubdirectory("sandpiper-trial-").FullName;
        try
        {
            var asked = new Replica(Path.Combine(place, "asked"));
            asked.Make(null);
            Layout layout = Layout.Parse(Python, new View(asked, null).Ask([Python, "-c", Layout.Question]).StandardOutput)!;
            var bare = new Replica(Path.Combine(place, "bare"));
            bare.Make(layout);
            var trial = new SandpiperTrial(layout, SandpiperMode.Confined, command, bare);

            TrialOutcome on =
                trial.Run(Kind.Import, Path.Combine(place, "on"), quick: false, start: null, TestContext.Current.CancellationToken);
            Assert.Equal((Installed.Yes, ""), (on.Installed, on.Said));
            Assert.Empty(on.Reaches);

            TrialOutcome off =
                trial.Run(Kind.Import, Path.Combine(place, "off"), quick: false, ["/usr/bin/env"], TestContext.Current.CancellationToken);
            Assert.Equal((Installed.Yes, ""), (off.Installed, off.Said));
            Asset[] reached = [.. off.Reaches.Where(r => r.Moment == Moment.Import).Select(r => r.Asset).Distinct()];
            foreach (Asset asset in (Asset[])[Asset.Keys, Asset.Files, Asset.Startup, Asset.Tools, Asset.SameEnvironment,
                Asset.OtherEnvironments, Asset.Network])
            {
                Assert.Contains(asset, reached);
            }

            // What is only tried runs, hook and all, and reaches nothing.
            var tried = new SandpiperTrial(layout, SandpiperMode.Try, command, bare);
            foreach (var (kind, installed) in ((Kind, Installed)[])
                [(Kind.Import, Installed.Yes), (Kind.Pth, Installed.Yes), (Kind.Build, Installed.Refused)])
            {
                TrialOutcome once = tried.Run(
                    kind, Path.Combine(place, $"try-{kind}"), quick: true, start: null, TestContext.Current.CancellationToken);
                Assert.Equal((kind, installed), (kind, once.Installed));
                Assert.Empty(once.Reaches);
            }
        }
        finally
        {
            Replica.Remove(place);
        }
    }

    private static void StartedBySomebodyElse()
    {
        string uid = Uid.ToString(CultureInfo.InvariantCulture);
        var start = new ProcessStartInfo("/usr/bin/setpriv",
            ["--reuid", uid, "--regid", uid, "--clear-groups", "--", ReachableBuild.Path(Path.GetFileName(Environment.ProcessPath!)),
                "-noColor", "-noLogo", "-class", typeof(SandpiperTrialTests).FullName!])
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            WorkingDirectory = "/",
        };
        start.Environment[Command] = PublishedCommand.Path;
        start.Environment["HOME"] = "/nonexistent";
        using Process tests = Process.Start(start)!;
        string said = tests.StandardOutput.ReadToEnd();
        tests.WaitForExit();
        Assert.True(tests.ExitCode == 0 && said.Contains("Total: 1, Errors: 0, Failed: 0, Skipped: 0", StringComparison.Ordinal), said);
    }
}
