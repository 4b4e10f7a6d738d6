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
    public void A_copy_can_be_started_and_not_changed() => Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserExecute,
        File.GetUnixFileMode(Copy(OwnProgram.Held())));

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
