using System.Diagnostics;
using System.Globalization;
using Microsoft.Win32.SafeHandles;
using Sandpiper.Kernel.Files;
using Sandpiper.Kernel.Processes;

namespace Sandpiper.Kernel.Tests.Processes;

public sealed class OtherProcessTests
{
    private static readonly TimeSpan Long = TimeSpan.FromSeconds(60);

    // PIDFD_INFO_EXIT. Before, nobody but its parent hears of it.
    private static readonly bool IsTold = Environment.OSVersion.Version >= new Version(6, 15);

    [Theory]
    [InlineData("exit 0", 0)]
    [InlineData("exit 7", 7)]
    [InlineData("exit 255", 255)]
    [InlineData("kill -9 $$", 137)]
    [InlineData("kill -15 $$", 143)]
    public void Whoever_has_a_handle_of_a_process_learns_how_it_ended(string end, int expected)
    {
        const string Script = "exec 3<&0; sh -c \"read go; $1\" <&3 2>/dev/null & echo $!; wait $!; echo $?";
        using var parent = Process.Start(new ProcessStartInfo("/bin/sh", ["-c", Script, "sh", end])
        {
            UseShellExecute = false, RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true,
        })!;
        int id = int.Parse(parent.StandardOutput.ReadLine()!, CultureInfo.InvariantCulture);
        using SafeFileHandle process = OtherProcess.Open(id);
        Assert.False(process.IsInvalid);
        Assert.Null(OtherProcess.EndOf(process));
        Assert.False(Readiness.HasHungUp(process, TimeSpan.Zero));
        parent.StandardInput.WriteLine("go");
        Assert.Equal($"{expected}", parent.StandardOutput.ReadLine());
        if (OtherProcess.TellsItsEnd(process)) Assert.True(Readiness.HasHungUp(process, Long));
        Assert.Equal(IsTold ? expected : null, OtherProcess.EndOf(process));
    }

    [Fact]
    public void Nothing_is_told_of_nobody()
    {
        using SafeFileHandle nobody = OtherProcess.Open(0);
        Assert.False(OtherProcess.TellsItsEnd(nobody));
        Assert.Null(OtherProcess.EndOf(nobody));
    }
}
