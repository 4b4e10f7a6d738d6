using Sandpiper.Commands;

namespace Sandpiper.Tests.Commands;

/// <summary>The next command is shown so that it can be typed where the user stands.</summary>
public sealed class TypedCommandTests : IDisposable
{
    private readonly string _place = Directory.CreateTempSubdirectory("sandpiper-typed-").FullName;

    public void Dispose() => Directory.Delete(_place, recursive: true);

    [Fact]
    public void By_its_name_where_PATH_leads_to_it()
    {
        string program = Made("bin/sandpiper");
        Assert.Equal("sandpiper", TypedCommand.Of($"/nowhere:{Path.GetDirectoryName(program)}", _place, program));
        string link = Path.Combine(Directory.CreateDirectory(Path.Combine(_place, "links")).FullName, "sandpiper");
        File.CreateSymbolicLink(link, program);
        Assert.Equal("sandpiper", TypedCommand.Of(Path.GetDirectoryName(link), _place, program));
    }

    [Fact]
    public void By_its_whole_path_where_PATH_leads_to_another_or_nowhere()
    {
        string program = Made("out/deep/sandpiper"), other = Made("other/sandpiper");
        Assert.Equal(program, TypedCommand.Of(Path.GetDirectoryName(other), "/", program));
        Assert.Equal(program, TypedCommand.Of(null, _place, program));
    }

    [Fact]
    public void By_the_launcher_of_a_clone_that_one_stands_in()
    {
        string program = Made("out/sandpiper");
        Made("sandpiper");
        Assert.Equal("./sandpiper", TypedCommand.Of("/usr/bin:/bin", _place, program));
        Assert.Equal("./sandpiper", TypedCommand.Of("/usr/bin:/bin", Path.Combine(_place, "out"), program));
    }

    private string Made(string path)
    {
        string full = Path.Combine(_place, path);
        Directory.CreateDirectory(Path.GetDirectoryName(full)!);
        File.WriteAllText(full, "");
        return full;
    }
}
