using Sandpiper.Sandbox.Bubblewrap;

namespace Sandpiper.Sandbox.Tests.Bubblewrap;

public sealed class SetupFailureTests
{
    [Theory]
    [InlineData("bwrap: setting up uid map: Permission denied", SandboxObstacle.AppArmor)]
    [InlineData("bwrap: loopback: Failed RTM_NEWADDR: Operation not permitted", SandboxObstacle.AppArmor)]
    [InlineData("bwrap: No permissions to create new namespace, likely because the kernel does not allow non-privileged user namespaces.",
        SandboxObstacle.NoNamespaces)]
    [InlineData("bwrap: No permissions to creating new namespace, likely because the kernel does not allow non-privileged user namespaces.",
        SandboxObstacle.NoNamespaces)]
    [InlineData("bwrap: Creating new namespace failed: nesting depth or /proc/sys/user/max_*_namespaces exceeded (ENOSPC)",
        SandboxObstacle.NamespaceLimit)]
    [InlineData("bwrap: Failed to make / slave: Permission denied", SandboxObstacle.NoMounts)]
    [InlineData("bwrap: something new", SandboxObstacle.BubblewrapFailed)]
    public void What_is_known_is_told_by_its_kind_and_its_own_words(string message, SandboxObstacle obstacle)
    {
        SandboxUnavailableException failure = SetupFailure.Classify(message);
        Assert.Equal((obstacle, message), (failure.Obstacle, failure.Subject));
    }
}
