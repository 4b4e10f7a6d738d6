using Sandpiper.Environments.Composing;
using Sandpiper.Environments.Generations;
using Sandpiper.Samples;
using Sandpiper.Store;

namespace Sandpiper.Environments.Tests.Composing;

/// <summary>What an environment shows already is linked again without a look; all else is looked at.</summary>
public sealed class KeptLinksTests : IDisposable
{
    private readonly Workshop _workshop = new();

    public void Dispose() => _workshop.Dispose();

    [Fact]
    public void A_link_that_is_there_already_is_the_same_in_the_next_generation_and_is_not_looked_at()
    {
        var tide = _workshop.Package(OrdinaryPackages.Tide());
        var before = _workshop.Install(tide);
        Edit(tide.Wheel);
        var next = _workshop.Install(tide, _workshop.Package(OrdinaryPackages.Pebble()));
        Assert.Contains(before.Linked.Single(l => l.StorePath is "tide"), next.Linked);
        Assert.Equal("# edited", File.ReadLines(Path.Combine(next.SitePackages, "tide/__init__.py")).Last());
    }

    [Theory]
    [InlineData("gone")]
    [InlineData("another")]
    public void A_link_that_is_no_longer_there_is_looked_at_and_made(string how)
    {
        var tide = _workshop.Package(OrdinaryPackages.Tide());
        var before = _workshop.Install(tide);
        BreakLink(before, how);
        var next = _workshop.Install(tide, _workshop.Package(OrdinaryPackages.Pebble()));
        Assert.True(File.Exists(Path.Combine(next.SitePackages, "tide/__init__.py")));
        BreakLink(next, how);
        Edit(tide.Wheel);
        Assert.Throws<StoreDamagedException>(() => _workshop.Install(tide));
    }

    [Fact]
    public void A_manifest_that_is_not_the_one_of_then_makes_nothing_known()
    {
        var tide = _workshop.Package(OrdinaryPackages.Tide());
        _workshop.Install(tide);
        string manifest = tide.Wheel.ManifestFile;
        File.SetUnixFileMode(manifest, SealedTree.FileMode | UnixFileMode.UserWrite);
        File.AppendAllText(manifest, " ");
        Assert.Throws<StoreDamagedException>(() => _workshop.Install(_workshop.Package(OrdinaryPackages.Tide())));
    }

    [Fact]
    public void What_a_package_did_not_show_before_is_looked_at()
    {
        string[] parts = ["cove/bay.py", "cove/tip.py"];
        var first = _workshop.Package(Parts("cove-a", parts[0]));
        var second = _workshop.Package(Parts("cove-b", parts[1]));
        _workshop.Install(first, second);
        Edit(first.Wheel, parts[0]);
        // Alone in its directory since: one link shows all of it.
        Assert.Throws<StoreDamagedException>(() => _workshop.Install(first));
    }

    [Fact]
    public void What_no_record_says_was_shown_is_looked_at_whatever_was_put_there()
    {
        string[] parts = ["cove/bay.py", "cove/tip.py"];
        var first = _workshop.Package(Parts("cove-a", parts[0]));
        string target = new DirectoryInfo(Path.Combine(_workshop.Install(first).SitePackages, "cove")).LinkTarget!;
        var both = _workshop.Install(first, _workshop.Package(Parts("cove-b", parts[1])));
        File.SetUnixFileMode(both.SitePackages, SealedTree.OpenDirectoryMode);
        string place = Path.Combine(both.SitePackages, "cove");
        File.SetUnixFileMode(place, SealedTree.OpenDirectoryMode);
        Directory.Move(place, place + ".old");
        File.CreateSymbolicLink(place, target);
        Edit(first.Wheel, parts[0]);
        Assert.Throws<StoreDamagedException>(() => _workshop.Install(first));
    }

    [Fact]
    public void What_was_put_in_the_place_of_a_file_that_is_shown_is_looked_at()
    {
        var knot = _workshop.Package(new SampleWheel("knot", "1.0").WithFile("knot.py", "TIED = True\n"));
        _workshop.Install(knot);
        string file = Path.Combine(knot.Wheel.Tree, "knot.py");
        File.SetUnixFileMode(knot.Wheel.Tree, SealedTree.OpenDirectoryMode);
        File.Delete(file);
        File.WriteAllText(file, "TIED = None\n");
        File.SetLastWriteTimeUtc(file, SealedTree.SealTime);
        File.SetUnixFileMode(file, SealedTree.FileMode);
        Directory.SetLastWriteTimeUtc(knot.Wheel.Tree, SealedTree.SealTime);
        File.SetUnixFileMode(knot.Wheel.Tree, SealedTree.DirectoryMode);
        Assert.Throws<StoreDamagedException>(() => _workshop.Install(knot, _workshop.Package(OrdinaryPackages.Pebble())));
    }

    [Theory]
    [InlineData("edited")]
    [InlineData("added")]
    [InlineData("removed")]
    [InlineData("at the top")]
    public void A_look_at_all_of_an_entry_finds(string what)
    {
        var tide = _workshop.Package(OrdinaryPackages.Tide());
        Look(tide.Wheel);
        string directory = what == "at the top" ? tide.Wheel.Tree : Path.Combine(tide.Wheel.Tree, "tide");
        if (what == "edited") Edit(tide.Wheel);
        else
        {
            File.SetUnixFileMode(directory, SealedTree.OpenDirectoryMode);
            if (what == "removed") File.Delete(Path.Combine(directory, "__init__.py"));
            else File.WriteAllText(Path.Combine(directory, "more.py"), "");
            Directory.SetLastWriteTimeUtc(directory, SealedTree.SealTime);
            File.SetUnixFileMode(directory, SealedTree.DirectoryMode);
        }
        Assert.Throws<StoreDamagedException>(() => Look(tide.Wheel));
    }

    [Fact]
    public void A_look_at_all_of_an_entry_makes_known_what_a_link_has_touched()
    {
        var knot = _workshop.Package(new SampleWheel("knot", "1.0").WithFile("knot.py", "TIED = True\n"));
        _workshop.Install(knot);
        _workshop.Install(knot, _workshop.Package(OrdinaryPackages.Pebble()));
        Look(knot.Wheel);
        Assert.True(UntouchedEntry.Is(knot.Wheel, EntryStamps.Find(knot.Wheel)!, []));
    }

    private static void Look(SealedWheel wheel)
    {
        using var entries = new LinkedEntries(byteCodeTag: null);
        entries.MustBeAsSealed(wheel);
    }

    private static SampleWheel Parts(string name, string path) => new SampleWheel(name, "1.0").WithFile(path, "HERE = True\n");

    private static void BreakLink(Generation generation, string how)
    {
        string link = Path.Combine(generation.SitePackages, "tide");
        File.SetUnixFileMode(generation.SitePackages, SealedTree.OpenDirectoryMode);
        File.Delete(link);
        if (how == "another") File.CreateSymbolicLink(link, "/nonexistent");
        File.SetUnixFileMode(generation.SitePackages, SealedTree.DirectoryMode);
    }

    private static void Edit(SealedWheel wheel, string path = "tide/__init__.py")
    {
        string file = Path.Combine(wheel.Tree, path);
        File.SetUnixFileMode(file, SealedTree.FileMode | UnixFileMode.UserWrite);
        File.AppendAllText(file, "\n# edited");
        File.SetLastWriteTimeUtc(file, SealedTree.SealTime);
        File.SetUnixFileMode(file, SealedTree.FileMode);
    }
}
