using Microsoft.Win32.SafeHandles;
using Sandpiper.Kernel.Files;
using Sandpiper.Sandbox.Profiles;
using Sandpiper.Sandbox.Tests.Driving;

namespace Sandpiper.Sandbox.Tests.Profiles;

public sealed class ProtectedNamesTests(Ground ground) : IClassFixture<Ground>
{
    [Fact]
    public void What_makes_later_programs_run_is_named_as_it_exists()
    {
        string directory = Directory.CreateDirectory(Path.Join(ground.Elsewhere, "names")).FullName;
        string[] protectedNames = [".GIT", ".venv", "conftest.py", "evil.pth"];
        foreach (string name in (string[])[.. protectedNames, "data.csv", "git", "src"]) File.WriteAllText(Path.Join(directory, name), "");
        using SafeFileHandle open = RawFile.Open(directory, RawFile.AsPlace, out _);
        Assert.Equal(protectedNames.Order(StringComparer.Ordinal), ProtectedNames.In(open).Order(StringComparer.Ordinal));
    }

    // What cannot be protected, being a link or not there yet, is told when it is new.
    [Fact]
    public void Each_is_watched_too() => Assert.All(ProtectedNames.Names.Except([".git", "node_modules"], StringComparer.Ordinal),
        name => Assert.NotNull(Sandpiper.Sandbox.Leftovers.AutorunName.Of(name)));
}
