using System.Text;
using Sandpiper.Wheels;

namespace Sandpiper.Store.Tests;

/// <summary>Byte code comes into the store after the seal: whole, known by its digest, beside its source and nowhere else.</summary>
public sealed class ByteCodeSealTests : IDisposable
{
    private const string Tag = "cpython-311";

    private readonly DataRoot _root = new();

    public void Dispose() => _root.Dispose();

    [Fact]
    public void The_seal_makes_a_place_beside_every_module_and_nothing_in_it()
    {
        var wheel = Seal();
        Assert.Equal(["honest/__init__.py", "honest/deep/low.py", "honest_top.py"],
            wheel.Modules.Select(m => wheel.Files[m.Index].StorePath).Order(StringComparer.Ordinal));
        string[] places = [.. ByteCode.PlacesOf(wheel.Modules)];
        Assert.Equal(["__pycache__", "honest/__pycache__", "honest/deep/__pycache__"], places);
        foreach (string place in places)
        {
            string path = Path.Combine(wheel.Tree, place);
            Assert.Empty(Directory.GetFileSystemEntries(path));
            Assert.Equal(SealedTree.DirectoryMode, File.GetUnixFileMode(path));
        }
        Assert.Equal(wheel.Directories, [.. wheel.Directories.Order(StringComparer.Ordinal)]);
    }

    [Fact]
    public void What_is_placed_is_sealed_and_known_by_digest_size_and_stamp()
    {
        var wheel = Seal();
        Assert.False(_root.Store.IsCompiled(wheel.Digest, Tag));
        Place(wheel, Tag, m => m.Stem == "low" ? null : $"code of {m.Stem}");
        Assert.True(_root.Store.IsCompiled(wheel.Digest, Tag));

        var record = ByteCodeRecord.Find(wheel, Tag)!;
        Assert.True(record.IsWhole);
        for (int i = 0; i < wheel.Modules.Length; i++)
        {
            string path = Path.Combine(wheel.Tree, wheel.Modules[i].PathFor(Tag));
            if (record.DigestOf(i) is null)
            {
                Assert.Equal("low", wheel.Modules[i].Stem);
                Assert.False(File.Exists(path));
                continue;
            }
            Assert.Equal($"code of {wheel.Modules[i].Stem}", File.ReadAllText(path));
            Assert.Equal((SealedTree.FileMode, SealedTree.SealTime), (File.GetUnixFileMode(path), File.GetLastWriteTimeUtc(path)));
            Assert.Equal(FileStamp.Of(path), record.OfModule(i));
            Assert.Equal((SealedTree.DirectoryMode, SealedTree.SealTime),
                (File.GetUnixFileMode(Path.GetDirectoryName(path)!), Directory.GetLastWriteTimeUtc(Path.GetDirectoryName(path)!)));
        }
        // No other directory of the tree was opened for it.
        Assert.NotNull(EntryStamps.Find(wheel));
        int index = wheel.Directories.IndexOf("honest");
        Assert.Equal(FileStamp.Of(Path.Combine(wheel.Tree, "honest")), EntryStamps.Find(wheel)!.OfDirectory(index));
    }

    [Fact]
    public void Two_interpreters_have_their_byte_code_side_by_side()
    {
        var wheel = Seal();
        Place(wheel, Tag, m => "one");
        Place(wheel, "pypy310", m => "other");
        Assert.Equal([Tag, "pypy310"], ByteCodeRecord.All(wheel).Select(r => r.Tag).Order(StringComparer.Ordinal));
        Assert.Equal(2, Directory.GetFiles(Path.Combine(wheel.Tree, "honest/__pycache__")).Length);
    }

    [Fact]
    public void Who_comes_first_stays()
    {
        var wheel = Seal();
        Place(wheel, Tag, m => "first");
        Place(wheel, Tag, m => "second");
        Assert.Equal("first", File.ReadAllText(Path.Combine(wheel.Tree, wheel.Modules[0].PathFor(Tag))));
    }

    [Fact]
    public void Where_somebody_has_put_something_nothing_is_placed()
    {
        var wheel = Seal();
        string place = Path.Combine(wheel.Tree, "honest/__pycache__");
        File.SetUnixFileMode(place, SealedTree.OpenDirectoryMode);
        File.WriteAllText(Path.Combine(place, "__init__.cpython-311.pyc"), "planted");
        Assert.False(TryPlace(wheel, Tag, m => "ours"));
        Assert.Null(ByteCodeRecord.Find(wheel, Tag));
        Assert.Equal("planted", File.ReadAllText(Path.Combine(place, "__init__.cpython-311.pyc")));
    }

    // As a kill leaves it: some files moved, one place open, the record only begun.
    [Fact]
    public void What_a_kill_left_is_known_and_finished_by_who_comes_next()
    {
        var wheel = Seal();
        Place(wheel, Tag, m => "begun");
        string record = $"{wheel.StampsFile}.{Tag}";
        File.Move(record, record + ".begun");
        string place = Path.Combine(wheel.Tree, "honest/__pycache__");
        File.SetUnixFileMode(place, SealedTree.OpenDirectoryMode);
        File.Delete(Path.Combine(place, "__init__.cpython-311.pyc"));
        Assert.False(_root.Store.IsCompiled(wheel.Digest, Tag));
        Assert.True(TryPlace(wheel, Tag, m => "finished"));
        Assert.True(ByteCodeRecord.Find(wheel, Tag)!.IsWhole);
        Assert.False(File.Exists(record + ".begun"));
        Assert.All(wheel.Modules, m => Assert.Equal("finished", File.ReadAllText(Path.Combine(wheel.Tree, m.PathFor(Tag)))));
        Assert.Equal(SealedTree.DirectoryMode, File.GetUnixFileMode(place));
    }

    [Fact]
    public void A_record_that_was_changed_by_one_bit_is_none()
    {
        var wheel = Seal();
        Place(wheel, Tag, m => "code");
        string path = $"{wheel.StampsFile}.{Tag}";
        byte[] content = File.ReadAllBytes(path);
        for (int i = 0; i < content.Length; i += 7)
        {
            byte[] changed = [.. content];
            changed[i] ^= 4;
            File.Delete(path);
            File.WriteAllBytes(path, changed);
            Assert.Null(ByteCodeRecord.Find(wheel, Tag));
        }
        File.Delete(path);
        File.WriteAllBytes(path, content);
        Assert.NotNull(ByteCodeRecord.Find(wheel, Tag));
    }

    [Fact]
    public void Dropped_it_leaves_the_tree_as_it_was_sealed()
    {
        var wheel = Seal();
        string[] before = _root.Tree();
        Place(wheel, Tag, m => "code");
        Place(wheel, "pypy310", m => "code");
        _root.Store.DropByteCode(wheel.Digest);
        Assert.Equal(before, _root.Tree());
        Assert.Empty(ByteCodeRecord.All(wheel));
    }

    [Fact]
    public void It_goes_with_its_wheel()
    {
        var wheel = Seal();
        Place(wheel, Tag, m => "code");
        using (var staging = Staging.Create(_root.Path)) _root.Store.Discard(wheel.Digest, staging);
        Assert.Empty(Directory.GetFiles(Path.Combine(_root.Path, "stamps")));
    }

    [Theory]
    [InlineData("cpython-311", true)]
    [InlineData("graalpy240-310", true)]
    [InlineData("", false)]
    [InlineData("../x", false)]
    [InlineData("a.b", false)]
    [InlineData("cpython-311-and-a-tail-that-is-longer-than-any", false)]
    public void A_tag_becomes_part_of_a_file_name_only_if_it_is_one(string tag, bool isTag) => Assert.Equal(isTag, ByteCode.IsTag(tag));

    // Names as they may be in a wheel: none of these has byte code, and none is in the way of what has.
    [Theory]
    [InlineData("pkg/__pycache__/x.py")]
    [InlineData("__pycache__/x.py")]
    [InlineData("pkg/.py")]
    [InlineData("pkg/x.PY")]
    [InlineData("pkg/x.pyi")]
    public void What_is_not_imported_from_its_place_has_no_byte_code(string path) => Assert.Empty(FileTable.Of([FileAt(path)]).Modules);

    [Fact]
    public void A_file_of_the_name_of_a_place_leaves_its_modules_without()
    {
        Assert.Equal(["other/__pycache__"], FileTable.Of(
            [FileAt("pkg/__pycache__"), FileAt("pkg/x.py"), FileAt("other/y.py")]).Places);
    }

    private static StoredFile FileAt(string path) =>
        new(Scheme.Purelib, path, path, default, 1, IsExecutable: false, StoredFileKind.Plain);

    private SealedWheel Seal() => _root.Seal(WheelSample.Honest
        .With("honest/deep/low.py", "y = 2\n").With("honest/data.txt", "z").With("honest_top.py", "t = 3\n"));

    private void Place(SealedWheel wheel, string tag, Func<ByteCode.Module, string?> code) => Assert.True(TryPlace(wheel, tag, code));

    private bool TryPlace(SealedWheel wheel, string tag, Func<ByteCode.Module, string?> code)
    {
        using var staging = Staging.Create(_root.Path);
        var contents = wheel.Modules.Select(m => code(m) is { } text ? (ReadOnlyMemory<byte>?)Encoding.UTF8.GetBytes(text) : null).ToList();
        return new ByteCodeSeal(_root.Store, tag).Place(ByteCodeSeal.Stage(wheel, contents, staging));
    }
}
