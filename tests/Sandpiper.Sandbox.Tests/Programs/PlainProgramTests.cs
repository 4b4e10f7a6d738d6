using System.Text;
using Sandpiper.Kernel;
using Sandpiper.Sandbox.Programs;

namespace Sandpiper.Sandbox.Tests.Programs;

public sealed class PlainProgramTests
{
    private static readonly Dictionary<string, string> NoVariables = new(StringComparer.Ordinal);

    private static ProgramOutput Shell(string script, int maxBytes = 10_000, double seconds = 30) =>
        PlainProgram.Run("/bin/sh", ["-c", script], NoVariables, TimeSpan.FromSeconds(seconds), maxBytes);

    [Fact]
    public void Output_errors_and_exit_code_come_back()
    {
        ProgramOutput output = Shell("echo out; echo err >&2; exit 3");
        Assert.Equal((3, "out\n", "err\n", false, false),
            (output.ExitCode, Encoding.UTF8.GetString(output.StandardOutput), Encoding.UTF8.GetString(output.StandardError),
                output.WasTruncated, output.TimedOut));
    }

    [Fact]
    public void It_gets_the_given_environment_alone()
    {
        Environment.SetEnvironmentVariable("SANDPIPER_SECRET", "decoy");
        var variables = new Dictionary<string, string>(StringComparer.Ordinal) { ["A"] = "1" };
        ProgramOutput output = PlainProgram.Run("/usr/bin/env", [], variables, TimeSpan.FromSeconds(30), 10_000);
        Assert.Equal("A=1\n", Encoding.UTF8.GetString(output.StandardOutput));
    }

    [Fact]
    public void Its_input_is_at_its_end() => Assert.Equal("0\n"u8, Shell("wc -c").StandardOutput);

    [Fact]
    public void A_flood_is_read_and_dropped()
    {
        ProgramOutput output = Shell("head -c 50000000 /dev/zero; echo done >&2", maxBytes: 1000);
        Assert.Equal((1000, "done\n", true),
            (output.StandardOutput.Length, Encoding.UTF8.GetString(output.StandardError), output.WasTruncated));
    }

    [Fact]
    public void It_is_killed_when_its_time_is_up()
    {
        ProgramOutput output = Shell("trap '' TERM; echo begun; while :; do :; done", seconds: 1);
        Assert.Equal((137, true), (output.ExitCode, output.TimedOut));
        // What it said until then is kept; on a busy machine that is nothing yet.
        Assert.StartsWith(Encoding.UTF8.GetString(output.StandardOutput), "begun\n", StringComparison.Ordinal);
    }

    [Fact]
    public void A_descendant_that_keeps_the_pipe_does_not_keep_us()
    {
        ProgramOutput output = Shell("sleep 120 & echo done");
        Assert.Equal((0, "done\n", true), (output.ExitCode, Encoding.UTF8.GetString(output.StandardOutput), output.WasTruncated));
    }

    [Fact]
    public void What_is_not_there_is_said_so()
    {
        var failure = Assert.Throws<KernelException>(() => PlainProgram.Run("/no/such", [], NoVariables, TimeSpan.FromSeconds(1), 1));
        Assert.Equal(2, failure.Errno);
    }

    [Fact]
    public void A_name_is_not_looked_up() =>
        Assert.Throws<ArgumentException>(() => PlainProgram.Run("sh", [], NoVariables, TimeSpan.FromSeconds(1), 1));
}
