using System.Buffers.Binary;
using System.IO.Hashing;
using CsCheck;
using Sandpiper.Kernel.Files;

namespace Sandpiper.Store.Tests;

/// <summary>What is kept of a wheel so that its manifest need not be read: nothing that the manifest does not say.</summary>
public sealed class OutlineTests : IDisposable
{
    private readonly DataRoot _root = new();

    public void Dispose() => _root.Dispose();

    [Theory]
    [InlineData("honest/more.py", "")]
    [InlineData("honest-1.0.dist-info/entry_points.txt", "[console_scripts]\nhonest = honest:main\n[gui_scripts]\nwin = honest:Win.run\n")]
    [InlineData("honest-1.0.data/scripts/tool", "#!python\n")]
    [InlineData("honest-1.0.data/data/lib/é.txt", "")]
    [InlineData("honest/byte.pyc", "")]
    [InlineData("lone.py", "")]
    public void A_wheel_is_the_same_by_its_outline_and_by_its_manifest(string member, string text)
    {
        var wheel = _root.Seal(WheelSample.Honest.With(member, text).With("honest/byte.py", ""));
        Assert.True(File.Exists(OutlineOf(wheel)));
        SealedWheel outlined = _root.Store.Find(wheel.Digest)!, read = ByManifest(wheel);
        Assert.Equal(Told(read), Told(outlined));
        Assert.Equal(read.Files, outlined.Files);
        foreach (bool isRequested in (bool[])[false, true])
        {
            Assert.Equal(read.RecordsFor(isRequested), outlined.RecordsFor(isRequested));
            if (read.RecordsFor(isRequested) is { } records)
            {
                Assert.Equal(Packaging.Names.Sha256Digest.Of(File.ReadAllBytes(Path.Combine(wheel.Tree, records, "RECORD"))),
                    outlined.RecordDigest(isRequested));
            }
        }
    }

    // Who looks at no file of it reads no line of its manifest.
    [Fact]
    public void It_is_what_a_wheel_is_found_by_until_the_manifest_is_another_file()
    {
        var wheel = _root.Seal(WheelSample.Honest);
        KeepOther(wheel);
        Assert.Equal(["of another"], _root.Store.Find(wheel.Digest)!.Notes);
        byte[] content = File.ReadAllBytes(wheel.ManifestFile);
        File.SetUnixFileMode(wheel.ManifestFile, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        File.WriteAllBytes(wheel.ManifestFile, content);
        File.SetUnixFileMode(wheel.ManifestFile, SealedTree.FileMode);
        File.SetLastWriteTimeUtc(wheel.ManifestFile, SealedTree.SealTime);
        Assert.Empty(_root.Store.Find(wheel.Digest)!.Notes);
    }

    [Fact]
    public void One_that_says_otherwise_than_the_manifest_is_found_as_soon_as_a_file_is_asked_for()
    {
        var wheel = _root.Seal(WheelSample.Honest);
        KeepOther(wheel);
        var found = _root.Store.Find(wheel.Digest)!;
        Assert.Throws<StoreDamagedException>(() => found.Table);
        Assert.Throws<StoreDamagedException>(() => found.Files);
    }

    [Fact]
    public void Of_a_wheel_in_which_something_was_found_there_is_none()
    {
        var wheel = _root.Seal(WheelSample.Honest.With("honest.pth", "import os\n"));
        Assert.False(File.Exists(OutlineOf(wheel)));
        Assert.Single(_root.Store.Find(wheel.Digest)!.Findings!.Value);
    }

    [Fact]
    public void One_of_an_earlier_version_gets_its_outline_and_who_is_there_again_keeps_it()
    {
        var wheel = _root.Seal(WheelSample.Honest);
        byte[] kept = File.ReadAllBytes(OutlineOf(wheel));
        File.Delete(OutlineOf(wheel));
        _root.Store.KeepOutline(wheel.Digest);
        Assert.Equal(kept, File.ReadAllBytes(OutlineOf(wheel)));
        FileStatus.TryRead(OutlineOf(wheel), out var before);
        _root.Store.KeepOutline(wheel.Digest);
        FileStatus.TryRead(OutlineOf(wheel), out var after);
        Assert.Equal(before, after);
        using var staging = Staging.Create(_root.Path);
        _root.Store.Discard(wheel.Digest, staging);
        Assert.False(File.Exists(OutlineOf(wheel)));
    }

    // Cut, flipped, or made by somebody who knows how: it is not believed, or what it says is told from what is there.
    [Fact]
    public void Whatever_is_in_its_place_does_no_more_than_cost_a_reading()
    {
        var wheel = _root.Seal(
            WheelSample.Honest.With("honest-1.0.dist-info/entry_points.txt", "[console_scripts]\nhonest = honest:main\n"));
        byte[] kept = File.ReadAllBytes(OutlineOf(wheel));
        var read = ByManifest(wheel);
        Gen.Select(Gen.Int[0, kept.Length - 1], Gen.Byte, Gen.Bool, Gen.Bool).Sample((at, with, isCut, isSigned) =>
        {
            byte[] content = isCut ? kept[..at] : [.. kept[..at], with, .. kept[(at + 1)..]];
            if (isSigned && content.Length > sizeof(ulong))
            {
                BinaryPrimitives.WriteUInt64LittleEndian(
                    content.AsSpan(^sizeof(ulong)..), XxHash3.HashToUInt64(content.AsSpan(..^sizeof(ulong))));
            }
            File.WriteAllBytes(OutlineOf(wheel), content);
            var found = _root.Store.Find(wheel.Digest)!;
            try
            {
                Assert.Equal(read.Files, found.Files);
                Assert.Equal(Told(read), Told(found));
            }
            catch (StoreDamagedException)
            {
                Assert.True(isSigned);
            }
        }, iter: 300, threads: 1);
        foreach (Action<string> put in (Action<string>[])[
            path => Directory.CreateDirectory(path), path => File.CreateSymbolicLink(path, "/dev/zero"),
            path => System.Diagnostics.Process.Start("/usr/bin/mkfifo", [path]).WaitForExit()])
        {
            if (Directory.Exists(OutlineOf(wheel))) Directory.Delete(OutlineOf(wheel));
            else File.Delete(OutlineOf(wheel));
            put(OutlineOf(wheel));
            Assert.Equal(Told(read), Told(_root.Store.Find(wheel.Digest)!));
        }
    }

    private static string OutlineOf(SealedWheel wheel) => wheel.StampsFile + ".outline";

    private SealedWheel ByManifest(SealedWheel wheel)
    {
        string aside = OutlineOf(wheel) + ".aside";
        File.Move(OutlineOf(wheel), aside);
        var read = _root.Store.Find(wheel.Digest)!;
        File.Move(aside, OutlineOf(wheel));
        return read;
    }

    private void KeepOther(SealedWheel wheel)
    {
        FileStatus.TryRead(wheel.ManifestFile, out var manifest);
        File.WriteAllBytes(OutlineOf(wheel), OutlineFile.Of(ByManifest(wheel) with { Notes = ["of another"] }, FileStamp.Of(manifest))!);
    }

    private static string Told(SealedWheel wheel) => string.Join('\n', (object?[])[
        wheel.Digest, wheel.Directory, wheel.FileName.FileName, wheel.DistInfo, wheel.ManifestDigest, wheel.StampsFile,
        string.Join(',', wheel.Scripts), string.Join(',', wheel.Notes), wheel.Findings?.Length,
        string.Join(',', wheel.Outline.Tops), wheel.Outline with { Tops = [] }]);
}
