using System.Globalization;
using Sandpiper.Kernel.Files;

namespace Sandpiper.Store.Tests;

public sealed class StagingTests : IDisposable
{
    private readonly DataRoot _root = new();

    [Fact]
    public void A_stage_is_private_and_is_gone_with_everything_in_it_after_disposal()
    {
        using (var staging = Staging.Create(_root.Path))
        {
            Assert.Equal(SealedTree.OpenDirectoryMode, File.GetUnixFileMode(staging.Directory));
            string work = staging.NewDirectory();
            Assert.NotEqual(work, staging.NewDirectory());
            Directory.CreateDirectory(Path.Combine(work, "a/b"));
            SealedTree.WriteFile(Path.Combine(work, "a/b/file"), "x"u8, SealedTree.FileMode);
            SealedTree.CloseDirectories(work);
        }
        Assert.Equal(["staging/"], _root.Tree());
    }

    // Where the file system knows that; else nothing is lost.
    [Fact]
    public void Stages_lie_apart_from_each_other_on_the_disk()
    {
        string other = Directory.CreateDirectory(Path.Combine(_root.Path, "other")).FullName;
        using var staging = Staging.Create(_root.Path);
        Assert.Equal(SpreadDirectory.TryMake(other), SpreadDirectory.Is(Path.GetDirectoryName(staging.Directory)!));
        Assert.False(SpreadDirectory.Is(staging.Directory));
    }

    [Fact]
    public void What_a_crashed_command_left_is_swept_and_what_a_running_one_holds_stays()
    {
        using var running = Staging.Create(_root.Path);
        string all = Path.GetDirectoryName(running.Directory)!;
        Directory.CreateDirectory(Path.Combine(all, "dead/below"));
        File.WriteAllText(Path.Combine(all, "dead.lock"), "");
        Directory.CreateDirectory(Path.Combine(all, "nobodys"));
        SealedTree.CloseDirectories(Path.Combine(all, "dead/below"));

        using var next = Staging.Create(_root.Path);

        Assert.Equal(
            new[] { running.Directory, running.Directory + ".lock", next.Directory, next.Directory + ".lock" }
                .Order(StringComparer.Ordinal),
            Directory.GetFileSystemEntries(all).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void What_a_killed_command_had_on_its_way_into_the_store_is_swept_with_its_stage()
    {
        using var running = Staging.Create(_root.Path);
        string store = Directory.CreateDirectory(Path.Combine(_root.Path, "store")).FullName;
        string kept = running.NewNameIn(store);
        string all = Path.GetDirectoryName(running.Directory)!;
        Directory.CreateDirectory(Path.Combine(all, "dead"));
        File.WriteAllText(Path.Combine(all, "dead.lock"), "");
        foreach (string path in (string[])[kept, Path.Combine(store, "dead.1"), Path.Combine(store, "sealed")])
        {
            Directory.CreateDirectory(path);
            SealedTree.CloseDirectories(path);
        }

        using (Staging.Create(_root.Path)) { }

        Assert.Equal(new[] { kept, Path.Combine(store, "sealed") }.Order(StringComparer.Ordinal),
            Directory.GetFileSystemEntries(store).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void It_is_swept_in_the_directories_of_environments_too_and_not_behind_a_link_of_such_a_name()
    {
        string store = Path.Combine(_root.Path, "store"), outside = Path.Combine(_root.Path, "outside");
        foreach (string directory in (string[])["staging/dead", "store/by-one/dead.1", "store/by-one/sealed", "outside/dead.1"])
            Directory.CreateDirectory(Path.Combine(_root.Path, directory));
        Directory.CreateSymbolicLink(Path.Combine(store, "by-two"), outside);
        using (Staging.Create(_root.Path)) { }
        Assert.False(Directory.Exists(Path.Combine(store, "by-one/dead.1")));
        Assert.True(Directory.Exists(Path.Combine(store, "by-one/sealed")));
        Assert.True(Directory.Exists(Path.Combine(outside, "dead.1")));
    }

    [Fact]
    public void Removing_does_not_follow_links_and_does_not_touch_the_modes_of_linked_files()
    {
        string outside = Path.Combine(_root.Path, "outside");
        Directory.CreateDirectory(outside);
        string kept = Path.Combine(outside, "kept");
        File.WriteAllText(kept, "kept");
        using (var staging = Staging.Create(_root.Path))
        {
            Directory.CreateSymbolicLink(Path.Combine(staging.Directory, "link"), outside);
            File.CreateSymbolicLink(Path.Combine(staging.Directory, "dangling"), "/nowhere/at/all");
            Directory.CreateSymbolicLink(Path.Combine(Path.GetDirectoryName(staging.Directory)!, "planted"), outside);
        }
        using (Staging.Create(_root.Path)) { }
        Assert.Equal(["outside/", "outside/kept", "staging/"], _root.Tree());
        Assert.Equal("kept", File.ReadAllText(kept));
    }

    [Fact]
    public async Task Many_commands_at_once_never_sweep_each_other()
    {
        var cancel = TestContext.Current.CancellationToken;
        await Task.WhenAll(Enumerable.Range(0, 8).Select(n => Task.Run(() =>
        {
            for (int i = 0; i < 50; i++)
            {
                using var staging = Staging.Create(_root.Path);
                string file = Path.Combine(staging.NewDirectory(), n.ToString(CultureInfo.InvariantCulture));
                File.WriteAllText(file, "x");
                Assert.True(File.Exists(file));
            }
        }, cancel)));
        Assert.Equal(["staging/"], _root.Tree());
    }

    [Fact]
    public void A_data_root_that_is_no_directory_is_said_to_be_so()
    {
        string file = Path.Combine(_root.Path, "file");
        File.WriteAllText(file, "");
        Assert.Throws<UnwritableException>(() => Staging.Create(Path.Combine(file, "root")));
    }

    public void Dispose() => _root.Dispose();
}
