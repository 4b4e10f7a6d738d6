using Sandpiper.Environments.Generations;
using Sandpiper.Environments.Shims;
using Sandpiper.Kernel.Files;
using Sandpiper.Samples;
using Sandpiper.Store;

namespace Sandpiper.Operations.Tests;

/// <summary>What comes to what is installed is resolved with that fixed, and comes to the same as resolving everything.</summary>
public sealed class AdditionTests : IDisposable
{
    private readonly OperationGround _ground = new OperationGround().Offering(
        OrdinaryPackages.Pebble(), OrdinaryPackages.Tide(), OrdinaryPackages.Plover(), OrdinaryPackages.Small("knot", "1.0"));

    public void Dispose() => _ground.Dispose();

    // Whoever read it would find that it is not what was sealed.
    [Fact]
    public async Task Nobodys_metadata_is_read_that_has_nothing_to_do_with_it()
    {
        await _ground.InstallAsync("tide");
        string brought = Path.Combine(_ground.Root.Path, "store/by-shared");
        string metadata = Directory.EnumerateFiles(brought, "METADATA", SearchOption.AllDirectories)
            .Single(p => p.Contains("tide-", StringComparison.Ordinal));
        File.SetUnixFileMode(metadata, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        File.AppendAllText(metadata, "x");
        Assert.IsType<InstallationOutcome.Changed>(await _ground.InstallAsync(OperationGround.Request("knot") with { DryRun = true }));
        await Assert.ThrowsAsync<StoreDamagedException>(
            () => _ground.InstallAsync(OperationGround.Request("tide>1") with { DryRun = true }));
    }

    [Fact]
    public async Task Who_needs_what_was_there_is_written_down_beside_those_who_did()
    {
        _ground.OfferOnly(OrdinaryPackages.Pebble(), OrdinaryPackages.Tide(),
            new SampleWheel("heron", "1.0").WithFile("heron/__init__.py", "").WithRequires("pebble"));
        await _ground.InstallAsync("tide");
        await _ground.InstallAsync("heron");
        var packages = _ground.Environment().Read(2).Packages;
        Assert.Equal(["heron", "pebble", "tide"], packages.Select(p => p.Name.Normalized));
        var pebble = packages.Single(p => p.Name.Normalized == "pebble");
        Assert.Equal(["heron", "tide"], pebble.RequiredBy.Select(n => n.Normalized));
        Assert.False(pebble.IsRequested);
        Assert.All(packages.Where(p => p != pebble), p => Assert.True(p.IsRequested));
        // And so is what is left when one of them goes.
        _ground.Remove("tide");
        Assert.Equal(["heron", "pebble"], _ground.Environment().Read(3).Packages.Select(p => p.Name.Normalized));
    }

    [Fact]
    public async Task What_does_not_go_with_what_is_there_moves_it_as_ever()
    {
        _ground.OfferOnly(OrdinaryPackages.Pebble("1.2"), OrdinaryPackages.Pebble("2.0"), OrdinaryPackages.Small("knot", "1.0"),
            new SampleWheel("heron", "1.0").WithFile("heron/__init__.py", "").WithRequires("pebble<2"));
        await _ground.InstallAsync("pebble", "knot");
        await _ground.InstallAsync("heron");
        Assert.Equal([("heron", "1.0"), ("knot", "1.0"), ("pebble", "1.2")],
            _ground.Environment().Read(2).Packages.Select(p => (p.Name.Normalized, p.Version.ToString())));
    }

    // Most are as they should be, and seen to be before the change; these are not.
    [Fact]
    public async Task A_command_that_somebody_changed_or_took_away_is_made_anew_by_the_next_change()
    {
        await _ground.InstallAsync("tide");
        string command = Path.Combine(ShimDirectory.OfInterpreter(_ground.Environment()), "tide"), said = File.ReadAllText(command);
        File.WriteAllText(command, "#!/bin/sh\n");
        await _ground.InstallAsync("knot");
        Assert.Equal(said, File.ReadAllText(command));
        File.Delete(command);
        _ground.Remove("knot");
        Assert.Equal(said, File.ReadAllText(command));
    }

    // The clock of these tests stands long before anything was sealed: by itself the kernel has written nothing.
    [Fact]
    public async Task What_comes_is_put_on_the_disk_before_the_switch_and_what_was_shown_need_not_be_again()
    {
        string note = Path.Combine(_ground.Root.Path, StoreOnDisk.FileName);
        await _ground.InstallAsync("tide");
        File.Delete(note);
        await _ground.InstallAsync("knot");
        Assert.True(File.Exists(note));
        File.Delete(note);
        _ground.Remove("knot");
        Assert.Equal(!ContentOnDisk.KeepsOrder(_ground.Root.Path), File.Exists(note));
    }

    [Fact]
    public async Task What_was_damaged_is_found_after_the_change_and_fetched_anew_by_the_next_which_says_so()
    {
        await _ground.InstallAsync("tide");
        InstalledPackage tide = _ground.Environment().Read(1).Packages.Single(p => p.Name.Normalized == "tide");
        string entry = Path.Combine(_ground.Root.Path, "store", tide.Digest.Hex);
        string file = Path.Combine(entry, "wheel/tide/__init__.py");
        File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        File.AppendAllText(file, "#");
        var first = Assert.IsType<InstallationOutcome.Changed>(await _ground.InstallAsync("pebble"));
        Assert.True(first.Change.IsToBeLookedAt);
        Generation shown = CurrentOf(_ground.Environment());
        Assert.Equal([tide.Digest], new LateLook(_ground.Context).At(shown, "cpython-311", TestContext.Current.CancellationToken));
        Assert.Empty(new LateLook(_ground.Context).At(shown, "cpython-311", TestContext.Current.CancellationToken));
        var next = Assert.IsType<InstallationOutcome.Changed>(await _ground.InstallAsync("knot"));
        Assert.Contains("`tide` 2.0 was no longer as it was sealed; its wheel was fetched anew", next.Change.Notes);
        Assert.Equal(["knot", "pebble", "tide"], CurrentOf(_ground.Environment()).Packages.Select(p => p.Name.Normalized));
        Assert.False(File.ReadAllText(file).EndsWith('#'));
    }

    // Of ten changes in a row ten processes would look at the same files.
    [Fact]
    public async Task What_is_no_longer_current_is_not_looked_at_by_what_follows_its_change()
    {
        await _ground.InstallAsync("tide");
        await _ground.InstallAsync("pebble");
        Generation before = CurrentOf(_ground.Environment());
        InstalledPackage tide = before.Packages.Single(p => p.Name.Normalized == "tide");
        string file = Path.Combine(_ground.Root.Path, "store", tide.Digest.Hex, "wheel/tide/__init__.py");
        File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        File.AppendAllText(file, "#");
        await _ground.InstallAsync("knot");
        Assert.Empty(new LateLook(_ground.Context).At(before, "cpython-311", TestContext.Current.CancellationToken));
        Assert.Equal([tide.Digest],
            new LateLook(_ground.Context).At(CurrentOf(_ground.Environment()), "cpython-311", TestContext.Current.CancellationToken));
    }

    private async Task<IEnumerable<string>> NamesAfter(string word)
    {
        await _ground.InstallAsync(word);
        return CurrentOf(_ground.Environment()).Packages.Select(p => p.Name.Normalized);
    }

    private static Generation CurrentOf(ManagedEnvironment environment) => environment.Read(environment.LinkedNumber!.Value);
}
