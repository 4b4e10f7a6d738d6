using System.Collections.Immutable;
using System.Diagnostics;

namespace Sandpiper.Assessment.Tests.Probes;

/// <summary>Runs a line of Python with nothing of anybody's packages.</summary>
internal static class PythonRun
{
    public static void Do(string line)
    {
        using Process python = Process.Start(new ProcessStartInfo("/usr/bin/python3", (ImmutableArray<string>)["-I", "-S", "-c", line])
        {
            UseShellExecute = false,
        })!;
        python.WaitForExit();
        Assert.Equal(0, python.ExitCode);
    }
}
