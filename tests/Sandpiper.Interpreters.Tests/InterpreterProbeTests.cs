using System.Text;
using Sandpiper.Kernel.Files;
using Sandpiper.Packaging.Tags;
using Sandpiper.Sandbox.Programs;
using Sandpiper.Store;

namespace Sandpiper.Interpreters.Tests;

public sealed class InterpreterProbeTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("sandpiper-").FullName;

    private string Cache => Path.Combine(_directory, "cache");

    public void Dispose() => SealedTree.Remove(_directory);

    [Fact]
    public void The_machines_python_is_described_as_it_describes_itself()
    {
        var python = MachineInterpreter.Python;
        string[] said = Say("import sys, platform, os; print(os.path.realpath(sys.executable)); print(sys.base_prefix); "
            + "print(platform.python_version()); print(platform.machine()); print(sys.implementation.cache_tag)");
        Assert.Equal([python.Path, python.Prefix, python.Version, python.Target.Architecture, python.ByteCodeTag], said);
        Assert.Equal((python.Version, "posix", "Linux", "cpython"),
            (python.Markers.PythonFullVersion, python.Markers.OsName, python.Markers.PlatformSystem, python.Markers.ImplementationName));
        Assert.Superset(new HashSet<string> { "sys", "json", "math", "zipfile", "_thread" }, python.StandardLibrary.ToHashSet());
        Assert.DoesNotContain("pip", python.StandardLibrary);
        Assert.Contains(python.LibraryDirectories, d => File.Exists(Path.Combine(d, "os.py")));
        Assert.DoesNotContain(python.LibraryDirectories, d => d.Contains("-packages", StringComparison.Ordinal));
        if (python.Target.Libc.Kind == LibcKind.Glibc) Assert.Equal(2, python.Target.Libc.Major);
    }

    [Fact]
    public void An_answer_is_kept_and_no_python_is_started_for_it_again()
    {
        var python = MachineInterpreter.Python;
        var probe = new InterpreterProbe(Cache);
        Assert.Equal(python.Version, probe.Ask(python.Path).Version);
        string kept = Assert.Single(Directory.GetFiles(Cache));
        string answer = File.ReadLines(kept).Last().Replace($"\"{python.Version}\"", "\"3.99.99\"", StringComparison.Ordinal);
        string path = ProgramFile.Resolve(python.Path)!;
        Assert.True(FileStatus.TryRead(path, out FileStatus executable));
        new InterpreterCache(Cache).Keep(path, executable, Encoding.UTF8.GetBytes(answer));
        Assert.Equal("3.99.99", probe.Ask(python.Path).Version);        // so it was read, not asked
    }

    // A flipped bit made "no Python of 3.8 or later was found" of every command, until somebody looked into the cache.
    [Fact]
    public void An_answer_that_is_no_longer_what_was_kept_is_asked_for_anew()
    {
        var python = MachineInterpreter.Python;
        var probe = new InterpreterProbe(Cache);
        probe.Ask(python.Path);
        string kept = Assert.Single(Directory.GetFiles(Cache));
        byte[] content = File.ReadAllBytes(kept);
        int start = content.AsSpan().IndexOf("implementation_version"u8), end = content.AsSpan().IndexOf("\"sys_platform\""u8);
        for (int i = start; i < end; i += 11)
        {
            byte[] flipped = [.. content];
            flipped[i] ^= (byte)(1 << (i % 8));
            File.WriteAllBytes(kept, flipped);
            var again = probe.Ask(python.Path);
            Assert.Equal((python.Version, python.Markers), (again.Version, again.Markers));
        }
    }

    [Fact]
    public void An_answer_of_another_executable_or_state_is_not_believed()
    {
        var python = MachineInterpreter.Python;
        var probe = new InterpreterProbe(Cache);
        probe.Ask(python.Path);
        string kept = Assert.Single(Directory.GetFiles(Cache));
        string content = File.ReadAllText(kept).Replace($"\"{python.Version}\"", "\"3.99.99\"", StringComparison.Ordinal);
        foreach (string spoilt in (string[])[content.Replace("\n", "\n1", StringComparison.Ordinal), "", "garbage", content[..^20]])
        {
            File.WriteAllText(kept, spoilt);
            Assert.Equal(python.Version, probe.Ask(python.Path).Version);
        }
    }

    [Fact]
    public void A_cache_that_cannot_be_written_is_no_failure()
    {
        string file = Path.Combine(_directory, "file");
        File.WriteAllText(file, "");
        Assert.Equal(MachineInterpreter.Python.Version,
            new InterpreterProbe(Path.Combine(file, "below")).Ask(MachineInterpreter.Python.Path).Version);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_virtual_environment_leads_to_its_base(bool copies)
    {
        string environment = MakeVirtualEnvironment(copies);
        var found = new InterpreterProbe(Cache).Ask(Path.Combine(environment, "bin/python"));
        Assert.Equal(MachineInterpreter.Python.Path, found.Path);
        Assert.Equal(Path.Combine(environment, "bin/python"), found.AskedFor);
        Assert.Equal(MachineInterpreter.Python.Prefix, found.Prefix);
    }

    [Fact]
    public void Asking_runs_no_hook_of_the_environment_that_is_asked()
    {
        string environment = MakeVirtualEnvironment(copies: true), marker = Path.Combine(_directory, "marker");
        string site = Path.Combine(environment, "lib", MachineInterpreter.Python.VersionedName, "site-packages");
        File.WriteAllText(Path.Combine(site, "evil.pth"), $"import os; open('{marker}', 'w').close()\n");
        File.WriteAllText(Path.Combine(site, "usercustomize.py"), $"open('{marker}', 'w').close()\n");
        new InterpreterProbe(null).Ask(Path.Combine(environment, "bin/python"));
        Assert.False(File.Exists(marker));
        PlainProgram.Run(Path.Combine(environment, "bin/python"), ["-c", "pass"], new Dictionary<string, string>(), TimeSpan.FromMinutes(1),
            1000);
        Assert.True(File.Exists(marker));       // so the hook works for everybody else
    }

    [Fact]
    public void A_script_is_not_started()
    {
        string marker = Path.Combine(_directory, "marker"), script = Path.Combine(_directory, "python3");
        File.WriteAllText(script, $"#!/bin/sh\ntouch {marker}\n");
        File.SetUnixFileMode(script, SealedTree.ExecutableMode);
        Assert.Contains("script", Assert.Throws<InterpreterException>(() => new InterpreterProbe(null).Ask(script)).Message,
            StringComparison.Ordinal);
        Assert.False(File.Exists(marker));
    }

    [Theory]
    [InlineData("/bin/true")]
    [InlineData("/bin/cat")]
    [InlineData("/nowhere/python3")]
    [InlineData("/usr")]
    public void What_is_no_python_is_refused_in_words(string path) =>
        Assert.NotEmpty(Assert.Throws<InterpreterException>(() => new InterpreterProbe(null).Ask(path)).Because);

    [Fact]
    public void Every_other_python_of_this_machine_is_described_or_refused_for_its_age()
    {
        string versions = Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".pyenv/versions");
        Assert.SkipUnless(Directory.Exists(versions), "there is no other Python");
        foreach (string version in Directory.GetDirectories(versions))
        {
            string path = Path.Combine(version, "bin/python");
            var number = Version.TryParse(Path.GetFileName(version), out var parsed) ? parsed : null;
            if (number is null || !File.Exists(path) || !ProgramFile.MayRun(path)) continue;
            if (number < new Version(3, 8))
            {
                Assert.Contains(Path.GetFileName(version),
                    Assert.Throws<InterpreterException>(() => new InterpreterProbe(null).Ask(path)).Message, StringComparison.Ordinal);
                continue;
            }
            var found = new InterpreterProbe(null).Ask(path);
            Assert.Equal(Path.GetFileName(version), found.Version);
            Assert.Superset(new HashSet<string> { "sys", "json", "math", "zipfile", "_thread", "re" }, found.StandardLibrary.ToHashSet());
            Assert.DoesNotContain("pip", found.StandardLibrary);
            Assert.DoesNotContain("test", found.StandardLibrary);
        }
    }

    private string MakeVirtualEnvironment(bool copies)
    {
        string environment = Path.Combine(_directory, $"venv-{copies}");
        var output = PlainProgram.Run(MachineInterpreter.Python.Path,
            ["-I", "-m", "venv", "--without-pip", copies ? "--copies" : "--symlinks", environment],
            new Dictionary<string, string>(), TimeSpan.FromMinutes(1), 10_000);
        Assert.SkipUnless(output.ExitCode == 0, "this Python cannot make virtual environments");
        return environment;
    }

    private static string[] Say(string code)
    {
        var output = PlainProgram.Run(MachineInterpreter.Python.Path, ["-I", "-S", "-c", code], new Dictionary<string, string>(),
            TimeSpan.FromMinutes(1), 10_000);
        return Encoding.UTF8.GetString(output.StandardOutput).Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }
}
