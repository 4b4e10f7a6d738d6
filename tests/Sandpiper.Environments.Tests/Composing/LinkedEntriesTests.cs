using System.IO.MemoryMappedFiles;
using Sandpiper.Environments.Composing;
using Sandpiper.Store;

namespace Sandpiper.Environments.Tests.Composing;

public sealed class LinkedEntriesTests : IDisposable
{
    private readonly Workshop _workshop = new();

    [Fact]
    public void What_was_looked_at_ahead_is_not_looked_at_again_by_who_links_it_at_once()
    {
        var package = _workshop.Package(Workshop.Wheel("alpha"));
        using var entries = new LinkedEntries(byteCodeTag: null) { Holds = TimeSpan.FromDays(1) };
        var looked = entries.Of(package.Wheel);
        entries.Begin();
        Assert.Same(looked, entries.Of(package.Wheel));
    }

    [Fact]
    public void An_edit_after_a_look_that_no_longer_holds_is_damage()
    {
        var package = _workshop.Package(Workshop.Wheel("alpha"));
        using var entries = new LinkedEntries(byteCodeTag: null) { Holds = TimeSpan.Zero };
        entries.Of(package.Wheel).MustBeAsSealed("alpha");
        Edit(package.Wheel);
        entries.Begin();
        Assert.Throws<StoreDamagedException>(() => entries.Of(package.Wheel).MustBeAsSealed("alpha"));
    }

    [Fact]
    public void What_was_put_in_the_place_of_an_entry_since_the_look_is_looked_at()
    {
        var package = _workshop.Package(Workshop.Wheel("alpha"));
        using var entries = new LinkedEntries(byteCodeTag: null) { Holds = TimeSpan.FromDays(1) };
        entries.Of(package.Wheel).MustBeAsSealed("alpha");
        Replace(package.Wheel);
        entries.Begin();
        Assert.Throws<StoreDamagedException>(() => entries.Of(package.Wheel).MustBeAsSealed("alpha"));
    }

    [Fact]
    public void Damage_that_was_found_ahead_is_told_to_who_links_it()
    {
        var package = _workshop.Package(Workshop.Wheel("alpha"));
        Edit(package.Wheel);
        string manifest = package.Wheel.ManifestFile;
        File.SetUnixFileMode(manifest, SealedTree.FileMode | UnixFileMode.UserWrite);
        File.AppendAllText(manifest, " ");
        using var entries = new LinkedEntries(byteCodeTag: null);
        entries.LookAhead([package.Wheel]);
        entries.Begin();
        Assert.Throws<StoreDamagedException>(() => entries.Of(package.Wheel).MustBeAsSealed("alpha"));
    }

    // A mapped page that was written once takes further bytes without a word to the file's times: its stamp would vouch for all of them.
    [Fact]
    public void What_somebody_has_mapped_to_write_is_damage_whatever_it_holds_now()
    {
        var package = _workshop.Package(Workshop.Wheel("alpha"));
        string path = Path.Combine(package.Wheel.Tree, "alpha/__init__.py");
        File.SetUnixFileMode(path, SealedTree.FileMode | UnixFileMode.UserWrite);
        using (var map = MemoryMappedFile.CreateFromFile(path, FileMode.Open))
        {
            using var view = map.CreateViewAccessor();
            view.Write(0, view.ReadByte(0));
            File.SetLastWriteTimeUtc(path, SealedTree.SealTime);
            File.SetUnixFileMode(path, SealedTree.FileMode);
            Assert.Throws<StoreDamagedException>(Look);
        }
        Look();

        void Look()
        {
            using var entries = new LinkedEntries(byteCodeTag: null);
            entries.Of(package.Wheel).MustBeAsSealed("alpha");
        }
    }

    public void Dispose() => _workshop.Dispose();

    // Its time and mode are put back, as somebody does who wants to hide it.
    private static void Edit(SealedWheel wheel)
    {
        string path = Path.Combine(wheel.Tree, "alpha/__init__.py");
        File.SetUnixFileMode(path, SealedTree.FileMode | UnixFileMode.UserWrite);
        byte[] content = File.ReadAllBytes(path);
        content[0] ^= 1;
        File.WriteAllBytes(path, content);
        File.SetLastWriteTimeUtc(path, SealedTree.SealTime);
        File.SetUnixFileMode(path, SealedTree.FileMode);
    }

    private static void Replace(SealedWheel wheel)
    {
        string beside = wheel.Tree + ".before";
        File.SetUnixFileMode(wheel.Directory, SealedTree.OpenDirectoryMode);
        File.SetUnixFileMode(wheel.Tree, SealedTree.OpenDirectoryMode);
        Directory.Move(wheel.Tree, beside);
        Directory.CreateDirectory(wheel.Tree);
    }
}
