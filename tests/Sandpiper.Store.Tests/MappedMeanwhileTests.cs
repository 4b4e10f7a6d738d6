using System.IO.MemoryMappedFiles;
using Sandpiper.Archives;
using Sandpiper.Packaging.Names;

namespace Sandpiper.Store.Tests;

/// <summary>
/// A program of the same user that has mapped a file to write while it is on its way into the store: through the mapping it can change
/// bytes afterwards, and no time of the file moves. A stamp that fits would vouch for them without a look.
/// </summary>
public sealed class MappedMeanwhileTests : IDisposable
{
    private readonly DataRoot _root = new();
    private readonly Staging _staging;

    public MappedMeanwhileTests() => _staging = Staging.Create(_root.Path);

    public void Dispose()
    {
        _staging.Dispose();
        _root.Dispose();
    }

    [Fact]
    public void A_file_of_a_wheel_has_no_stamp_that_fits()
    {
        string download = Path.Combine(_staging.NewDirectory(), WheelSample.Honest.FileName);
        byte[] wheel = WheelSample.Honest.With("honest/other.py", "x = 1\n").ToBytes();
        File.WriteAllBytes(download, wheel);
        UnpackedWheel unpacked = WheelStore.Unpack(WheelStore.ParseName(WheelSample.Honest.FileName), Sha256Digest.Of(wheel), download,
            ArchiveLimits.Default, _staging, TestContext.Current.CancellationToken);

        SealedWheel sealedWheel;
        using (Mapped(Path.Combine(unpacked.Work, SealedWheel.TreeName, "honest/__init__.py")))
            sealedWheel = _root.Store.Seal(unpacked, replace: false, _staging, TestContext.Current.CancellationToken);

        EntryStamps stamps = EntryStamps.Find(sealedWheel)!;
        Assert.Equal(["honest/__init__.py"], Enumerable.Range(0, sealedWheel.Table.Total)
            .Where(i => stamps.OfFile(i) != FileStamp.Of(Path.Combine(sealedWheel.Tree, sealedWheel.Table[i].StorePath)))
            .Select(i => sealedWheel.Table[i].StorePath));
    }

    [Fact]
    public void Byte_code_has_none_either()
    {
        SealedWheel wheel = _root.Seal(WheelSample.Honest.With("honest/other.py", "x = 1\n"));
        StagedByteCode staged = ByteCodeSeal.Stage(
            wheel, [.. wheel.Modules.Select(_ => (ReadOnlyMemory<byte>?)"code"u8.ToArray())], _staging);

        using (Mapped(Path.Combine(staged.Directory, "0"))) Assert.True(new ByteCodeSeal(_root.Store, "cpython-311").Place(staged));

        ByteCodeRecord record = ByteCodeRecord.Find(wheel, "cpython-311")!;
        Assert.Equal(2, wheel.Modules.Length);
        Assert.Equal(default, record.OfModule(0));
        Assert.Equal(FileStamp.Of(Path.Combine(wheel.Tree, wheel.Modules[1].PathFor("cpython-311"))), record.OfModule(1));
    }

    // As somebody does who wants to hide it: its mode is what it was, and its time.
    private static MemoryMappedFile Mapped(string path)
    {
        File.SetUnixFileMode(path, SealedTree.FileMode | UnixFileMode.UserWrite);
        var map = MemoryMappedFile.CreateFromFile(path, FileMode.Open);
        File.SetLastWriteTimeUtc(path, SealedTree.SealTime);
        File.SetUnixFileMode(path, SealedTree.FileMode);
        return map;
    }
}
