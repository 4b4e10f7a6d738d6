using Sandpiper.Environments.Generations;
using Sandpiper.Environments.Ledger;
using Sandpiper.Packaging.Names;
using Sandpiper.Packaging.Versions;
using Sandpiper.Policies;
using Sandpiper.Samples;

namespace Sandpiper.Operations.Tests;

/// <summary>Two packages with one file: whose it is, and who decides where neither goes before the other.</summary>
public sealed class RivalsTests : IDisposable
{
    private const string Rule = "SP-ENV-01";

    private readonly OperationGround _ground = new OperationGround().Offering(
        With("able", "1.0"), With("baker", "1.0"), With("able", "2.0", "shared.py"), With("baker", "2.0", "shared.py"),
        With("able", "3.0"), With("charlie", "1.0", "shared.py"), With("of-baker", "1.0").WithRequires("baker==2.0"),
        With("of-able", "1.0").WithRequires("able==2.0"), With("baker", "2.1", "shared.py"));

    public void Dispose() => _ground.Dispose();

    [Theory]
    [InlineData("able==2.0", "baker==2.0")]         // both asked for
    [InlineData("of-able", "of-baker")]             // both needed
    public async Task Of_two_newcomers_neither_is_preferred_in_whatever_order_they_are_named(string one, string other)
    {
        foreach (string[] lines in (string[][])[[one, other], [other, one]])
        {
            Refusal refusal = await RefusedAsync(lines);
            Assert.Equal((Rule, "able", "baker"), (refusal.Rule, Other(refusal), $"{refusal.Artifact!.Name}"));
            Assert.Equal(("able", "baker"), ($"{refusal.OtherWay!.Artifact!.Name}", Other(refusal.OtherWay)));
            Assert.EndsWith("/shared.py", refusal.OtherWay.First.Path, StringComparison.Ordinal);
        }
        foreach (string name in (string[])["able", "baker"])
        {
            var kept = new RefusedBefore(_ground.Context.Places.Cache)
                .Find(PackageName.Parse(name), Pep440Version.Parse("2.0"), Rule);
            Assert.NotEmpty(kept);
        }
        Assert.Empty(_ground.Ledger());
    }

    [Fact]
    public async Task Of_an_asked_and_a_needed_newcomer_the_asked_one_is_the_owner()
    {
        Refusal refusal = await RefusedAsync("of-able", "baker==2.0");
        Assert.Equal(("able", "baker", null), ($"{refusal.Artifact!.Name}", Other(refusal), refusal.OtherWay));
    }

    [Fact]
    public async Task Of_two_that_reach_for_a_new_path_in_one_upgrade_neither_is_preferred_but_who_had_it_is()
    {
        await _ground.InstallAsync("able==1.0", "baker==1.0");
        Assert.NotNull((await RefusedAsync("able==2.0", "baker==2.0")).OtherWay);

        await _ground.InstallAsync("baker==2.0");
        Refusal refusal = await RefusedAsync("able==2.0", "baker==2.1");
        Assert.Equal(("able", "baker", null), ($"{refusal.Artifact!.Name}", Other(refusal), refusal.OtherWay));
    }

    [Theory]
    [InlineData("able", "baker")]
    [InlineData("baker", "able")]
    public async Task Who_was_allowed_last_to_do_without_does(string first, string last)
    {
        await RefusedAsync("able==2.0", "baker==2.0");
        Allow(first, "2.0");
        Allow(last, "2.0");

        await _ground.InstallAsync("able==2.0", "baker==2.0");

        Assert.EndsWith("shared.py", Assert.Single(Package(last).Yielded), StringComparison.Ordinal);
        Assert.Empty(Package(first).Yielded);
    }

    [Fact]
    public async Task Who_gave_way_to_one_that_goes_has_no_more_right_to_the_file_than_another_who_did()
    {
        await _ground.InstallAsync("charlie");
        foreach (string name in (string[])["able", "baker"])
        {
            await RefusedAsync($"{name}==2.0");
            Allow(name, "2.0");
            await _ground.InstallAsync($"{name}==2.0");
        }

        var refused = Assert.Throws<RefusedException>(() => _ground.Remove("charlie"));
        Assert.Equal(("baker", "able"), ($"{refused.Refusal.Artifact!.Name}", $"{refused.Refusal.OtherWay?.Artifact?.Name}"));
        Assert.IsType<RemovalOutcome.Removed>(_ground.Remove("charlie", "baker"));
        Assert.Empty(Package("able").Yielded);

        _ground.Rollback();
        Allow("able", "2.0");
        Assert.IsType<RemovalOutcome.Removed>(_ground.Remove("charlie"));
        Assert.Equal((1, 0), (Package("able").Yielded.Length, Package("baker").Yielded.Length));
    }

    [Fact]
    public async Task What_a_package_has_again_because_another_goes_is_told_and_in_the_ledger()
    {
        await _ground.InstallAsync("baker==2.0");
        await RefusedAsync("able==2.0");
        Allow("able", "2.0");
        await _ground.InstallAsync("able==2.0");
        Assert.Empty(_ground.Ledger()[^1].HandedOver);
        string path = Assert.Single(Package("able").Yielded);

        EnvironmentChange removed = Assert.IsType<RemovalOutcome.Removed>(_ground.Remove("baker")).Change;
        LedgerHandover handed = new("able", path, "baker");
        Assert.Equal([handed], removed.HandedOver);
        Assert.Equal([handed], _ground.Ledger()[^1].HandedOver);

        // Back to where it gave way, and without it in another way: by a version of the owner that no longer has the file.
        _ground.Rollback();
        Assert.Empty(_ground.Ledger()[^1].HandedOver);
        var changed = Assert.IsType<InstallationOutcome.Changed>(await _ground.InstallAsync("baker==1.0"));
        Assert.Equal([handed], changed.Change.HandedOver);

        _ground.Rollback();
        Assert.Equal([handed], Assert.IsType<RollbackOutcome.Switched>(_ground.Rollback(4)).Change.HandedOver);
    }

    [Fact]
    public async Task A_version_that_has_not_got_the_file_any_more_takes_nothing_over()
    {
        await _ground.InstallAsync("baker==2.0");
        await RefusedAsync("able==2.0");
        Allow("able", "2.0");
        await _ground.InstallAsync("able==2.0");

        var changed = Assert.IsType<InstallationOutcome.Changed>(await _ground.InstallAsync("able==3.0"));
        Assert.Empty(changed.Change.HandedOver);
    }

    [Fact]
    public async Task Another_wheel_of_the_owner_is_what_is_refused_and_not_who_gave_way()
    {
        await _ground.InstallAsync("baker==2.0");
        await RefusedAsync("able==2.0");
        Allow("able", "2.0");
        await _ground.InstallAsync("able==2.0");

        Refusal refusal = await RefusedAsync("baker==2.1");
        Assert.Equal((Precedence.OfAnotherBefore, "able", "baker 2.1"),
            (refusal.First.Precedence, $"{refusal.Artifact!.Name}", $"{refusal.First.Owner}"));
        Allow("able", "2.0");
        await _ground.InstallAsync("baker==2.1");
        Assert.Single(Package("able").Yielded);
    }

    private InstalledPackage Package(string name) =>
        _ground.Environment().Read(_ground.Environment().Current!.Value).Packages.Single(p => p.Name == PackageName.Parse(name));

    // As the command does: what was refused last of this version.
    private void Allow(string name, string version)
    {
        var refusal = new RefusedBefore(_ground.Context.Places.Cache).Find(PackageName.Parse(name), Pep440Version.Parse(version), Rule)[0];
        new WaiverFile(_ground.Root.Path).Add(
            new Waiver(refusal.Artifact!.Name, refusal.Artifact.Version, Rule, "a test", "ada", OperationGround.Now)
            {
                Digest = refusal.Artifact.Digest,
                Environment = refusal.Environment,
                Path = refusal.First.Path,
                Owner = refusal.First.Owner,
            });
    }

    private async Task<Refusal> RefusedAsync(params string[] lines) =>
        (await Assert.ThrowsAsync<RefusedException>(() => _ground.InstallAsync(lines))).Refusal;

    private static string Other(Refusal refusal) => $"{refusal.First.Owner!.Name}";

    private static SampleWheel With(string name, string version, params string[] files) => files.Aggregate(
        new SampleWheel(name, version).WithFile($"{name.Replace('-', '_')}.py", ""), (w, f) => w.WithFile(f, $"WHOSE = '{name}'\n"));
}
