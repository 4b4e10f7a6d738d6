using Sandpiper.Environments.Generations;
using Sandpiper.Environments.Ledger;
using Sandpiper.Packaging.Names;
using Sandpiper.Packaging.Versions;
using Sandpiper.Policies;
using Sandpiper.Samples;
using Sandpiper.Store;

namespace Sandpiper.Operations.Tests;

public sealed class InstallationTests : IDisposable
{
    private static readonly SampleWheel Hook = HostilePackages.WheelWithPthHook("/nowhere");
    private readonly OperationGround _ground = new OperationGround()
        .Offering(OrdinaryPackages.Pebble(), OrdinaryPackages.Tide(), Hook, Calling("1.0", "hoot"), Calling("2.0", "hoot", "toot"));

    public void Dispose() => _ground.Dispose();

    [Fact]
    public async Task The_ledger_says_who_did_what_when_and_that_it_happened()
    {
        await _ground.InstallAsync("pebble");

        LedgerLine line = Assert.Single(_ground.Ledger());
        Assert.Equal(("install", OperationGround.Now, "ada", null, 1, true),
            (line.Command, line.When, line.Who, line.From, line.To, line.Confirmed));
        LedgerChange change = Assert.Single(line.Changes);
        Assert.Equal(("pebble", null, "1.2"), (change.Name, change.Before, change.After));
        Assert.Equal(Assert.Single(_ground.Environment().Read(1).Packages).Digest.Hex, change.Sha256);
        Assert.EndsWith(OrdinaryPackages.Pebble().FileName, change.Index, StringComparison.Ordinal);
        Assert.Empty(line.Overrides);
    }

    [Fact]
    public async Task What_was_done_against_a_rule_is_in_the_ledger()
    {
        await _ground.InstallAsync(OperationGround.Request("pth-hook") with { LeaveHooksOut = true });
        Sha256Digest wheel = _ground.Environment().Read(1).Packages.Single().Digest;
        new WaiverFile(_ground.Root.Path).Add(
            new Waiver(PackageName.Parse("pth-hook"), Pep440Version.Parse("1.0"), "SP-WHEEL-21", "read it", "ada", OperationGround.Now)
            {
                Digest = wheel,
            });
        await _ground.InstallAsync("pth-hook");

        Assert.All(_ground.Ledger(), line => Assert.Contains("pth-hook 1.0", Assert.Single(line.Overrides), StringComparison.Ordinal));
        Assert.Equal(2, _ground.Ledger().Select(l => l.Overrides[0]).Distinct(StringComparer.Ordinal).Count());
    }

    [Fact]
    public async Task What_the_user_asked_for_is_recorded_with_his_limits_and_holds_later()
    {
        _ground.Offering(
            OrdinaryPackages.Pebble("1.2"), OrdinaryPackages.Pebble("2.0"), OrdinaryPackages.Tide(), OrdinaryPackages.Plover());
        await _ground.InstallAsync("pebble<2");
        Assert.Contains("<2", Assert.Single(_ground.Environment().Read(1).Packages).Requirement, StringComparison.Ordinal);

        await _ground.InstallAsync(OperationGround.Request("plover") with { UpgradeAll = true });

        Assert.Equal("1.2", _ground.Environment().Read(2).Packages.Single(p => p.Name == PackageName.Parse("pebble")).Version.ToString());
    }

    // The cache lies where any program of the user can write.
    [Fact]
    public async Task What_a_pin_led_to_is_not_written_through_a_link_and_what_is_garbled_is_written_anew()
    {
        InstallationRequest request = OperationGround.Request("pebble==1.2");
        await _ground.InstallAsync(request);
        Sha256Digest digest = Assert.Single(_ground.Environment().Read(1).Packages).Digest;
        request = request with { Lines = [request.Lines[0] with { Hashes = [digest] }] };
        string choices = Path.Combine(_ground.Context.Places.Cache, "choices"), elsewhere = Path.Combine(_ground.Root.Path, "elsewhere");
        Directory.CreateDirectory(elsewhere);
        Directory.Delete(choices);
        Directory.CreateSymbolicLink(choices, elsewhere);
        await _ground.InstallAsync(request with { Environment = "first" });
        Assert.Empty(Directory.EnumerateFileSystemEntries(elsewhere));

        File.Delete(choices);
        await _ground.InstallAsync(request with { Environment = "second" });
        string kept = Directory.EnumerateFiles(choices).Single(), content = File.ReadAllText(kept);
        File.Delete(kept);
        File.CreateSymbolicLink(kept, Path.Combine(elsewhere, "made"));
        await _ground.InstallAsync(request with { Environment = "third" });
        Assert.Empty(Directory.EnumerateFileSystemEntries(elsewhere));
        Assert.Equal((content, null), (File.ReadAllText(kept), new FileInfo(kept).LinkTarget));
    }

    // It was told for ever, with `repair` as the way out: which mends an environment that has the wheel, and there may be none.
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_wheel_whose_manifest_is_gone_is_told_once_and_fetched_by_the_next_command(bool isPinned)
    {
        InstallationRequest request = OperationGround.Request("pebble==1.2");
        await _ground.InstallAsync(request);
        Sha256Digest digest = Assert.Single(_ground.Environment().Read(1).Packages).Digest;
        if (isPinned) request = request with { Lines = [request.Lines[0] with { Hashes = [digest] }] };
        await _ground.InstallAsync(request with { Environment = "first" });
        SealedWheel wheel = _ground.Root.Store.Find(digest)!;
        File.SetUnixFileMode(wheel.Directory, SealedTree.OpenDirectoryMode);
        File.Delete(wheel.ManifestFile);

        request = request with { Environment = "second" };
        var damaged = await Assert.ThrowsAsync<StoreDamagedException>(() => _ground.InstallAsync(request));
        Assert.True(damaged.IsDistrusted);
        Assert.IsType<InstallationOutcome.Changed>(await _ground.InstallAsync(request));
        Assert.True(File.Exists(wheel.ManifestFile));
    }

    [Fact]
    public async Task All_lines_that_name_one_package_are_recorded()
    {
        await _ground.InstallAsync("pebble>=1", "pebble<2");

        string? recorded = Assert.Single(_ground.Environment().Read(1).Packages).Requirement;
        Assert.Contains(">=1", recorded, StringComparison.Ordinal);
        Assert.Contains("<2", recorded, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_upgrade_moves_what_was_named_and_what_that_needs_and_nothing_else()
    {
        _ground.OfferOnly(
            OrdinaryPackages.Pebble("1.1"), OrdinaryPackages.Tide("1.0"), OrdinaryPackages.Plover(), OrdinaryPackages.Small("knot", "1.0"));
        await _ground.InstallAsync("tide", "plover", "knot");
        // plover is here no more, and nobody names it; of knot there is a newer one, and tide does not need it.
        _ground.OfferOnly(
            OrdinaryPackages.Pebble("1.1"), OrdinaryPackages.Pebble("1.2"), OrdinaryPackages.Tide("1.0"), OrdinaryPackages.Tide("2.0"),
            OrdinaryPackages.Small("knot", "1.0"), OrdinaryPackages.Small("knot", "2.0"));

        await _ground.InstallAsync(OperationGround.Request("tide") with { UpgradeAll = true });

        Assert.Equal(["knot 1.0", "pebble 1.2", "plover 0.3", "tide 2.0"], Installed(2));
    }

    [Fact]
    public async Task What_this_index_does_not_have_stays_when_something_else_has_to_move()
    {
        _ground.OfferOnly(OrdinaryPackages.Pebble("1.1"), OrdinaryPackages.Plover());
        await _ground.InstallAsync("pebble", "plover");
        _ground.OfferOnly(OrdinaryPackages.Pebble("1.2"), OrdinaryPackages.Small("newcomer", "1.0", "pebble>=1.2"));

        await _ground.InstallAsync("newcomer");

        Assert.Equal(["newcomer 1.0", "pebble 1.2", "plover 0.3"], Installed(2));
    }

    [Fact]
    public async Task Of_two_newcomers_the_one_that_was_asked_for_has_the_file()
    {
        _ground.OfferOnly(
            new SampleWheel("good", "1.0").WithRequires("aevil").WithFile("good.py", "WHOSE = 'good'\n"),
            new SampleWheel("aevil", "1.0").WithFile("aevil.py", "").WithFile("good.py", "WHOSE = 'aevil'\n"));

        var refused = await Assert.ThrowsAsync<RefusedException>(() => _ground.InstallAsync("good"));

        Assert.Equal(("SP-ENV-01", "aevil"), (refused.Rule, refused.Refusal.Artifact?.Name.Normalized));
    }

    [Fact]
    public async Task A_dry_run_makes_nothing()
    {
        Assert.IsType<InstallationOutcome.Changed>(
            await _ground.InstallAsync(OperationGround.Request("pebble") with { Environment = "new", DryRun = true }));

        Assert.Empty(_ground.Visible());
    }

    [Theory]
    [InlineData("nowhere-to-be-found")]
    [InlineData("pth-hook")]
    public async Task A_first_install_that_comes_to_nothing_leaves_no_environment(string requirement)
    {
        try
        {
            Assert.IsType<InstallationOutcome.Unsolvable>(
                await _ground.InstallAsync(OperationGround.Request(requirement) with { Environment = "new" }));
        }
        catch (RefusedException)
        {
        }
        Assert.False(Directory.Exists(_ground.Environment("new").Directory));
    }

    [Fact]
    public async Task An_install_that_is_stopped_leaves_what_was_there()
    {
        await _ground.InstallAsync("pebble");
        string[] before = _ground.Visible();
        using var stop = new CancellationTokenSource();
        stop.Cancel();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => _ground.InstallAsync(OperationGround.Request("tide"), stop.Token));

        Assert.Equal(before, _ground.Visible());
    }

    [Fact]
    public async Task Shims_that_cannot_be_made_are_told_as_what_is_left_to_do_and_made_by_the_next_command()
    {
        File.WriteAllText(_ground.Context.Places.Shims, "in the way");
        File.WriteAllText(Path.Combine(_ground.Context.Places.Root, "aside"), "and there is no place for it");

        var unfinished = await Assert.ThrowsAsync<ChangeUnfinishedException>(() => _ground.InstallAsync("hoot<2"));

        Assert.Equal(("shared", 1, AfterSwitch.Shims), (unfinished.Environment, unfinished.Generation, unfinished.Step));
        Assert.Equal(1, _ground.Environment().Current);
        Assert.True(Assert.Single(_ground.Ledger()).Confirmed);
        await Assert.ThrowsAsync<ChangeUnfinishedException>(() => _ground.InstallAsync("hoot<2"));

        File.Delete(_ground.Context.Places.Shims);
        await _ground.InstallAsync("hoot<2");
        Assert.Equal(["hoot"], _ground.Shims);
        Assert.Equal([1], _ground.Environment().Numbers);
    }

    [Fact]
    public async Task What_a_kill_after_the_switch_left_undone_the_next_command_does()
    {
        await _ground.InstallAsync("hoot<2");
        string ledger = Path.Combine(_ground.Environment().Directory, "ledger.jsonl");
        File.WriteAllLines(ledger, File.ReadAllLines(ledger)[..^1]);
        File.Delete(Path.Combine(_ground.Context.Places.Shims, "hoot"));
        Assert.False(Assert.Single(_ground.Ledger()).Confirmed);

        await _ground.InstallAsync("hoot<2");

        Assert.True(Assert.Single(_ground.Ledger()).Confirmed);
        Assert.Equal(["hoot"], _ground.Shims);
    }

    [Fact]
    public async Task What_a_description_said_when_it_was_made_counts_although_a_kill_came_before_the_confirmation()
    {
        await _ground.InstallAsync("pebble");
        Sha256Digest made = Sha256Digest.Of(File.ReadAllBytes(Path.Combine(_ground.Environment().DirectoryOf(1), "generation.json")));
        string file = Path.Combine(_ground.Environment().Directory, "ledger.jsonl");
        File.WriteAllLines(file, File.ReadAllLines(file)[..^1]);
        string description = Path.Combine(_ground.Environment().DirectoryOf(1), "generation.json");
        File.SetUnixFileMode(description, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        File.AppendAllText(description, "\n");

        await _ground.InstallAsync("pebble");

        var ledger = new EnvironmentLedger(_ground.Environment());
        ledger.Read();
        Assert.Equal(made, ledger.DescriptionDigest(1));
    }

    [Fact]
    public async Task A_number_that_a_command_took_and_came_to_nothing_with_is_never_used_again()
    {
        await _ground.InstallAsync("pebble");
        new EnvironmentLedger(_ground.Environment()).Announce(_ground.Ledger()[0] with { From = 1, To = 2 });

        await _ground.InstallAsync("tide");

        Assert.Equal([1, 3], _ground.Environment().Numbers);
    }

    [Fact]
    public async Task An_extra_that_is_not_there_is_told_each_time_it_is_asked_for()
    {
        _ground.OfferOnly(new SampleWheel("tide", "1.0").WithExtra("fast"), new SampleWheel("hoot", "1.0"));
        Assert.Equal(["it has no extra `nope`"], (await Change("tide[nope]")).Changes[0].Notes);
        // The very words of before, of which nothing is resolved; others, by which the record changes; what comes beside; only a look.
        const string Told = "`tide` 1.0 has no extra `nope`";
        Assert.Equal([Told], (await Change("tide[nope]")).Notes);
        Assert.Equal([Told], (await Change("tide[nope,fast]")).Notes);
        EnvironmentChange beside = await Change("tide[Nope]", "hoot");
        Assert.Equal(["hoot"], beside.Changes.Select(c => c.Name.ToString()));
        Assert.Equal([Told], beside.Notes);
        var look = await _ground.InstallAsync(OperationGround.Request("tide[nope]") with { DryRun = true });
        Assert.Equal([Told], Assert.IsType<InstallationOutcome.Changed>(look).Change.Notes);
        // What was asked for once and is not asked for now is nobody's question.
        Assert.Empty((await Change("tide")).Notes);
        Assert.Empty((await Change("tide[fast]")).Notes);

        async Task<EnvironmentChange> Change(params string[] words) =>
            Assert.IsType<InstallationOutcome.Changed>(await _ground.InstallAsync(words)).Change;
    }

    [Fact]
    public void No_environment_is_made_where_PATH_could_not_name_it() =>
        Assert.Contains("colon", Assert.Throws<EnvironmentException>(() => ManagedEnvironment.Open("/srv/cs194:294", "shared")).Because,
            StringComparison.Ordinal);

    private string[] Installed(int generation) => [.. _ground.Environment().Read(generation).Packages.Select(p => $"{p.Name} {p.Version}")];

    private static SampleWheel Calling(string version, params string[] commands) =>
        commands.Aggregate(new SampleWheel("hoot", version).WithFile("hoot.py", "def main(): pass\n"),
            (wheel, command) => wheel.WithConsoleScript(command, "hoot:main"));
}
