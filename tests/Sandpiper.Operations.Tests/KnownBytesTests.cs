using Sandpiper.Environments.Generations;
using Sandpiper.Operations.Collecting;
using Sandpiper.Policies;
using Sandpiper.Samples;

namespace Sandpiper.Operations.Tests;

/// <summary>A file name that was installed once means those bytes, in every environment, however long ago that was.</summary>
public sealed class KnownBytesTests : IDisposable
{
    private static readonly SampleWheel First = OrdinaryPackages.Small("pebble", "1.0");
    private static readonly SampleWheel Second = First.WithFile("pebble/more.py", "evil = 1\n");

    private readonly OperationGround _ground = new();

    public void Dispose() => _ground.Dispose();

    [Fact]
    public async Task Other_bytes_under_a_name_that_was_installed_are_refused_in_every_environment_and_both_are_told()
    {
        await InstallAsync("shared");
        _ground.OfferOnly(Second);
        var refused = await Assert.ThrowsAsync<RefusedException>(() => InstallAsync("other"));
        var finding = Assert.Single(refused.Refusal.Findings);
        Assert.Equal(("SP-WHEEL-17", First.FileName), (finding.Rule, finding.Path));
        Assert.Equal((Of(Second), Of(First)), (finding.Seen, finding.Claimed));
        Assert.Equal(Of(Second), $"sha256 {refused.Refusal.Artifact!.Digest.Hex}");
        Assert.Empty(_ground.Environment("other").Numbers);
    }

    // Sealed by whoever accepted it: that says nothing of what the name stood for.
    [Fact]
    public async Task They_are_refused_when_they_lie_in_the_store_already()
    {
        await InstallAsync("shared");
        _ground.OfferOnly(Second);
        _ground.Root.Seal(Second.FileName, Second.Build());
        Assert.Equal("SP-WHEEL-17", (await Assert.ThrowsAsync<RefusedException>(() => InstallAsync("other"))).Rule);
    }

    [Fact]
    public async Task They_are_refused_after_the_environment_was_removed()
    {
        await InstallAsync("gone");
        new EnvironmentRemoval(_ground.Context).Remove("gone", new Unheard(), TestContext.Current.CancellationToken);
        Assert.Empty(ManagedEnvironment.All(_ground.Root.Path));
        _ground.OfferOnly(Second);
        await Assert.ThrowsAsync<RefusedException>(() => InstallAsync("shared"));
    }

    [Fact]
    public async Task Accepted_they_are_installed_on_record_and_known_from_then_on()
    {
        await InstallAsync("shared");
        _ground.OfferOnly(Second);
        var refused = await Assert.ThrowsAsync<RefusedException>(() => InstallAsync("other"));
        var artifact = refused.Refusal.Artifact!;
        new WaiverFile(_ground.Root.Path).Add(
            new Waiver(artifact.Name, artifact.Version, "SP-WHEEL-17", "rebuilt", "ada", OperationGround.Now) { Digest = artifact.Digest });
        await InstallAsync("other");
        Assert.Contains(_ground.Ledger("other")[^1].Overrides, o => o.Contains("SP-WHEEL-17", StringComparison.Ordinal));
        await InstallAsync("third");
        _ground.OfferOnly(First);
        await InstallAsync("fourth");
    }

    [Fact]
    public async Task The_same_bytes_and_another_version_are_no_finding()
    {
        await InstallAsync("shared");
        await InstallAsync("other");
        _ground.OfferOnly(First, OrdinaryPackages.Small("pebble", "2.0"));
        await InstallAsync("third");
    }

    private static string Of(SampleWheel wheel) => $"sha256 {Sandpiper.Packaging.Names.Sha256Digest.Of(wheel.Build()).Hex}";

    private Task<InstallationOutcome> InstallAsync(string environment)
    {
        if (environment is "shared" or "gone" && _ground.Environment(environment).Numbers.IsEmpty && !Directory.Exists(Known))
            _ground.Offering(First);
        return _ground.InstallAsync(OperationGround.Request("pebble") with { Environment = environment });
    }

    private string Known => Path.Combine(_ground.Root.Path, "known");
}
