using System.Collections.Concurrent;
using System.Text;
using Sandpiper.Archives;
using Sandpiper.Kernel.Files;
using Sandpiper.Packaging.Names;
using Sandpiper.Policies;
using Sandpiper.Samples;
using Sandpiper.Wheels;

namespace Sandpiper.Store.Tests;

public sealed class SealingTests : IDisposable
{
    private readonly DataRoot _root = new();

    [Fact]
    public void An_honest_wheel_becomes_a_read_only_tree_that_is_found_again()
    {
        var sample = WheelSample.Honest
            .With("honest/sub/tool.sh", "echo", executable: true)
            .With("honest-1.0.data/scripts/run", "#!python -x\nprint()\n")
            .With("honest-1.0.data/scripts/shell", "#!/bin/sh\n")
            .With("honest-1.0.data/data/share/x.txt", "")
            .With("honest-1.0.data/headers/h.h", "h")
            .With("honest-1.0.data/platlib/plat.py", "p")
            .With($"{WheelSample.DistInfo}/entry_points.txt",
                "[console_scripts]\nhonest = honest:main\n[gui_scripts]\nwin = honest.gui:a.b\n");

        var sealedWheel = _root.Seal(sample);

        Assert.Equal(Path.Combine(_root.Path, "store", sealedWheel.Digest.Hex), sealedWheel.Directory);
        Assert.Equal(WheelSample.DistInfo, sealedWheel.DistInfo);
        Assert.Equal(
            sample.Files.Select(f => (f.Name, Sha256Digest.Of(f.Content), (long)f.Content.Length)).Order(),
            sealedWheel.Files.Select(f => (f.StorePath, f.Digest, f.Size)).Order());
        Assert.Equal((Scheme.Purelib, "honest/sub/tool.sh", true, StoredFileKind.Plain), Facts("honest/sub/tool.sh"));
        Assert.Equal((Scheme.Scripts, "run", false, StoredFileKind.PythonScript), Facts("honest-1.0.data/scripts/run"));
        Assert.Equal((Scheme.Scripts, "shell", false, StoredFileKind.Plain), Facts("honest-1.0.data/scripts/shell"));
        Assert.Equal((Scheme.Data, "share/x.txt", false, StoredFileKind.Plain), Facts("honest-1.0.data/data/share/x.txt"));
        Assert.Equal((Scheme.Headers, "h.h", false, StoredFileKind.Plain), Facts("honest-1.0.data/headers/h.h"));
        Assert.Equal((Scheme.Platlib, "plat.py", false, StoredFileKind.Plain), Facts("honest-1.0.data/platlib/plat.py"));
        Assert.Equal([("honest", "honest", "main", false), ("win", "honest.gui", "a.b", true)],
            sealedWheel.Scripts.Select(s => (s.Name, s.Module, s.Attribute, s.IsGui)));
        Assert.Equal("Metadata-Version: 2.1\nName: honest\nVersion: 1.0\nRequires-Dist: other>=1\n",
            Encoding.UTF8.GetString(_root.Store.ReadMetadata(sealedWheel).Span));
        MustBeSealed(sealedWheel, sample);

        var found = _root.Store.Find(sealedWheel.Digest)!;
        Assert.Equal(sealedWheel.Files, found.Files);
        Assert.Equal(sealedWheel.Scripts, found.Scripts);
        Assert.Equal((sealedWheel.Directory, sealedWheel.DistInfo, sealedWheel.FileName.FileName),
            (found.Directory, found.DistInfo, found.FileName.FileName));

        (Scheme, string, bool, StoredFileKind) Facts(string member)
        {
            var file = sealedWheel.Files.Single(f => f.StorePath == member);
            return (file.Scheme, file.Path, file.IsExecutable, file.Kind);
        }
    }

    [Fact]
    public void The_root_goes_where_wheel_says()
    {
        var sample = WheelSample.Honest.With($"{WheelSample.DistInfo}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: false\n");
        Assert.All(_root.Seal(sample).Files, f => Assert.Equal(Scheme.Platlib, f.Scheme));
    }

    [Fact]
    public void A_wheel_that_was_not_sealed_is_not_found() => Assert.Null(_root.Store.Find(Sha256Digest.Of("x"u8)));

    [Fact]
    public void Byte_code_and_what_only_an_installer_may_say_are_left_out_and_it_is_noted()
    {
        var sealedWheel = _root.Seal(WheelSample.Honest
            .With("honest/__pycache__/__init__.cpython-311.pyc", "evil")
            .With("honest/__init__.pyc", "evil")
            .With($"{WheelSample.DistInfo}/INSTALLER", "pip")
            .With($"{WheelSample.DistInfo}/REQUESTED", "")
            .With($"{WheelSample.DistInfo}/direct_url.json", "{}")
            .WithUnlisted($"{WheelSample.DistInfo}/RECORD.jws", "{}"));
        Assert.Equal(WheelSample.Honest.Files.Select(f => f.Name).Order(), sealedWheel.Files.Select(f => f.StorePath).Order());
        Assert.Equal(5, sealedWheel.Notes.Length);
        Assert.Contains("2 byte-code files were left out", sealedWheel.Notes);
        MustBeSealed(sealedWheel, WheelSample.Honest);
    }

    [Fact]
    public void A_script_named_like_an_entry_point_gives_way_to_it()
    {
        var sealedWheel = _root.Seal(WheelSample.Honest
            .With("honest-1.0.data/scripts/honest", "#!python\n")
            .With("honest-1.0.data/scripts/honest-script.py", "#!python\n")
            .With("honest-1.0.data/scripts/honest.exe", "MZ")
            .With("honest-1.0.data/scripts/other", "#!python\n")
            .With($"{WheelSample.DistInfo}/entry_points.txt", "[console_scripts]\nhonest = honest:main\n"));
        Assert.Equal(["other"], sealedWheel.Files.Where(f => f.Scheme == Scheme.Scripts).Select(f => f.Path));
        Assert.Equal(3, sealedWheel.Notes.Length);
    }

    [Theory]
    [InlineData("evil.pth")]
    [InlineData("evil.start")]
    [InlineData("sitecustomize.py")]
    [InlineData("usercustomize/__init__.py")]
    [InlineData("sitecustomize.abi3.so")]
    [InlineData("honest-1.0.data/purelib/evil.pth")]
    [InlineData("honest-1.0.data/platlib/sitecustomize.py")]
    [InlineData("honest-1.0.data/data/lib/python3.11/site-packages/evil.pth")]
    [InlineData("honest-1.0.data/data/LIB/python3/site-packages/usercustomize.py")]
    [InlineData("honest-1.0.data/data/lib/python3.11/dist-packages/evil.start")]
    public void A_start_up_hook_is_marked_by_whatever_door_it_comes(string member)
    {
        var hook = _root.Seal(WheelSample.Honest.With(member, "import os\n")).Files.Single(f => f.StorePath == member);
        Assert.Equal(StoredFileKind.StartUpHook, hook.Kind);
    }

    [Fact]
    public void The_start_up_hooks_of_hostile_packages_are_marked()
    {
        SampleWheel[] wheels =
        [
            HostilePackages.WheelWithPthHook("x"), HostilePackages.WheelWithPthHookInData("x"),
            HostilePackages.WheelWithSitecustomize("x"), HostilePackages.WheelWithUsercustomize("x"),
            HostilePackages.WheelWithStartHook("x"),
        ];
        foreach (var wheel in wheels)
            Assert.Single(_root.Seal(wheel.FileName, wheel.Build()).Files, f => f.Kind == StoredFileKind.StartUpHook);
    }

    [Fact]
    public void A_path_file_below_a_package_is_no_hook() =>
        Assert.All(_root.Seal(WheelSample.Honest.With("honest/evil.pth", "import os\n")).Files,
            f => Assert.Equal(StoredFileKind.Plain, f.Kind));

    [Fact]
    public void The_same_dependencies_in_other_words_are_the_metadata_it_was_resolved_on() =>
        _root.Seal(WheelSample.Honest, "Metadata-Version: 2.4\nName: Honest\nVersion: 1.0.0\nSummary: other\nRequires-Dist: other >= 1\n");

    [Fact]
    public void What_is_sealed_is_held_against_each_later_request_too()
    {
        var sealedWheel = _root.Seal(WheelSample.Honest);
        var other = Assert.Throws<RefusedException>(() => _root.Seal("other-1.0-py3-none-any.whl", WheelSample.Honest.ToBytes()));
        Assert.Equal("SP-WHEEL-03", other.Rule);
        var spliced = Assert.Throws<RefusedException>(
            () => _root.Seal(WheelSample.Honest, "Metadata-Version: 2.1\nName: honest\nVersion: 1.0\n"));
        Assert.Equal("SP-WHEEL-14", spliced.Rule);
        Assert.Equal(sealedWheel.Files,
            _root.Seal(WheelSample.Honest, "Metadata-Version: 2.1\nName: honest\nVersion: 1.0\nRequires-Dist: other>=1\n").Files);
    }

    [Fact]
    public async Task Of_many_that_seal_the_same_wheel_one_entry_wins_and_all_get_it()
    {
        var sample = WheelSample.Honest;
        for (int i = 0; i < 100; i++) sample = sample.With($"honest/m{i}.py", $"x = {i}\n");
        var all = await Task.WhenAll(Enumerable.Range(0, 8)
            .Select(_ => Task.Run(() => _root.Seal(sample), TestContext.Current.CancellationToken)));
        Assert.All(all, wheel => Assert.Equal(all[0].Files, wheel.Files));
        Assert.Equal(["staging/"], _root.Tree().Where(p => p.StartsWith("staging", StringComparison.Ordinal)));
        Assert.Single(Directory.GetDirectories(Path.Combine(_root.Path, "store")));
        MustBeSealed(all[0], sample);
    }

    // As somebody sees it who watches the store: a kill between the two would leave an entry that verify finds changed.
    [Fact]
    public async Task An_entry_is_sealed_when_it_appears()
    {
        string entries = Directory.CreateDirectory(Path.Combine(_root.Path, "store")).FullName;
        var seen = new ConcurrentQueue<string>();
        var isOver = new TaskCompletionSource();
        using var watcher = new FileSystemWatcher(entries) { NotifyFilter = NotifyFilters.DirectoryName | NotifyFilters.Attributes };
        watcher.Changed += (_, e) => seen.Enqueue($"changed: {e.Name}");
        watcher.Renamed += (_, e) => seen.Enqueue($"renamed: {e.Name}");
        watcher.Created += (_, e) =>
        {
            if (e.Name is "over") isOver.TrySetResult();
        };
        watcher.EnableRaisingEvents = true;

        string entry = _root.Seal(WheelSample.Honest).Digest.Hex;
        Directory.CreateDirectory(Path.Combine(entries, "over"));
        await isOver.Task.WaitAsync(TestContext.Current.CancellationToken);

        Assert.Contains(seen, s => s.StartsWith("changed: ", StringComparison.Ordinal));
        Assert.Equal([$"renamed: {entry}"], seen.Where(s => s.EndsWith(entry, StringComparison.Ordinal)));
    }

    [Fact]
    public void A_cancelled_seal_leaves_nothing()
    {
        using var cancelled = new CancellationTokenSource();
        cancelled.Cancel();
        string file = Path.Combine(_root.Path, "wheel");
        File.WriteAllBytes(file, WheelSample.Honest.ToBytes());
        using (var staging = Staging.Create(_root.Path))
        {
            var name = WheelStore.ParseName(WheelSample.Honest.FileName);
            Assert.ThrowsAny<OperationCanceledException>(
                () => WheelStore.Unpack(name, Sha256Digest.Of("x"u8), file, ArchiveLimits.Default, staging, cancelled.Token));
            Assert.Empty(Directory.GetFileSystemEntries(staging.Directory));
        }
        Assert.Equal(["staging/", "wheel"], _root.Tree());
    }

    [Theory]
    [InlineData(false)]     // as earlier versions left it
    [InlineData(true)]
    public void A_distrusted_entry_stays_until_it_is_sealed_again_whatever_is_where_its_stamps_belong(bool isDirectory)
    {
        var before = _root.Seal(WheelSample.Honest);
        Directory.Delete(Path.GetDirectoryName(before.StampsFile)!, recursive: true);
        if (isDirectory) Directory.CreateDirectory(before.StampsFile);
        FileStatus.TryRead(before.Directory, out var was);
        _root.Store.Distrust(before.Digest);
        Assert.True(_root.Store.IsDistrusted(before.Digest));
        Assert.NotNull(_root.Store.Find(before.Digest));
        Assert.Equal(before.Digest, _root.Seal(WheelSample.Honest).Digest);
        FileStatus.TryRead(before.Directory, out var now);
        Assert.NotEqual(was.Identity, now.Identity);
        Assert.False(_root.Store.IsDistrusted(before.Digest));
        // Who comes second and trusts it leaves it as it is.
        _root.Seal(WheelSample.Honest);
        FileStatus.TryRead(before.Directory, out var then);
        Assert.Equal(now.Identity, then.Identity);
        Assert.Equal([before.Directory], Directory.GetFileSystemEntries(Path.Combine(_root.Path, "store")));
    }

    [Fact]
    public void Stamps_are_never_written_through_a_link()
    {
        var sealedWheel = _root.Seal(WheelSample.Honest);
        string elsewhere = Path.Combine(_root.Path, "elsewhere");
        File.WriteAllText(elsewhere, "of the user's");
        File.Delete(sealedWheel.StampsFile);
        _root.Store.Distrust(sealedWheel.Digest);
        File.CreateSymbolicLink(sealedWheel.StampsFile, elsewhere);
        _root.Seal(WheelSample.Honest);
        Assert.Equal("of the user's", File.ReadAllText(elsewhere));
    }

    [Fact]
    public void A_store_that_cannot_be_written_is_said_to_be_so_and_nothing_is_left()
    {
        File.WriteAllText(Path.Combine(_root.Path, "store"), "a file where the directory should be");
        Assert.Throws<UnwritableException>(() => _root.Seal(WheelSample.Honest));
        Assert.Equal(["staging/", "store"], _root.Tree());
    }

    [Fact]
    public void What_already_stands_where_a_file_belongs_is_neither_replaced_nor_followed()
    {
        string outside = Path.Combine(_root.Path, "outside");
        string tree = Path.Combine(_root.Path, "tree");
        string wheel = Path.Combine(_root.Path, "wheel");
        File.WriteAllText(outside, "mine");
        File.WriteAllBytes(wheel, WheelSample.Honest.ToBytes());
        Directory.CreateDirectory(Path.Combine(tree, "honest"));
        File.CreateSymbolicLink(Path.Combine(tree, "honest/__init__.py"), outside);
        var inspection = new WheelInspection(WheelStore.ParseName(WheelSample.Honest.FileName), ArchiveLimits.Default);
        Assert.ThrowsAny<IOException>(() => inspection.UnpackInto(tree, File.OpenHandle(wheel), TestContext.Current.CancellationToken));
        Assert.Equal("mine", File.ReadAllText(outside));
    }

    [Fact]
    public void A_data_root_too_deep_for_what_goes_below_it_is_refused_before_anything_is_written()
    {
        using var deep = new DataRoot(string.Concat(Enumerable.Repeat("/" + new string('r', 100), 21)));
        Assert.Throws<UnwritableException>(() => deep.Seal(WheelSample.Honest));
        Assert.False(Directory.Exists(deep.Path));
    }

    [Fact]
    public void A_full_disk_is_not_overlooked()
    {
        Assert.SkipUnless(File.Exists("/dev/full"), "there is no /dev/full");
        using var full = File.OpenHandle("/dev/full", FileMode.Open, FileAccess.Write);
        using var stream = new MeasuringStream(TestContext.Current.CancellationToken);
        stream.Begin(full);
        stream.Write("x"u8);
        Assert.ThrowsAny<IOException>(() => stream.End());
    }

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("[1,2,3]")]
    [InlineData("{}")]
    [InlineData("[[[[[[[[")]
    [InlineData("[3]")]
    public void A_damaged_manifest_names_its_wheel(string text)
    {
        var sealedWheel = _root.Seal(WheelSample.Honest);
        WriteManifest(sealedWheel, text);
        Assert.Equal(sealedWheel.Digest, Assert.Throws<StoreDamagedException>(() => _root.Store.Find(sealedWheel.Digest)).Digest);
    }

    [Theory]
    [InlineData("\"honest/__init__.py\"", "\"../../../evil\"")]
    [InlineData("\"honest/__init__.py\"", "\"/etc/passwd\"")]
    [InlineData("\"honest/__init__.py\"", "\"honest//x\"")]
    [InlineData("\"honest-1.0.dist-info\"", "\"..\"")]
    [InlineData("\"honest\",\"honest\"", "\"../honest\",\"honest\"")]
    [InlineData("\"honest\",\"honest\"", "\"honest\",\"os;evil\"")]
    [InlineData(",0,0,false]", ",9,0,false]")]
    [InlineData(",0,0,false]", ",0,9,false]")]
    public void An_edited_manifest_cannot_send_the_next_install_elsewhere(string old, string edited)
    {
        var sealedWheel = _root.Seal(WheelSample.Honest.With(
            $"{WheelSample.DistInfo}/entry_points.txt", "[console_scripts]\nhonest = honest:main\n"));
        string text = File.ReadAllText(Path.Combine(sealedWheel.Directory, "manifest.json"));
        Assert.Contains(old, text, StringComparison.Ordinal);
        WriteManifest(sealedWheel, text.Replace(old, edited, StringComparison.Ordinal));
        Assert.Throws<StoreDamagedException>(() => _root.Store.Find(sealedWheel.Digest));
    }

    [Fact]
    public void A_changed_file_is_not_read_as_what_was_sealed()
    {
        var sealedWheel = _root.Seal(WheelSample.Honest);
        string file = Path.Combine(sealedWheel.Tree, sealedWheel.DistInfo, "METADATA");
        File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        File.AppendAllText(file, "x");
        Assert.Throws<StoreDamagedException>(() => _root.Store.ReadMetadata(sealedWheel));
        File.SetUnixFileMode(Path.GetDirectoryName(file)!, SealedTree.OpenDirectoryMode);
        File.Delete(file);
        Assert.Throws<StoreDamagedException>(() => _root.Store.ReadMetadata(sealedWheel));
    }

    public void Dispose() => _root.Dispose();

    /// <summary>What the seal made of its own.</summary>
    internal static IEnumerable<StoredFile> RecordsOf(SealedWheel wheel) =>
        Enumerable.Range(wheel.Table.Count, wheel.Table.Total - wheel.Table.Count).Select(i => wheel.Table[i]);

    /// <summary>Exactly these files and the seal's own, every byte, every mode, every time.</summary>
    internal static void MustBeSealed(SealedWheel wheel, WheelSample sample)
    {
        Assert.Equal(
            sample.Files.Select(f => f.Name).Concat(RecordsOf(wheel).Select(r => r.StorePath)).Order(StringComparer.Ordinal),
            Directory.GetFiles(wheel.Tree, "*", SearchOption.AllDirectories)
                .Select(p => Path.GetRelativePath(wheel.Tree, p)).Order(StringComparer.Ordinal));
        foreach (var (name, content) in sample.Files) Assert.Equal(content, File.ReadAllBytes(Path.Combine(wheel.Tree, name)));
        foreach (string path in Directory.EnumerateFileSystemEntries(wheel.Directory, "*", SearchOption.AllDirectories)
            .Append(wheel.Directory))
        {
            bool executable = Directory.Exists(path)
                || wheel.Files.Any(f => f.IsExecutable && path == Path.Combine(wheel.Tree, f.StorePath));
            Assert.Equal(executable ? SealedTree.ExecutableMode : SealedTree.FileMode, File.GetUnixFileMode(path));
            Assert.Equal(SealedTree.SealTime, File.GetLastWriteTimeUtc(path));
        }
    }

    private static void WriteManifest(SealedWheel wheel, string text)
    {
        string manifest = Path.Combine(wheel.Directory, "manifest.json");
        File.SetUnixFileMode(manifest, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        File.WriteAllText(manifest, text);
    }
}
