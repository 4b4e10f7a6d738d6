using Sandpiper.Store;

namespace Sandpiper.Interpreters.Tests;

public sealed class InterpreterSearchTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("sandpiper-").FullName;

    public void Dispose() => SealedTree.Remove(_directory);

    private static InterpreterSearch Search => new(new InterpreterProbe(null));

    [Fact]
    public void The_first_usable_python_on_the_path_is_taken_and_shims_are_passed_over()
    {
        string shims = Directory.CreateDirectory(Path.Combine(_directory, "shims")).FullName;
        string links = Directory.CreateDirectory(Path.Combine(_directory, "links")).FullName;
        string marker = Path.Combine(_directory, "marker");
        File.WriteAllText(Path.Combine(shims, "python3"), $"#!/bin/sh\ntouch {marker}\n");
        File.SetUnixFileMode(Path.Combine(shims, "python3"), SealedTree.ExecutableMode);
        File.CreateSymbolicLink(Path.Combine(links, "python3"), MachineInterpreter.Python.Path);
        var found = Search.Find(null, $"{shims}:/nowhere:{links}");
        Assert.Equal((Path.Combine(links, "python3"), MachineInterpreter.Python.Path), (found.AskedFor, found.Path));
        Assert.False(File.Exists(marker));
    }

    [Fact]
    public void Relative_entries_of_the_path_are_passed_over()
    {
        string relative = Path.GetRelativePath(Environment.CurrentDirectory, _directory);
        File.CreateSymbolicLink(Path.Combine(_directory, "python3"), MachineInterpreter.Python.Path);
        Assert.Equal("/usr/bin/python3", Search.Find(null, $"{relative}::.").AskedFor);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    public void Without_a_path_the_systems_python_is_the_last_resort(string? path)
    {
        _ = MachineInterpreter.Python;
        Assert.Equal("/usr/bin/python3", Search.Find(null, path).AskedFor);
    }

    [Fact]
    public void What_was_named_is_taken_and_nothing_else()
    {
        string version = $"{MachineInterpreter.Python.Target.Major}.{MachineInterpreter.Python.Target.Minor}";
        File.CreateSymbolicLink(Path.Combine(_directory, $"python{version}"), MachineInterpreter.Python.Path);
        Assert.Equal(MachineInterpreter.Python.Path, Search.Find(version, _directory).Path);
        Assert.Equal(MachineInterpreter.Python.Path, Search.Find($"python{version}", _directory).Path);
        Assert.Equal(MachineInterpreter.Python.Path, Search.Find(Path.Combine(_directory, $"python{version}"), null).Path);
        Assert.Throws<InterpreterException>(() => Search.Find("3.4", _directory));
        Assert.Throws<InterpreterException>(() => Search.Find("/bin/true", _directory));
    }
}
