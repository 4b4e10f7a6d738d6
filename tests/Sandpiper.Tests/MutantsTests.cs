using System.Diagnostics;
using Sandpiper.Tests.Snapshots;

namespace Sandpiper.Tests;

public sealed class MutantsTests
{
    // Whether a test kills each of them takes an hour to find out: tests/mutants/run.
    [Fact]
    public void Every_mutant_still_fits_the_sources()
    {
        var check = new ProcessStartInfo("python3", [Checkout.PathOf("tests/mutants/run"), "--check"]) { RedirectStandardOutput = true,
            UseShellExecute = false };
        using Process process = Process.Start(check)!;
        string said = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, said);
        Assert.EndsWith(" mutants fit\n", said, StringComparison.Ordinal);
    }
}
