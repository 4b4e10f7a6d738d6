using Sandpiper.Sandbox.Profiles;
using Sandpiper.Sandbox.Secrets;
using Sandpiper.Sandbox.Tests.Driving;

namespace Sandpiper.Sandbox.Tests.Secrets;

public sealed class WithheldPlaceTests(Ground ground) : IClassFixture<Ground>
{
    [Fact]
    public void What_is_shown_instead_is_gone_afterwards()
    {
        File.WriteAllText(Path.Join(ground.Project, ".env"), "TOKEN=s3cret\n");
        string instead;
        using (var secrets = WithheldSecrets.For(ground.Reading, [ShownPath.Needed(ground.Project, PathAccess.Read)]))
        {
            instead = Path.GetDirectoryName(Assert.Single(secrets.Confinement.Replaced).By.Real)!;
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(instead));
        }
        Assert.False(Directory.Exists(instead));
    }
}
