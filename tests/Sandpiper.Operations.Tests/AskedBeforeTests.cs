using System.Collections.Immutable;
using Sandpiper.Environments.Generations;
using Sandpiper.Interpreters.Tests;
using Sandpiper.Packaging.Names;
using Sandpiper.Packaging.Requirements;
using Sandpiper.Packaging.Versions;
using Sandpiper.Samples;

namespace Sandpiper.Operations.Tests;

/// <summary>Whether a generation says itself that it is what is asked for.</summary>
public sealed class AskedBeforeTests : IDisposable
{
    private readonly OperationGround _ground = new OperationGround().Offering(OrdinaryPackages.Pebble(), OrdinaryPackages.Tide());

    public void Dispose() => _ground.Dispose();

    [Theory]
    [InlineData("tide")]
    [InlineData("tide<9", "tide>1")]
    [InlineData("tide; python_version > '3'")]
    public async Task The_same_words_ask_for_nothing_new(params string[] words)
    {
        Assert.True(Holds(await Installed(words), OperationGround.Request(words)));
    }

    // And so nothing is read for it: neither the index, nor the wheels that are sealed.
    [Fact]
    public async Task Nothing_is_resolved_for_them()
    {
        await Installed("tide");
        _ground.OfferOnly();
        foreach (string manifest in Directory.EnumerateFiles(Path.Combine(_ground.Root.Path, "store"), "manifest.json",
            SearchOption.AllDirectories))
        {
            File.SetUnixFileMode(manifest, UnixFileMode.UserRead | UnixFileMode.UserWrite);
            File.WriteAllText(manifest, "");
        }
        var outcome = Assert.IsType<InstallationOutcome.Changed>(await _ground.InstallAsync("tide"));
        Assert.Equal((1, false, 2), (outcome.Change.Generation, outcome.Change.IsNew, outcome.Change.Packages));
    }

    [Theory]
    [InlineData("pebble")]                                  // only needed so far, and not to be taken away with tide from now on
    [InlineData("tide>1")]                                  // recorded as it is said
    [InlineData("tide[fast]")]
    [InlineData("gull")]
    [InlineData("tide @ https://packages.example/tide-2.0-py3-none-any.whl")]
    [InlineData("tide; sys_platform == 'nowhere'")]
    public async Task Other_words_are_resolved(string word) =>
        Assert.False(Holds(await Installed("tide"), OperationGround.Request(word)));

    [Fact]
    public async Task Whatever_else_is_asked_is_resolved()
    {
        var before = await Installed("tide");
        var same = OperationGround.Request("tide");
        Assert.True(Holds(before, same));
        Assert.False(Holds(before, same with { UpgradeAll = true }));
        Assert.False(Holds(before, same with { Upgrade = [PackageName.Parse("pebble")] }));
        Assert.False(Holds(before, same with { FollowDependencies = false }));
        Assert.False(Holds(before, same with { ExcludeNewer = OperationGround.Now }));
        Assert.False(Holds(before, same with { RequireHashes = true }));        // of pebble nobody gave one
        var limit = new RequirementLine(Requirement.Parse("pebble<1"), [], IsConstraint: true, "a file");
        Assert.False(Holds(before, same with { Lines = [.. same.Lines, limit] }));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_hash_has_to_be_the_one_of_what_is_installed(bool isInstalled)
    {
        var before = await Installed("tide");
        Sha256Digest digest = isInstalled ? before.Packages.Single(p => p.Name.Normalized == "tide").Digest : Sha256Digest.Of("x"u8);
        var request = OperationGround.Request("tide");
        Assert.Equal(isInstalled, Holds(before, request with { Lines = [request.Lines[0] with { Hashes = [digest] }] }));
    }

    [Fact]
    public async Task What_nobody_needs_any_more_is_asked_about()
    {
        var before = await Installed("tide");
        ImmutableArray<InstalledPackage> orphaned =
            [.. before.Packages.Select(p => p with { RequiredBy = p.IsRequested ? [] : [PackageName.Parse("gone")] })];
        Assert.False(Holds(before with { Packages = orphaned }, OperationGround.Request("tide")));
        // A circle that nothing leads to.
        ImmutableArray<InstalledPackage> circle =
            [.. before.Packages.Select(p => p with { RequiredBy = p.IsRequested ? [] : [p.Name] })];
        Assert.False(Holds(before with { Packages = circle }, OperationGround.Request("tide")));
    }

    [Fact]
    public async Task Another_patch_of_the_interpreter_is_another_interpreter()
    {
        var before = await Installed("tide");
        var other = MachineInterpreter.Python with { Version = MachineInterpreter.Python.Version + "1" };
        Assert.False(AskedBefore.Holds(OperationGround.Request("tide"), before, other));
    }

    private async Task<Generation> Installed(params string[] words)
    {
        await _ground.InstallAsync(words);
        return _ground.Environment().Read(1);
    }

    private static bool Holds(Generation before, InstallationRequest request) =>
        AskedBefore.Holds(request, before, MachineInterpreter.Python);
}
