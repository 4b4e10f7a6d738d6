using Sandpiper.Sandbox.Bubblewrap;
using Sandpiper.Sandbox.Tests.Driving;

namespace Sandpiper.Sandbox.Tests.Bubblewrap;

public sealed class OwnProgramTests(Ground ground) : IClassFixture<Ground>
{
    [Fact]
    public void Where_it_can_be_started_it_is_shown_from_its_place()
    {
        using OwnProgram own = OwnProgram.Held();
        Assert.Equal(Environment.ProcessPath, own.Path);
        Assert.Null(own.ToCopy());
    }

    [Fact]
    public void Where_its_place_holds_another_by_now_it_is_copied_from_what_was_started()
    {
        string place = Program("replaced", "first");
        using OwnProgram own = OwnProgram.Held(place, place);
        File.Move(Program("next", "second"), place, overwrite: true);
        Assert.Equal("first", ReadFrom(own));
        Assert.Equal("first", ReadFrom(own)); // and from its start every time
    }

    [Fact]
    public void Where_there_is_no_way_to_it_it_is_copied()
    {
        string place = Program("removed", "it");
        using OwnProgram own = OwnProgram.Held(place, place);
        File.Delete(place);
        Assert.Equal("it", ReadFrom(own));
    }

    private static string ReadFrom(OwnProgram own)
    {
        using var copy = new FileStream(new(own.ToCopy()!.DangerousGetHandle(), ownsHandle: false), FileAccess.Read, bufferSize: 0);
        using var text = new StreamReader(copy, leaveOpen: true);
        return text.ReadToEnd();
    }

    private string Program(string name, string content)
    {
        string path = Path.Join(ground.Root, name);
        File.WriteAllText(path, content);
        File.SetUnixFileMode(path, (UnixFileMode)0b111_101_101);
        return path;
    }
}
