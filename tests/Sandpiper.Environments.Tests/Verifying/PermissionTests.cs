using Sandpiper.Environments.Generations;
using Sandpiper.Environments.Tests.Composing;
using Sandpiper.Environments.Verifying;
using Sandpiper.Samples;
using Sandpiper.Store;

namespace Sandpiper.Environments.Tests.Verifying;

public sealed class PermissionTests : IDisposable
{
    private readonly Workshop _workshop = new() { Mode = LinkMode.Hardlink };

    public void Dispose() => _workshop.Dispose();

    // In octal, as chmod(1) has them.
    [Theory]
    [InlineData("555")]
    [InlineData("644")]
    [InlineData("464")]
    [InlineData("446")]
    [InlineData("445")]
    [InlineData("400")]
    [InlineData("4444")]
    public void A_file_with_any_other_permissions_than_it_was_sealed_with_is_found(string permissions)
    {
        var generation = _workshop.Install(_workshop.Package(OrdinaryPackages.Tide()));
        string path = Path.Combine(generation.SitePackages, "tide/__init__.py");
        File.SetUnixFileMode(path, (UnixFileMode)Convert.ToInt32(permissions, 8));
        var report = new EnvironmentVerifier(_workshop.Environment, _workshop.Root.Store)
            .Verify(generation, full: false, TestContext.Current.CancellationToken);
        Assert.Equal([(DeviationKind.Mode, false), (DeviationKind.Mode, true)], report.Deviations.Select(f => (f.Kind, f.InStore)));
        File.SetUnixFileMode(path, SealedTree.FileMode);
    }
}
