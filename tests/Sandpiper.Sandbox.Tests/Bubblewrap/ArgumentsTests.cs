using System.Collections.Immutable;
using Sandpiper.Sandbox.Bubblewrap;

namespace Sandpiper.Sandbox.Tests.Bubblewrap;

public sealed class ArgumentsTests
{
    private static List<string> Of(SandboxNeeds needs, bool ownSession = true, bool copied = false) =>
        [.. Arguments.Of(needs, ownSession, tree: 7, image: 6, copied, SecondStage.Asked(report: 5, image: 6))];

    private static List<string> Inside(bool copied = false) => [.. Arguments.Tree(image: 6, copied)];

    [Fact]
    public void The_second_stage_is_started_from_its_descriptor_or_copied()
    {
        Assert.Equal(["--", "/proc/self/fd/6", "--second-stage", "5", "6"], Of(default).TakeLast(5));
        Assert.DoesNotContain("/.sandpiper", Inside());
        Assert.Equal(["--perms", "0555", "--file", "6", "/.sandpiper"], Inside(copied: true)[..5]);
        Assert.Equal(["--", "/.sandpiper", "--second-stage", "5", "6"], Of(default, copied: true).TakeLast(5));
    }

    // Whoever ends before he has said that it is his second stage has said nothing of what is inside: it is not to be found.
    [Fact]
    public void What_is_inside_is_told_later()
    {
        string[] arguments = [.. Of(default).TakeWhile(a => a is not "--")];
        Assert.Equal(["--args", "7"], arguments[^2..]);
        Assert.DoesNotContain(arguments, a => a.StartsWith('/') || a is "--file" or "--proc" or "--chdir");
        Assert.Equal("--chdir\0/\0"u8, Arguments.Bytes([.. Inside()]).AsSpan()[^10..]);
    }

    [Fact]
    public void Nothing_is_shown_but_where_the_second_stage_takes_it_from()
    {
        List<string> arguments = Inside();
        int shown = Assert.Single(Enumerable.Range(0, arguments.Count), i => arguments[i].Contains("bind", StringComparison.Ordinal));
        Assert.Equal(["--dev-bind", "/", "/.host"], arguments[shown..(shown + 3)]);
    }

    [Fact]
    public void The_network_is_shared_only_when_granted()
    {
        Assert.DoesNotContain("--share-net", Of(default));
        Assert.Contains("--share-net", Of(new SandboxNeeds(HostNetwork: true, Layers: false, Processors: null)));
    }

    [Fact]
    public void A_right_over_files_only_where_layers_need_it()
    {
        Assert.DoesNotContain("CAP_DAC_OVERRIDE", Of(default));
        Assert.Contains("CAP_DAC_OVERRIDE", Of(new SandboxNeeds(HostNetwork: false, Layers: true, Processors: null)));
    }

    [Fact]
    public void A_session_of_its_own_only_where_nobody_sits_at_a_terminal()
    {
        Assert.Contains("--new-session", Of(default));
        Assert.DoesNotContain("--new-session", Of(default, ownSession: false));
    }
}
