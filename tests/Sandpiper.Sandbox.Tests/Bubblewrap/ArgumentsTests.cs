using System.Collections.Immutable;
using Sandpiper.Sandbox.Bubblewrap;

namespace Sandpiper.Sandbox.Tests.Bubblewrap;

public sealed class ArgumentsTests
{
    private static List<string> Of(SandboxNeeds needs, bool ownSession = true, int? copied = null) =>
        [.. Arguments.Of(needs, "/opt/sandpiper", copied, ownSession, SecondStage.Asked(report: 5))];

    [Fact]
    public void The_second_stage_is_shown_from_its_place_or_copied()
    {
        Assert.Equal(["--ro-bind", "/opt/sandpiper", "/.sandpiper"], Before("/.sandpiper", Of(default), 2));
        List<string> copied = Of(default, copied: 5);
        Assert.Equal(["--perms", "0555", "--file", "5", "/.sandpiper"], Before("/.sandpiper", copied, 4));
        Assert.DoesNotContain("/opt/sandpiper", copied);

        static List<string> Before(string last, List<string> arguments, int count) =>
            arguments.IndexOf(last) is var at ? arguments[(at - count)..(at + 1)] : [];
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

    [Fact]
    public void What_is_run_and_what_it_sees_is_nobodys_business() =>
        Assert.Equal(["--", "/.sandpiper", "--second-stage", "5"], Of(default).TakeLast(4));
}
