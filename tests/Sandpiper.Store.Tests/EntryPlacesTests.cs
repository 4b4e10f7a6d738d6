using Sandpiper.Archives;
using Sandpiper.Packaging.Names;

namespace Sandpiper.Store.Tests;

/// <summary>Where in the store an entry lies, and that one look finds it there, whoever brought it.</summary>
public sealed class EntryPlacesTests : IDisposable
{
    private readonly DataRoot _root = new();

    private string Entries => Path.Combine(_root.Path, "store");

    public void Dispose() => _root.Dispose();

    [Fact]
    public void What_an_environment_brings_lies_in_its_directory_and_a_link_leads_to_it()
    {
        SealedWheel wheel = Seal(WheelSample.Honest, "shared");
        string hex = wheel.Digest.Hex;
        Assert.Equal(Path.Combine(Entries, "by-shared", hex), wheel.Directory);
        Assert.Equal($"by-shared/{hex}", new FileInfo(Path.Combine(Entries, hex)).LinkTarget);
        Assert.Equal(wheel.Directory, _root.Store.EntryOf(wheel.Digest));
        Assert.Equal(wheel.Directory, _root.Store.Find(wheel.Digest)!.Directory);
        Assert.Equal([wheel.Digest], _root.Store.Digests);
        Assert.Equal(Path.Combine(Entries, "by-shared"), _root.Store.EntriesBy("shared"));
        Assert.Equal([wheel.Digest], _root.Store.BroughtBy("shared"));
        Assert.Empty(_root.Store.BroughtBy("other"));
    }

    [Fact]
    public void Who_comes_second_gets_what_the_first_one_brought()
    {
        SealedWheel first = Seal(WheelSample.Honest, "shared");
        foreach (string? environment in (string?[])["other", null])
            Assert.Equal(first.Directory, Seal(WheelSample.Honest, environment, replace: true).Directory);
        Assert.Equal(Ordered("by-shared", first.Digest.Hex), Names(Entries));
    }

    [Fact]
    public void What_lies_there_without_a_link_stays_where_environments_lead_to_it()
    {
        SealedWheel before = Seal(WheelSample.Honest, environment: null);
        Assert.Equal(Path.Combine(Entries, before.Digest.Hex), before.Directory);
        Assert.Equal(before.Directory, Seal(WheelSample.Honest, "shared", replace: true).Directory);
        Assert.Equal([before.Digest.Hex], Names(Entries));
    }

    [Fact]
    public void A_link_whose_entry_never_came_is_filled_by_the_next_one_and_otherwise_goes()
    {
        Sha256Digest digest = Sha256Digest.Of(WheelSample.Honest.ToBytes());
        Directory.CreateDirectory(Entries);
        Link(digest, $"by-killed/{digest.Hex}");
        Assert.Null(_root.Store.Find(digest));
        Assert.Empty(_root.Store.Digests);
        Assert.Equal(Path.Combine(Entries, "by-killed", digest.Hex), Seal(WheelSample.Honest, "shared").Directory);

        using (Staging staging = Staging.Create(_root.Path)) _root.Store.Discard(digest, staging);
        Link(digest, $"by-killed/{digest.Hex}");
        _root.Store.ForgetWhatIsGone();
        Assert.Empty(Names(Entries));
    }

    [Fact]
    public void What_is_discarded_goes_with_its_link_and_with_the_last_one_its_directory()
    {
        SealedWheel one = Seal(WheelSample.Honest, "shared"), other = Seal(WheelSample.Honest.With("honest/more.py", ""), "shared");
        Discard(one);
        Assert.Equal(Ordered("by-shared", other.Digest.Hex), Names(Entries));
        Assert.Equal([other.Digest.Hex], Names(Path.Combine(Entries, "by-shared")));
        Discard(other);
        Assert.Empty(Names(Entries));
    }

    [Theory]
    [InlineData("../elsewhere/{0}")]
    [InlineData("by-shared/../../{0}")]
    [InlineData("by-shared/x/{0}")]
    [InlineData("by-/{0}")]
    [InlineData("/by-shared/{0}")]
    [InlineData("by-shared/{0}/")]
    [InlineData("by-shared/0{0}")]
    [InlineData("by-shared")]
    public void A_link_of_somebodys_own_is_no_place(string target)
    {
        Sha256Digest digest = Sha256Digest.Of("of nothing"u8);
        Directory.CreateDirectory(Entries);
        string text = string.Format(System.Globalization.CultureInfo.InvariantCulture, target, digest.Hex);
        Link(digest, text);
        Assert.Equal(Path.Combine(Entries, digest.Hex), _root.Store.EntryOf(digest));
        _root.Store.ForgetWhatIsGone();
        Assert.Equal(text, new FileInfo(Path.Combine(Entries, digest.Hex)).LinkTarget);
    }

    [Fact]
    public void An_entry_whose_link_was_taken_away_is_told_and_found_again_by_the_next_seal()
    {
        SealedWheel wheel = Seal(WheelSample.Honest, "shared");
        Assert.Empty(_root.Store.Astray);
        File.Delete(Path.Combine(Entries, wheel.Digest.Hex));
        Assert.Equal([(wheel.Digest, wheel.Directory)], _root.Store.Astray);
        Assert.Null(_root.Store.Find(wheel.Digest));
        Assert.Equal(wheel.Directory, Seal(WheelSample.Honest, "shared").Directory);
        Assert.Empty(_root.Store.Astray);
    }

    [Fact]
    public void What_was_on_its_way_when_its_command_was_killed_goes_with_its_stage()
    {
        SealedWheel wheel = Seal(WheelSample.Honest, "shared");
        string by = Path.GetDirectoryName(wheel.Directory)!;
        string beside;
        using (Staging staging = Staging.Create(_root.Path))
        {
            beside = Directory.CreateDirectory(staging.NewNameIn(by)).FullName;
            Assert.True(Directory.Exists(beside));
        }
        Assert.False(Directory.Exists(beside));
    }

    // Nobody's lies where an environment is just claiming it, in every few rounds: then it is moved there.
    [Fact]
    public async Task Of_many_at_once_one_decides_where_it_lies_and_all_find_it()
    {
        string?[] environments = ["shared", null, "other", null];
        for (int round = 0; round < 100; round++)
        {
            var sample = WheelSample.Honest.With("honest/round.py", $"round = {round}\n");
            using var together = new Barrier(environments.Length);
            SealedWheel[] all = await Task.WhenAll(environments.Select(environment => Task.Factory.StartNew(
                () => Seal(sample, environment, together: together), TestContext.Current.CancellationToken,
                TaskCreationOptions.LongRunning, TaskScheduler.Default)));
            Assert.Single(all.Select(wheel => wheel.Directory).Distinct(StringComparer.Ordinal));
            Assert.Equal(all[0].Directory, _root.Store.EntryOf(all[0].Digest));
            Assert.NotNull(_root.Store.Find(all[0].Digest));
        }
        Assert.Equal(100, _root.Store.Digests.Count());
        Assert.Empty(_root.Store.Astray);
        Assert.All(Names(Entries), name => Assert.True(name is "by-shared" or "by-other" || name.Length == 64, name));
    }

    private void Link(Sha256Digest digest, string target) => File.CreateSymbolicLink(Path.Combine(Entries, digest.Hex), target);

    private void Discard(SealedWheel wheel)
    {
        using (Staging staging = Staging.Create(_root.Path)) _root.Store.Discard(wheel.Digest, staging);
        _root.Store.ForgetWhatIsGone();
    }

    private SealedWheel Seal(WheelSample sample, string? environment, bool replace = false, Barrier? together = null)
    {
        string file = Path.Combine(_root.Path, $"{Guid.NewGuid():N}.whl");
        File.WriteAllBytes(file, sample.ToBytes());
        try
        {
            using Staging staging = Staging.Create(_root.Path);
            UnpackedWheel unpacked = WheelStore.Unpack(WheelStore.ParseName(sample.FileName), Sha256Digest.Of(sample.ToBytes()), file,
                ArchiveLimits.Default, staging, TestContext.Current.CancellationToken);
            together?.SignalAndWait(TestContext.Current.CancellationToken);
            return _root.Store.Seal(unpacked, replace, staging, TestContext.Current.CancellationToken, environment);
        }
        finally
        {
            File.Delete(file);
        }
    }

    private static string[] Names(string directory) =>
        Ordered([.. Directory.GetFileSystemEntries(directory).Select(path => Path.GetFileName(path))]);

    private static string[] Ordered(params string[] names) => [.. names.Order(StringComparer.Ordinal)];
}
