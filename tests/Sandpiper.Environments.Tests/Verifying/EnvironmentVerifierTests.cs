using CsCheck;
using Sandpiper.Environments.Generations;
using Sandpiper.Environments.Tests.Composing;
using Sandpiper.Environments.Verifying;
using Sandpiper.Samples;
using Sandpiper.Store;

namespace Sandpiper.Environments.Tests.Verifying;

/// <summary>Of a generation whose files all are hard links; <see cref="LinkedDirectoryTests"/> has the other kind.</summary>
public sealed class EnvironmentVerifierTests : IDisposable
{
    private readonly Workshop _workshop = new() { Mode = LinkMode.Hardlink };

    public void Dispose() => _workshop.Dispose();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void What_was_just_installed_is_as_installed(bool full)
    {
        var generation = Install();
        var report = Verify(_workshop.Environment.Read(generation.Number), full);
        Assert.Empty(report.Deviations);
        Assert.Equal(Directory.EnumerateFiles(generation.Directory, "*", SearchOption.AllDirectories)
            .Count(p => !p.Contains("/lib64/", StringComparison.Ordinal) && new FileInfo(p).LinkTarget is null), report.Files);
    }

    [Fact]
    public void Earlier_generations_can_be_verified_too()
    {
        var first = Install();
        _workshop.Install(_workshop.Package(OrdinaryPackages.Pebble("9.9")));
        Assert.Empty(Verify(first, full: true).Deviations);
    }

    [Fact]
    public void An_edit_in_place_is_seen_in_the_generation_and_in_the_store()
    {
        var generation = Install();
        string path = $"{Workshop.SitePackages}/tide/__init__.py";
        Open(generation, path);
        File.AppendAllText(Path.Combine(generation.Directory, path), "#");
        var deviations = Verify(generation).Deviations;
        Assert.Contains(deviations, f => f is { Kind: DeviationKind.Changed, InStore: false, RunsAtStart: false }
            && f.Path == path && f.Owner!.Name.Normalized == "tide");
        string sealedOne = $"store/{generation.Packages.Single(p => p.Name.Normalized == "tide").Digest}/wheel/tide/";
        Assert.Contains(deviations, f => f is { Kind: DeviationKind.Changed, InStore: true }
            && f.Path.StartsWith(sealedOne, StringComparison.Ordinal));
        Assert.All(deviations, f => Assert.NotNull(f.ChangedAt));
    }

    [Fact]
    public void An_edit_of_the_same_size_with_its_time_set_back_is_seen_by_every_look()
    {
        var generation = Install();
        EditUnseen(Path.Combine(generation.SitePackages, "tide/__init__.py"));
        Assert.Equal([false, true], Verify(generation).Deviations.Select(f => f.InStore));
        Assert.Equal([false, true], Verify(generation, full: true).Deviations.Select(f => f.InStore));
    }

    [Fact]
    public void What_was_edited_unseen_is_carried_into_no_other_environment()
    {
        var generation = Install();
        _workshop.Name = "other";
        EditUnseen(Path.Combine(generation.SitePackages, "tide/__init__.py"));
        var damaged = Assert.Throws<StoreDamagedException>(() => _workshop.Install(_workshop.Package(OrdinaryPackages.Tide())));
        Assert.Equal(generation.Packages.Single(p => p.Name.Normalized == "tide").Digest, damaged.Digest);
    }

    [Fact]
    public void A_manifest_that_was_edited_unseen_is_found_and_nothing_is_composed_by_it()
    {
        var generation = Install();
        ForgeManifest(generation);
        Assert.Contains(Verify(generation).Deviations, f => f.InStore && f.Path.EndsWith("/manifest.json", StringComparison.Ordinal));
        Assert.Throws<StoreDamagedException>(() => _workshop.Install(_workshop.Package(OrdinaryPackages.Tide())));
    }

    [Fact]
    public void Lost_garbled_or_forged_stamps_cost_a_reading_and_hide_nothing()
    {
        var generation = Install();
        string stamps = Path.Combine(_workshop.Root.Path, "stamps",
            generation.Packages.Single(p => p.Name.Normalized == "tide").Digest.Hex);
        byte[] honest = File.ReadAllBytes(stamps);
        string path = Path.Combine(generation.SitePackages, "tide/__init__.py");
        foreach (byte[] content in (byte[][])[
            [], honest[..^1], [.. honest, 0], new byte[honest.Length], [.. honest[..60], (byte)(honest[60] ^ 1), .. honest[61..]]])
        {
            File.WriteAllBytes(stamps, content);
            Assert.Empty(Verify(generation).Deviations);
            EditUnseen(path);
            Assert.NotEmpty(Verify(generation).Deviations);
            EditUnseen(path);
        }
        File.Delete(stamps);
        Assert.Empty(Verify(generation).Deviations);
        _workshop.Name = "other";
        var next = _workshop.Install(_workshop.Package(OrdinaryPackages.Pebble()), _workshop.Package(OrdinaryPackages.Tide()));
        Assert.Empty(Verify(next).Deviations);
        Assert.Equal(honest.Length, new FileInfo(stamps).Length);       // written anew
    }

    [Fact]
    public async Task Commands_that_link_the_same_files_at_once_do_not_take_each_other_for_damage()
    {
        var generation = Install();
        var cancel = TestContext.Current.CancellationToken;
        var package = _workshop.Package(OrdinaryPackages.Tide());
        using var staging = Staging.Create(_workshop.Root.Path);
        await Task.WhenAll(Enumerable.Range(0, 8)
            .Select(n => Task.Run(() => _workshop.Compose(staging.NewDirectory(), 90 + n, [package]), cancel)));
        Assert.Empty(Verify(generation).Deviations);
        EditUnseen(Path.Combine(generation.SitePackages, "tide/__init__.py"));
        Assert.Equal([false, true], Verify(generation).Deviations.Select(f => f.InStore));
    }

    [Fact]
    public void A_copy_that_was_edited_unseen_is_found()
    {
        // As on a file system without hard links: the description says which files are copies.
        var generation = Install();
        string path = Path.Combine(generation.SitePackages, "tide/__init__.py");
        byte[] content = File.ReadAllBytes(path);
        InOpenDirectory(path, () =>
        {
            File.Delete(path);
            SealedTree.WriteFile(path, content, SealedTree.FileMode);
        });
        Assert.Empty(Verify(generation).Deviations);
        EditUnseen(path);
        var deviation = Assert.Single(Verify(generation).Deviations);
        Assert.Equal((DeviationKind.Changed, false), (deviation.Kind, deviation.InStore));
    }

    [Fact]
    public void A_finding_knows_its_package_and_its_path_however_the_wheel_names_its_directories()
    {
        var generation = _workshop.Install(
            _workshop.Package(Workshop.Wheel("gull").WithFile("gull/store/egg.py", "x = 1\n").WithFile("store/store/egg.py", "x = 1\n")));
        string hex = generation.Packages[0].Digest.Hex;
        foreach (string name in (string[])["gull/store/egg.py", "store/store/egg.py"])
            Rewrite(Path.Combine(generation.SitePackages, name), "x = 2\n"u8.ToArray());
        var deviations = Verify(generation).Deviations;
        Assert.Equal(
            [$"{Workshop.SitePackages}/gull/store/egg.py", $"{Workshop.SitePackages}/store/store/egg.py",
                $"store/{hex}/wheel/gull/store/egg.py", $"store/{hex}/wheel/store/store/egg.py"],
            deviations.Select(f => f.Path));
        Assert.All(deviations, f => Assert.Equal("gull", f.Owner!.Name.Normalized));
    }

    [Fact]
    public void What_was_added_to_an_entry_of_the_store_is_of_its_package()
    {
        var generation = Install();
        var package = generation.Packages.Single(p => p.Name.Normalized == "tide");
        string path = Path.Combine(_workshop.Root.Path, "store", package.Digest.Hex, "wheel/tide/more.py");
        InOpenDirectory(path, () => File.WriteAllText(path, ""));
        var deviation = Assert.Single(Verify(generation).Deviations);
        Assert.Equal((DeviationKind.Added, DeviationPlace.Store, package), (deviation.Kind, deviation.Place, deviation.Owner));
    }

    [Fact]
    public void Pipes_in_the_place_of_files_are_found_and_not_waited_for()
    {
        var generation = Install();
        string entry = Path.Combine(_workshop.Root.Path, "store", generation.Packages.Single(p => p.Name.Normalized == "tide").Digest.Hex);
        foreach (string path in (string[])[
            Path.Combine(entry, "manifest.json"), Path.Combine(entry, "wheel/tide/__init__.py"),
            Path.Combine(generation.Directory, "pyvenv.cfg"),
            Path.Combine(generation.SitePackages, "tide-2.0.dist-info/RECORD")])
        {
            string kept = Path.Combine(Path.GetTempPath(), $"sandpiper-kept-{Guid.NewGuid():N}");
            InOpenDirectory(path, () =>
            {
                File.Move(path, kept);
                using var made = System.Diagnostics.Process.Start("/usr/bin/mkfifo", [path]);
                made.WaitForExit();
            });
            Assert.NotEmpty(Verify(generation, full: true).Deviations);
            InOpenDirectory(path, () =>
            {
                File.Delete(path);
                File.Move(kept, path);
            });
        }
        Assert.Empty(Verify(generation, full: true).Deviations);
    }

    [Fact]
    public void A_replaced_file_is_seen_at_once_however_like_the_old_one_it_looks()
    {
        var generation = Install();
        string path = Path.Combine(generation.SitePackages, "tide/__init__.py");
        byte[] content = File.ReadAllBytes(path);
        content[0] ^= 1;
        InOpenDirectory(path, () =>
        {
            File.Delete(path);
            SealedTree.WriteFile(path, content, SealedTree.FileMode);
        });
        var deviation = Assert.Single(Verify(generation).Deviations);
        Assert.Equal((DeviationKind.Changed, false), (deviation.Kind, deviation.InStore));
    }

    [Fact]
    public void The_description_and_the_written_files_are_read_even_by_a_quick_look()
    {
        var generation = Install();
        foreach (string name in (string[])[
            "generation.json", "pyvenv.cfg", "bin/tide", $"{Workshop.SitePackages}/tide-2.0.dist-info/RECORD"])
        {
            string path = Path.Combine(generation.Directory, name);
            byte[] honest = File.ReadAllBytes(path);
            Rewrite(path, [.. honest[..^1], (byte)' ']);
            Assert.Contains(Verify(generation).Deviations, f => f.Kind == DeviationKind.Changed && f.Path == name);
            Rewrite(path, honest);
            Assert.Empty(Verify(generation).Deviations);
        }
    }

    [Theory]
    [InlineData("evil.pth", true)]
    [InlineData("EVIL.PTH", true)]
    [InlineData("sitecustomize.py", true)]
    [InlineData("usercustomize/__init__.py", true)]
    [InlineData("evil.start", true)]
    [InlineData("tide/evil.pth", false)]
    [InlineData("evil.py", false)]
    public void An_addition_is_seen_and_said_to_run_at_start_if_it_does(string name, bool runs)
    {
        var generation = Install();
        string path = Path.Combine(generation.SitePackages, name);
        string parent = Path.GetDirectoryName(path)!;
        InOpenDirectory(parent, () => Directory.CreateDirectory(parent));
        InOpenDirectory(path, () => File.WriteAllText(path, "import os"));
        var deviation = Assert.Single(Verify(generation).Deviations);
        Assert.Equal((DeviationKind.Added, runs, null), (deviation.Kind, deviation.RunsAtStart, deviation.Owner));
    }

    [Fact]
    public void Settings_beside_the_interpreter_run_at_start()
    {
        var generation = Install();
        File.SetUnixFileMode(generation.Scripts, SealedTree.OpenDirectoryMode);
        File.WriteAllText(Path.Combine(generation.Scripts, "pyvenv.cfg"), "home = /tmp\n");
        File.Delete(Path.Combine(generation.Scripts, "python"));
        File.CreateSymbolicLink(Path.Combine(generation.Scripts, "python"), "/tmp/python");
        File.SetUnixFileMode(generation.Scripts, SealedTree.DirectoryMode);
        Assert.Equal([("bin/python", DeviationKind.Changed, true), ("bin/pyvenv.cfg", DeviationKind.Added, true)],
            Verify(generation).Deviations.Select(f => (f.Path, f.Kind, f.RunsAtStart)));
    }

    [Fact]
    public void A_missing_entry_of_the_store_is_found_and_the_generation_is_still_judged_by_its_record()
    {
        var generation = Install();
        var package = generation.Packages.Single(p => p.Name.Normalized == "tide");
        SealedTree.Remove(Path.Combine(_workshop.Root.Path, "store", package.Digest.Hex));
        var deviation = Assert.Single(Verify(generation, full: true).Deviations);
        Assert.Equal((DeviationKind.Missing, $"store/{package.Digest.Hex}", true), (deviation.Kind, deviation.Path, deviation.InStore));
        Rewrite(Path.Combine(generation.SitePackages, "tide/__init__.py"), "evil"u8.ToArray());
        Assert.Contains(Verify(generation, full: true).Deviations, f => f is { Kind: DeviationKind.Changed, InStore: false });
    }

    [Fact]
    public void A_manifest_that_was_made_to_agree_with_a_changed_file_is_found_out_by_record()
    {
        var generation = Install();
        ForgeManifest(generation);
        var deviations = Verify(generation, full: true).Deviations;
        Assert.Contains(deviations, f => f.InStore && f.Path.EndsWith("/manifest.json", StringComparison.Ordinal));
        Assert.Contains(deviations, f => !f.InStore && f.Path.EndsWith("tide/__init__.py", StringComparison.Ordinal));
    }

    [Fact]
    public void A_garbled_manifest_is_a_finding_not_an_exception()
    {
        var generation = Install();
        Rewrite(Path.Combine(_workshop.Root.Path, "store", generation.Packages[0].Digest.Hex, "manifest.json"), "[1,"u8.ToArray());
        var deviation = Assert.Single(Verify(generation).Deviations);
        Assert.Equal((DeviationKind.Changed, true), (deviation.Kind, deviation.InStore));
    }

    [Fact]
    public void A_left_out_hook_is_missed_nowhere_and_seen_when_it_is_put_back()
    {
        var generation = _workshop.Install(Workshop.LeavingOut(_workshop.Package(HostilePackages.WheelWithPthHook("/nowhere"))));
        Assert.Empty(Verify(generation, full: true).Deviations);
        string hook = generation.Packages[0].OmittedHooks.Single(), path = Path.Combine(generation.SitePackages, hook);
        InOpenDirectory(path, () => File.WriteAllText(path, "import os"));
        Assert.True(Assert.Single(Verify(generation).Deviations).RunsAtStart);
    }

    [Fact]
    public void Any_single_mutation_of_generation_or_store_is_found()
    {
        var generation = Install();
        string[] names =
        [
            .. Everything(generation.Directory),
            .. Everything(Path.Combine(_workshop.Root.Path, "store"))
                .Where(p => p.Split('/').Length > _workshop.Root.Path.Split('/').Length + 1),
        ];
        Gen.Select(Gen.Int[0, names.Length - 1], Gen.Int[0, 6], Gen.Int[1, 1 << 20]).Sample((index, kind, salt) =>
        {
            var mutation = Mutation.Of(names[index], kind, salt);
            if (mutation is null) return;
            Assert.True(FindsDuring(mutation, generation, full: false), $"{mutation.Name} of {names[index]} was not seen");
        }, iter: 400, threads: 1);
        Assert.Empty(Verify(generation, full: true).Deviations);      // so every mutation was taken back, and was what was found
    }

    [Fact]
    public void Any_bit_that_flips_unseen_in_a_file_is_found()
    {
        var generation = Install();
        string[] names = [.. Everything(generation.Directory).Concat(Everything(Path.Combine(_workshop.Root.Path, "store")))
            .Where(p => new FileInfo(p) is { LinkTarget: null, Exists: true, Length: > 0 } file && file.Name != "manifest.json")];
        Gen.Select(Gen.Int[0, names.Length - 1], Gen.Int[1, 1 << 20]).Sample((index, salt) =>
            Assert.True(FindsDuring(Mutation.UnseenEdit(names[index], salt), generation, full: salt % 2 == 0), names[index]),
            iter: 100, threads: 1);
        Assert.Empty(Verify(generation, full: true).Deviations);
    }

    private bool FindsDuring(Mutation mutation, Generation generation, bool full)
    {
        mutation.Do();
        try
        {
            return !Verify(generation, full).Deviations.IsEmpty;
        }
        finally
        {
            mutation.Undo();
        }
    }

    private Generation Install() => _workshop.Install(
        _workshop.Package(OrdinaryPackages.Pebble()), _workshop.Package(OrdinaryPackages.Tide()),
        _workshop.Package(Workshop.Wheel("gull").WithData("share/gull/x.txt", "x"u8.ToArray())
            .WithMember(SampleMember.Text("gull/tool", "t").AsExecutable())));

    private EnvironmentVerifier.Report Verify(Generation generation, bool full = false) =>
        new EnvironmentVerifier(_workshop.Environment, _workshop.Root.Store)
            .Verify(generation, full, TestContext.Current.CancellationToken);

    private static IEnumerable<string> Everything(string directory)
    {
        foreach (string path in Directory.EnumerateFileSystemEntries(directory))
        {
            yield return path;
            if (Directory.Exists(path) && new FileInfo(path).LinkTarget is null)
            {
                foreach (string below in Everything(path)) yield return below;
            }
        }
    }

    private static void Open(Generation generation, string path) =>
        File.SetUnixFileMode(Path.Combine(generation.Directory, path), UnixFileMode.UserRead | UnixFileMode.UserWrite);

    /// <summary>One bit in place, size, mode and time as they were; a second time it is the old content again.</summary>
    private static void EditUnseen(string path)
    {
        byte[] content = File.ReadAllBytes(path);
        content[0] ^= 1;
        Rewrite(path, content);
    }

    /// <summary>Other content in place, with the seal's mode and time.</summary>
    private static void Rewrite(string path, byte[] content)
    {
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        File.WriteAllBytes(path, content);
        File.SetUnixFileMode(path, path.Contains("/bin/", StringComparison.Ordinal) ? SealedTree.ExecutableMode : SealedTree.FileMode);
        File.SetLastWriteTimeUtc(path, SealedTree.SealTime);
    }

    // A file is changed, and the manifest made to say so.
    private void ForgeManifest(Generation generation)
    {
        var package = generation.Packages.Single(p => p.Name.Normalized == "tide");
        string entry = Path.Combine(_workshop.Root.Path, "store", package.Digest.Hex), manifest = Path.Combine(entry, "manifest.json");
        var stored = _workshop.Root.Store.Find(package.Digest)!.Files.Single(f => f.Path == "tide/__init__.py");
        byte[] evil = new byte[stored.Size];
        Rewrite(Path.Combine(entry, "wheel/tide/__init__.py"), evil);
        Rewrite(manifest, System.Text.Encoding.UTF8.GetBytes(
            File.ReadAllText(manifest)
                .Replace(stored.Digest.Hex, Sandpiper.Packaging.Names.Sha256Digest.Of(evil).Hex, StringComparison.Ordinal)));
    }

    /// <summary>As an attacker would who covers his traces: the directory looks untouched afterwards.</summary>
    private static void InOpenDirectory(string path, Action action)
    {
        string parent = Path.GetDirectoryName(path)!;
        if (!Directory.Exists(parent)) return;
        File.SetUnixFileMode(parent, SealedTree.OpenDirectoryMode);
        action();
        Directory.SetLastWriteTimeUtc(parent, SealedTree.SealTime);
        File.SetUnixFileMode(parent, SealedTree.DirectoryMode);
    }
}
