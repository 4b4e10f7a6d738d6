using Sandpiper.Sandbox.Bubblewrap;
using Sandpiper.Sandbox.Tests.Driving;

namespace Sandpiper.Sandbox.Tests.Bubblewrap;

public sealed class OwnProgramTests(Ground ground) : IClassFixture<Ground>
{
    [Fact]
    public void It_is_copied_from_what_was_started_whatever_its_place_holds_by_now()
    {
        string place = Program("replaced", "first");
        using OwnProgram own = OwnProgram.Held(place, place);
        File.Move(Program("next", "second"), place, overwrite: true);
        Assert.Equal("first", CopyOf(own));
        File.Delete(place);
        Assert.Equal("first", CopyOf(own)); // and from its start every time
    }

    [Fact]
    public void Where_it_can_be_started_it_is_started_from_its_place()
    {
        using OwnProgram own = OwnProgram.Held();
        Assert.Equal(Environment.ProcessPath, own.StartedFrom("/nonexistent"));
    }

    [Fact]
    public void A_copy_can_be_started_and_not_changed()
    {
        string place = Program("gone", "it");
        using OwnProgram own = OwnProgram.Held(place, place);
        File.Delete(place);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserExecute, File.GetUnixFileMode(Copy(own)));
    }

    private string CopyOf(OwnProgram own) => File.ReadAllText(Copy(own));

    private string Copy(OwnProgram own)
    {
        string copy = own.StartedFrom(Directory.CreateDirectory(Path.Join(ground.Root, Guid.NewGuid().ToString("N"))).FullName);
        Assert.NotEqual(own.Path, copy);
        return copy;
    }

    private string Program(string name, string content)
    {
        string path = Path.Join(ground.Root, name);
        File.WriteAllText(path, content);
        File.SetUnixFileMode(path, (UnixFileMode)0b111_101_101);
        return path;
    }
}
