using Sandpiper.Sandbox.Bubblewrap;

namespace Sandpiper.Sandbox.Tests.Bubblewrap;

public sealed class SetupFailureTests
{
    [Theory]
    [InlineData("bwrap: setting up uid map: Permission denied", "AppArmor", "/etc/apparmor.d/bwrap")]
    [InlineData("bwrap: loopback: Failed RTM_NEWADDR: Operation not permitted", "AppArmor", "/etc/apparmor.d/bwrap")]
    [InlineData("bwrap: No permissions to create new namespace, likely because the kernel does not allow non-privileged user namespaces.", "no new namespaces", "seccomp")]
    [InlineData("bwrap: No permissions to creating new namespace, likely because the kernel does not allow non-privileged user namespaces.", "no new namespaces", "seccomp")]
    [InlineData("bwrap: Creating new namespace failed: nesting depth or /proc/sys/user/max_*_namespaces exceeded (ENOSPC)", "limited", "sysctl")]
    [InlineData("bwrap: Failed to make / slave: Permission denied", "no mounts", "apparmor=unconfined")]
    public void What_is_known_gets_a_reason_and_a_hint(string message, string because, string hint)
    {
        SandboxUnavailableException failure = SetupFailure.Classify(message);
        Assert.Contains(because, failure.Because, StringComparison.Ordinal);
        Assert.Contains(message, failure.Because, StringComparison.Ordinal);
        Assert.Contains(hint, failure.Hint!, StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_not_is_passed_on()
    {
        SandboxUnavailableException failure = SetupFailure.Classify("bwrap: something new");
        Assert.Equal(("bwrap: something new", null), (failure.Because, failure.Hint));
    }
}
