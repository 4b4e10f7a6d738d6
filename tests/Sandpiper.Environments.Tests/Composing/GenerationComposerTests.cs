using System.Text;
using Sandpiper.Environments.Composing;
using Sandpiper.Environments.Generations;
using Sandpiper.Interpreters;
using Sandpiper.Kernel.Files;
using Sandpiper.Packaging.Names;
using Sandpiper.Packaging.Wheels;
using Sandpiper.Policies;
using Sandpiper.Samples;
using Sandpiper.Sandbox.Programs;
using Sandpiper.Store;
using Sandpiper.Wheels;

namespace Sandpiper.Environments.Tests.Composing;

public sealed class GenerationComposerTests : IDisposable
{
    private readonly Workshop _workshop = new();

    public void Dispose() => _workshop.Dispose();

    [Fact]
    public void A_generation_is_a_virtual_environment_for_its_interpreter()
    {
        var generation = _workshop.Install(_workshop.Package(OrdinaryPackages.Pebble()));
        string[] answer = Run(generation, "-c", "import sys, pebble; print(sys.prefix); print(sys.base_prefix); print(pebble.__file__)");
        Assert.Equal([generation.Directory, Workshop.Python.Prefix, $"{generation.Directory}/{Workshop.SitePackages}/pebble/__init__.py"],
            answer);
        string[] settings = File.ReadAllLines(Path.Combine(generation.Directory, "pyvenv.cfg"));
        Assert.Contains($"home = {Path.GetDirectoryName(Workshop.Python.Path)}", settings);
        Assert.Contains("include-system-site-packages = false", settings);
        Assert.Equal("lib", SymbolicLink.Target(Path.Combine(generation.Directory, "lib64")));
        Assert.Equal(Workshop.Python.Path, SymbolicLink.Target(Path.Combine(generation.Directory, "bin/python")));
    }

    [Fact]
    public void Programs_start_and_name_the_final_place()
    {
        var generation = _workshop.Install(_workshop.Package(Workshop.Wheel("hello")
            .WithFile("hello/say.py", "class A:\n    @staticmethod\n    def b():\n        print('hello')\n        return 7\n")
            .WithConsoleScript("hello", "hello.say:A.b")));
        string script = Path.Combine(generation.Scripts, "hello");
        Assert.Equal($"#!{generation.Directory}/bin/python", File.ReadLines(script).First());
        var output = PlainProgram.Run(script, [], new Dictionary<string, string>(), TimeSpan.FromMinutes(1), 1000);
        Assert.Equal((7, "hello\n"), (output.ExitCode, Encoding.UTF8.GetString(output.StandardOutput)));
        Assert.Equal(["hello"], generation.Commands);
    }

    // multiprocessing runs a console script once more in every worker, under another name and with the parent's path.
    [Theory]
    [InlineData("spawn")]
    [InlineData("forkserver")]
    public void Workers_of_a_program_import_from_where_it_does(string method)
    {
        var generation = _workshop.Install(_workshop.Package(Workshop.Wheel("crew").WithFile("crew/say.py", $$"""
            import multiprocessing, sys
            def path(queue):
                queue.put(sys.path)
            def main():
                sys.path.insert(0, '/the/programs/own')
                context = multiprocessing.get_context('{{method}}')
                queue = context.Queue()
                worker = context.Process(target=path, args=(queue,))
                worker.start()
                theirs = queue.get(timeout=60)
                worker.join()
                print(theirs == sys.path or (theirs, sys.path))

            """).WithConsoleScript("crew", "crew.say:main")));
        var output = PlainProgram.Run(Path.Combine(generation.Scripts, "crew"), [], new Dictionary<string, string>(),
            TimeSpan.FromMinutes(2), 10_000);
        Assert.Equal("True\n", Encoding.UTF8.GetString(output.StandardOutput) + Encoding.UTF8.GetString(output.StandardError));
    }

    [Fact]
    public void Programs_start_from_a_place_that_is_too_long_for_a_first_line()
    {
        using var deep = new Workshop($"/{new string('d', 60)}/with a space/{new string('e', 60)}");
        var generation = deep.Install(
            deep.Package(Workshop.Wheel("hello").WithFile("hello/say.py", "def b():\n    print('hello')\n")
                .WithConsoleScript("hello", "hello.say:b")));
        var output = PlainProgram.Run(Path.Combine(generation.Scripts, "hello"), [], new Dictionary<string, string>(),
            TimeSpan.FromMinutes(1), 1000);
        Assert.Equal((0, "hello\n"), (output.ExitCode, Encoding.UTF8.GetString(output.StandardOutput)));
    }

    [Fact]
    public void A_program_imports_nothing_from_the_directory_of_programs()
    {
        var generation = _workshop.Install(
            _workshop.Package(Workshop.Wheel("hello").WithFile("hello/say.py", "import sys\ndef b():\n    import trap\n")
                .WithConsoleScript("hello", "hello.say:b")),
            _workshop.Package(Workshop.Wheel("setter").WithScript("trap.py", "#!python\nprint('trapped')\n")));
        var output = PlainProgram.Run(Path.Combine(generation.Scripts, "hello"), [], new Dictionary<string, string>(),
            TimeSpan.FromMinutes(1), 10_000);
        Assert.Equal("", Encoding.UTF8.GetString(output.StandardOutput));
        Assert.Contains("No module named 'trap'", Encoding.UTF8.GetString(output.StandardError), StringComparison.Ordinal);
        // The same with what others write as a launcher: there the trap works.
        string usual = Path.Combine(_workshop.Root.Path, "usual");
        File.WriteAllText(usual, $"import sys\nsys.path[0] = {PythonText(generation.Scripts)}\nfrom hello.say import b\nb()\n");
        Assert.Equal(["trapped"], Run(generation, usual));
    }

    [Fact]
    public void Everything_is_read_only_has_the_seals_time_and_shares_the_stores_bytes()
    {
        var package = _workshop.Package(Workshop.Wheel("hello").WithMember(SampleMember.Text("hello/tool", "x").AsExecutable()));
        var generation = _workshop.Install(package);
        foreach (string path in Directory.EnumerateFileSystemEntries(generation.Directory, "*", SearchOption.AllDirectories)
            .Append(generation.Directory))
        {
            Assert.True(FileStatus.TryRead(path, out var status));
            if (status.Type == FileType.SymbolicLink) continue;
            Assert.Equal(UnixTime.Of(SealedTree.SealTime), status.ModifiedAt);
            bool isOpen = status.Type == FileType.Directory || path.EndsWith("/tool", StringComparison.Ordinal);
            Assert.Equal(isOpen ? SealedTree.DirectoryMode : SealedTree.FileMode, status.Mode);
        }
        FileStatus.TryRead(Path.Combine(generation.SitePackages, "hello/__init__.py"), out var installed);
        FileStatus.TryRead(Path.Combine(package.Wheel.Tree, "hello/__init__.py"), out var stored);
        Assert.Equal(stored.Identity, installed.Identity);
    }

    [Fact]
    public void Record_lists_exactly_what_is_there()
    {
        var generation = _workshop.Install(_workshop.Package(Workshop.Wheel("My.Odd-Name")
            .WithConsoleScript("odd", "my_odd_name:VERSION.upper").WithScript("odd-too", "#!python\npass\n")
            .WithScript("odd-sh", "#!/bin/sh\n")
            .WithData("share/odd.txt", "data"u8.ToArray())), _workshop.Package(Workshop.Wheel("other"), isRequested: false));
        string distInfo = Path.Combine(generation.SitePackages, "my_odd_name-1.0.dist-info");
        Assert.Equal("sandpiper\n", File.ReadAllText(Path.Combine(distInfo, "INSTALLER")));
        Assert.True(File.Exists(Path.Combine(distInfo, "REQUESTED")));
        Assert.False(File.Exists(Path.Combine(generation.SitePackages, "other-1.0.dist-info/REQUESTED")));
        Assert.True(RecordFile.TryParse(File.ReadAllBytes(Path.Combine(distInfo, "RECORD")), out var rows, out _));
        Assert.Equal(rows.Select(r => r.Path).Order(StringComparer.Ordinal), rows.Select(r => r.Path));
        foreach (var row in rows)
        {
            byte[] content = File.ReadAllBytes(Path.Combine(generation.SitePackages, row.Path));
            // The description of the generation says what these are.
            bool isUnsaid = row.Path.EndsWith("/RECORD", StringComparison.Ordinal)
                || row.Path is "../../../bin/odd" or "../../../bin/odd-too";
            Assert.Equal(isUnsaid ? (null, null) : (Sha256Digest.Of(content), (long?)content.Length), (row.Digest, row.Size));
        }
        Assert.Equal(["bin/odd", "bin/odd-too", "pyvenv.cfg"], generation.WrittenFiles.Keys);
        string[] listed =
            [.. rows.Select(r => Path.GetFullPath(Path.Combine(generation.SitePackages, r.Path))).Order(StringComparer.Ordinal)];
        string[] there = [.. Directory.EnumerateFiles(generation.Directory, "*", SearchOption.AllDirectories)
            .Where(p => !p.Contains("/other", StringComparison.Ordinal) && new FileInfo(p).LinkTarget is null
                && !p.Contains("/lib64/", StringComparison.Ordinal)
                && Path.GetFileName(p) is not ("pyvenv.cfg" or "generation.json")).Order(StringComparer.Ordinal)];
        Assert.Equal(there, listed);
    }

    [Fact]
    public void Shipped_scripts_get_the_interpreter_of_the_environment_and_may_be_executed()
    {
        var generation = _workshop.Install(_workshop.Package(Workshop.Wheel("hello")
            .WithFile("hello-1.0.data/scripts/one", "#!pythonw -E\r\nprint(1)\r\n")
            .WithFile("hello-1.0.data/scripts/two", "#!/bin/sh\nexit 3\n").WithFile("hello-1.0.data/scripts/three", "#!python")));
        Assert.Equal($"#!{generation.Directory}/bin/python\nprint(1)\r\n", File.ReadAllText(Path.Combine(generation.Scripts, "one")));
        Assert.Equal("#!/bin/sh\nexit 3\n", File.ReadAllText(Path.Combine(generation.Scripts, "two")));
        Assert.Equal($"#!{generation.Directory}/bin/python\n", File.ReadAllText(Path.Combine(generation.Scripts, "three")));
        Assert.All(["one", "two", "three"],
            name => Assert.Equal(SealedTree.ExecutableMode, File.GetUnixFileMode(Path.Combine(generation.Scripts, name))));
    }

    [Theory]
    [InlineData(LinkMode.Symlink)]
    [InlineData(LinkMode.Hardlink)]
    public void Composing_again_gives_the_same_bytes_whatever_the_order_of_packages(LinkMode mode)
    {
        using var workshop = new Workshop { Mode = mode };
        ComposedPackage[] packages =
        [
            workshop.Package(OrdinaryPackages.Pebble()), workshop.Package(OrdinaryPackages.Tide()),
            workshop.Package(Workshop.Wheel("zeta").WithConsoleScript("z", "zeta:z")),
        ];
        using var staging = Staging.Create(workshop.Root.Path);
        string one = staging.NewDirectory(), two = staging.NewDirectory();
        workshop.Compose(one, 1, packages);
        workshop.Compose(two, 1, [.. packages.Reverse()]);
        Assert.Equal(Contents(one), Contents(two));
    }

    [Fact]
    public void Two_packages_with_one_path_and_other_bytes_are_refused_by_name()
    {
        var refusal = Refused(_workshop.Package(Workshop.Wheel("alpha").WithFile("common/x.py", "1")),
            _workshop.Package(Workshop.Wheel("beta").WithFile("common/x.py", "2")));
        Assert.Equal(("SP-ENV-01", "beta", $"{Workshop.SitePackages}/common/x.py"),
            (refusal.Rule, refusal.Refusal.Artifact?.Name.Normalized, refusal.Refusal.First.Path));
        Assert.Equal((Fault.FileOfAnother, "alpha 1.0"), (refusal.Refusal.First.Fault, refusal.Refusal.First.Owner?.ToString()));
    }

    [Fact]
    public void Two_packages_with_one_program_of_the_same_name_are_refused()
    {
        var refusal = Refused(_workshop.Package(Workshop.Wheel("alpha").WithConsoleScript("run", "alpha:a")),
            _workshop.Package(Workshop.Wheel("beta").WithConsoleScript("run", "beta:b")));
        Assert.Equal(("SP-ENV-01", "bin/run"), (refusal.Rule, refusal.Refusal.First.Path));
    }

    [Theory]
    [InlineData("common", "common/x.py")]
    [InlineData("common/x.py", "common")]
    [InlineData("deep/er/common", "deep/er/common/and/deeper.py")]
    public void A_file_where_another_package_has_a_directory_is_refused(string one, string two)
    {
        var refusal = Refused(_workshop.Package(Workshop.Wheel("alpha").WithFile(one, "")),
            _workshop.Package(Workshop.Wheel("beta").WithFile(two, "")));
        Assert.Equal(("SP-ENV-01", "beta"), (refusal.Rule, refusal.Refusal.Artifact?.Name.Normalized));
    }

    [Theory]
    [InlineData("common/x.py", "common/x/__init__.py")]
    [InlineData("common.py", "common/__init__.py")]
    [InlineData("common/x.py", "common/x.cpython-311-x86_64-linux-gnu.so")]
    [InlineData("common/__init__.abi3.so", "common/__init__.py")]
    [InlineData("common/x.py", "common.py")]
    [InlineData("deep/common/x.py", "deep/common.abi3.so")]
    public void A_module_of_two_packages_is_refused_although_its_files_have_different_names(string one, string two)
    {
        foreach (var (first, second) in new[] { (one, two), (two, one) })
        {
            var refusal = Refused(_workshop.Package(Workshop.Wheel("alpha").WithFile(first, "")),
                _workshop.Package(Workshop.Wheel("beta").WithFile(second, "")));
            Assert.Equal(("SP-ENV-01", "beta", $"{Workshop.SitePackages}/{second}"),
                (refusal.Rule, refusal.Refusal.Artifact?.Name.Normalized, refusal.Refusal.First.Path));
            Assert.Equal((Fault.ModuleOfAnother, "alpha 1.0"), (refusal.Refusal.First.Fault, refusal.Refusal.First.Owner?.ToString()));
        }
    }

    [Fact]
    public void One_package_may_bring_a_module_twice_and_two_may_share_a_directory() => _workshop.Install(
        _workshop.Package(Workshop.Wheel("alpha").WithFile("space/x.py", "").WithFile("space/x.abi3.so", "").WithFile("top.py", "")),
        _workshop.Package(Workshop.Wheel("beta").WithFile("space/y.py", "").WithFile("top/data.txt", "").WithFile("space/x.pyi", "")));

    [Fact]
    public void The_same_bytes_from_two_packages_are_no_conflict()
    {
        var generation = _workshop.Install(
            _workshop.Package(Workshop.Wheel("alpha").WithFile("space/__init__.py", "")),
            _workshop.Package(Workshop.Wheel("beta").WithFile("space/__init__.py", "")));
        Assert.True(File.Exists(Path.Combine(generation.SitePackages, "space/__init__.py")));
        Assert.All(["alpha", "beta"], name => Assert.Contains("space/__init__.py,",
            File.ReadAllText(Path.Combine(generation.SitePackages, $"{name}-1.0.dist-info/RECORD")), StringComparison.Ordinal));
    }

    [Fact]
    public void A_package_whose_claim_was_waived_gives_way_even_if_its_name_comes_first()
    {
        var beta = _workshop.Package(Workshop.Wheel("beta").WithFile("common/x.py", "2"));
        _workshop.Install(beta);
        var generation = _workshop.Install(
            [_workshop.Package(Workshop.Wheel("alpha").WithFile("common/x.py", "1")), beta], ("alpha", "SP-ENV-01"));
        Assert.Equal("2", File.ReadAllText(Path.Combine(generation.SitePackages, "common/x.py")));
        Assert.DoesNotContain("common/x.py", File.ReadAllText(Path.Combine(generation.SitePackages, "alpha-1.0.dist-info/RECORD")),
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("random.py")]
    [InlineData("json/__init__.py")]
    [InlineData("math.cpython-311-x86_64-linux-gnu.so")]
    [InlineData("sys.py")]
    [InlineData("alpha-1.0.data/scripts/re.py")]
    [InlineData("alpha-1.0.data/data/bin/re.py")]
    public void A_module_of_the_standard_librarys_name_is_refused_unless_waived(string path)
    {
        var package = _workshop.Package(Workshop.Wheel("alpha").WithFile(path, "#!python\n"));
        var refusal = Refused(package);
        Assert.Equal(("SP-ENV-02", path), (refusal.Rule, refusal.Refusal.First.Path));
        _workshop.Install([package], ("alpha", "SP-ENV-02"));
    }

    [Theory]
    [InlineData("random.txt")]
    [InlineData("alpha/random.py")]
    [InlineData("json_tools/x.py")]
    [InlineData("alpha-1.0.data/scripts/re")]
    [InlineData("test/__init__.py")]
    public void What_only_looks_like_the_standard_library_is_not_refused(string path) =>
        _workshop.Install(_workshop.Package(Workshop.Wheel("alpha").WithFile(path, "")));

    [Fact]
    public void A_hook_that_nobody_decided_about_is_refused_by_its_own_rule()
    {
        Assert.Equal("SP-WHEEL-21", Refused(_workshop.Package(HostilePackages.WheelWithPthHook("/nowhere"))).Rule);
        Assert.Equal("SP-WHEEL-20", Refused(_workshop.Package(HostilePackages.WheelWithSitecustomize("/nowhere"))).Rule);
        Assert.Equal("SP-WHEEL-23", Refused(_workshop.Package(HostilePackages.WheelWithStartHook("/nowhere"))).Rule);
    }

    [Fact]
    public void A_hook_is_left_out_or_let_in_as_was_decided()
    {
        string marker = Path.Combine(_workshop.Root.Path, "marker");
        var package = _workshop.Package(HostilePackages.WheelWithPthHook(marker));
        Run(_workshop.Install(Workshop.LeavingOut(package)), "-c", "pass");
        Assert.False(File.Exists(marker));
        Run(_workshop.Install(Workshop.Allowing(package)), "-c", "pass");
        Assert.True(File.Exists(marker));   // so the hook works where it is
    }

    [Fact]
    public void A_refusal_writes_nothing()
    {
        using var staging = Staging.Create(_workshop.Root.Path);
        string work = staging.NewDirectory();
        Assert.Throws<RefusedException>(
            () => _workshop.Compose(work, 1, [_workshop.Package(Workshop.Wheel("alpha").WithFile("random.py", ""))]));
        Assert.Empty(Directory.GetFileSystemEntries(work));
    }

    [Fact]
    public void Where_there_are_no_hard_links_files_are_copied_and_said_to_be()
    {
        Assert.SkipUnless(Directory.Exists("/dev/shm"), "there is no second file system");
        using var workshop = new Workshop { Mode = LinkMode.Hardlink };
        var package = workshop.Package(Workshop.Wheel("alpha"));
        string work = Directory.CreateTempSubdirectory("sandpiper-").FullName;
        string other = Path.Combine("/dev/shm", $"sandpiper-{Guid.NewGuid():N}");
        Directory.CreateDirectory(other);
        try
        {
            Assert.True(FileStatus.TryRead(work, out var here));
            Assert.True(FileStatus.TryRead(other, out var there));
            Assert.SkipWhen(
                (here.Identity.DeviceMajor, here.Identity.DeviceMinor) == (there.Identity.DeviceMajor, there.Identity.DeviceMinor),
                "there is no second file system");
            var generation = workshop.Compose(other, 1, [package]);
            Assert.Contains($"{Workshop.SitePackages}/alpha/__init__.py", generation.Copies);
            Assert.Equal("VERSION = '1.0'\n", File.ReadAllText(Path.Combine(other, $"{Workshop.SitePackages}/alpha/__init__.py")));
        }
        finally
        {
            SealedTree.Remove(work);
            SealedTree.Remove(other);
        }
    }

    [Fact]
    public void A_file_that_is_gone_from_the_store_is_damage_of_the_store()
    {
        var package = _workshop.Package(Workshop.Wheel("alpha"));
        string directory = Path.Combine(package.Wheel.Tree, "alpha");
        File.SetUnixFileMode(directory, SealedTree.OpenDirectoryMode);
        File.Delete(Path.Combine(directory, "__init__.py"));
        var damage = Assert.Throws<StoreDamagedException>(() => _workshop.Install(package));
        Assert.Equal(package.Wheel.Digest, damage.Digest);
    }

    [Fact]
    public void A_place_that_cannot_be_quoted_is_refused()
    {
        var python = Workshop.Python;
        foreach (string place in (string[])[
            "/tmp/a\nb", "/tmp/with space and \"quote\"", "/tmp/$(touch x) y", $"/tmp/{new string('x', 130)}`id`"])
        {
            Assert.Throws<EnvironmentException>(() => GenerationPlan.Of(python, place, [], new Policy([], "shared", Workshop.Now)));
        }
    }

    private RefusedException Refused(params ComposedPackage[] packages)
    {
        using var staging = Staging.Create(_workshop.Root.Path);
        return Assert.Throws<RefusedException>(() => _workshop.Compose(staging.NewDirectory(), 1, packages));
    }

    private static string[] Run(Generation generation, params string[] arguments)
    {
        var output = PlainProgram.Run(Path.Combine(generation.Scripts, "python"), arguments,
            new Dictionary<string, string> { ["PYTHONDONTWRITEBYTECODE"] = "1" }, TimeSpan.FromMinutes(1), 10_000);
        Assert.Equal("", Encoding.UTF8.GetString(output.StandardError));
        return Encoding.UTF8.GetString(output.StandardOutput).Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }

    private static string PythonText(string text) => $"'{text}'";

    private static string[] Contents(string directory) =>
        [.. Directory.EnumerateFiles(directory, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal)
            .Select(p => $"{Path.GetRelativePath(directory, p)} {ContentOf(p, directory)}")];

    private static string ContentOf(string path, string directory) => File.ResolveLinkTarget(path, false) is { } link
        ? link.FullName.Replace(directory, "", StringComparison.Ordinal)
        : $"{File.GetUnixFileMode(path)} {Sha256Digest.Of(File.ReadAllBytes(path)).Hex}";
}
