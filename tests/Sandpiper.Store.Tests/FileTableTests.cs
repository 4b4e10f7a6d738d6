using System.Text;
using CsCheck;
using Sandpiper.Kernel.Files;
using Sandpiper.Packaging.Names;
using Sandpiper.Wheels;

namespace Sandpiper.Store.Tests;

public sealed class FileTableTests
{
    [Fact]
    public void What_went_in_comes_out()
    {
        Gen<string> path = Gen.String["abcé☃/"].Select(s => "x" + s);
        Gen.Select(path, path, Gen.Long[0, long.MaxValue], Gen.Bool, Gen.Enum<Scheme>(), Gen.Enum<StoredFileKind>(), Gen.Bool)
            .Select((stored, own, size, isExecutable, scheme, kind, reachesOut) => new StoredFile(
                scheme, size % 3 == 0 ? own : stored, stored, Sha256Digest.Of(Encoding.UTF8.GetBytes(own)), size, isExecutable, kind)
            {
                ReachesOut = reachesOut,
            })
            .Array[0, 20].Sample(files =>
            {
                var table = FileTable.Of([.. files]);
                Assert.Equal(files, table.Files);
                for (int i = 0; i < files.Length; i++)
                {
                    Assert.Equal(files[i].StorePath + "\0", Encoding.UTF8.GetString(table.NameForKernel(i)));
                    bool isAtRoot = files[i].Scheme is Scheme.Purelib or Scheme.Platlib && files[i].Path == files[i].StorePath;
                    Assert.Equal(isAtRoot, table.IsAtRoot(i));
                }
            });
    }

    [Fact]
    public void Its_outline_tells_the_names_that_other_wheels_could_have()
    {
        var table = FileTable.Of(
        [
            FileAt("a/x.py"), FileAt("b.py"), FileAt("a/deep/y.py"), FileAt("hook.pth", StoredFileKind.StartUpHook),
            FileAt("c/lib.so", reaches: true),
            FileAt("tool", StoredFileKind.PythonScript, Scheme.Scripts, "w-1.0.data/scripts/tool"),
        ]);
        var outline = table.Outline;
        Assert.Equal(
            [new("a", true, true), new("b.py", false, true), new("hook.pth", false, false), new("c", true, false)], outline.Tops);
        Assert.Equal([0, 1, 0, 2, 3, -1], table.TopOf);
        Assert.Equal((6, true, true, false), (outline.Files, outline.HasElsewhere, outline.HasHooks, outline.HasRecords));
    }

    [Fact]
    public void What_was_sealed_just_now_may_not_be_on_the_disk()
    {
        using var root = new DataRoot();
        var wheel = root.Seal(WheelSample.Honest);
        Assert.False(root.Store.AreOnDisk([wheel], DateTimeOffset.UtcNow));
        Assert.False(root.Store.AreOnDisk([wheel], DateTimeOffset.UnixEpoch));
        Assert.Equal(ContentOnDisk.ByItself() is not null, root.Store.AreOnDisk([wheel], DateTimeOffset.UtcNow.AddDays(1)));
    }

    [Fact]
    public void What_was_sealed_before_everything_was_written_is_on_the_disk_and_what_was_sealed_since_may_not_be()
    {
        using var root = new DataRoot();
        var wheel = root.Seal(WheelSample.Honest);
        FileStatus.TryRead(wheel.ManifestFile, out var manifest);
        var at = manifest.ChangedAt.ToDateTime();
        StoreOnDisk.Note(root.Path, at);
        Assert.False(root.Store.AreOnDisk([wheel], at.AddSeconds(1)));
        StoreOnDisk.Note(root.Path, at.AddSeconds(1));
        Assert.True(root.Store.AreOnDisk([wheel], at.AddSeconds(1)));
        // A clock that was put back.
        Assert.False(root.Store.AreOnDisk([wheel], at.AddSeconds(0.5)));
        File.Delete(Path.Combine(root.Path, StoreOnDisk.FileName));
        Assert.False(root.Store.AreOnDisk([wheel], at.AddSeconds(1)));
    }

    [Fact]
    public void A_link_in_the_place_of_the_note_is_neither_written_nor_believed()
    {
        using var root = new DataRoot();
        var wheel = root.Seal(WheelSample.Honest);
        var now = DateTimeOffset.UtcNow.AddSeconds(1);
        string elsewhere = Path.Combine(root.Path, "elsewhere");
        File.WriteAllText(elsewhere, "");
        File.SetLastWriteTimeUtc(elsewhere, now.UtcDateTime);
        File.CreateSymbolicLink(Path.Combine(root.Path, StoreOnDisk.FileName), elsewhere);
        StoreOnDisk.Note(root.Path, now.AddDays(-1));
        Assert.Equal(now.UtcDateTime, File.GetLastWriteTimeUtc(elsewhere));
        Assert.False(root.Store.AreOnDisk([wheel], now));
    }

    [Fact]
    public void A_wheel_that_is_asked_for_again_is_read_again_only_when_its_manifest_has_changed()
    {
        using var root = new DataRoot();
        var wheel = root.Seal(WheelSample.Honest);
        var store = root.Store;
        var first = store.Find(wheel.Digest)!;
        Assert.Same(first, store.Find(wheel.Digest));
        File.SetUnixFileMode(wheel.Directory, SealedTree.OpenDirectoryMode);
        File.SetUnixFileMode(wheel.ManifestFile, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        File.WriteAllText(wheel.ManifestFile, "[]");
        Assert.Throws<StoreDamagedException>(() => store.Find(wheel.Digest));
    }

    private static StoredFile FileAt(
        string path, StoredFileKind kind = default, Scheme scheme = Scheme.Purelib, string? stored = null, bool reaches = false) =>
        new(scheme, path, stored ?? path, default, 1, IsExecutable: false, kind) { ReachesOut = reaches };
}
