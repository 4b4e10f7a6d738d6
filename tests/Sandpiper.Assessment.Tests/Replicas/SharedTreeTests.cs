using Sandpiper.Assessment.Replicas;

namespace Sandpiper.Assessment.Tests.Replicas;

/// <summary>What trials share by hard links, none of them changes for another.</summary>
public sealed class SharedTreeTests : IDisposable
{
    private const string Environment = "/home/you/env", Written = $"{Environment}/lib/pip.py", Kept = $"{Environment}/lib/other.py";

    private readonly string _place = Directory.CreateTempSubdirectory("sandpiper-shared-").FullName;
    private readonly Replica _prepared;
    private readonly SharedTree _shared;

    public SharedTreeTests()
    {
        _prepared = new Replica(Path.Combine(_place, "prepared"));
        foreach (string path in (string[])[Written, Kept]) _prepared.Write(path, "as installed\n");
        _shared = SharedTree.TakenOutOf(_prepared, Environment);
    }

    public void Dispose() => Directory.Delete(_place, recursive: true);

    [Fact]
    public void What_a_probe_writes_in_place_is_its_trials_own()
    {
        Replica copy = Copied();
        File.AppendAllText(copy.Outside(Written), "# tag\n");
        Assert.Equal("as installed\n", File.ReadAllText(Copied("another").Outside(Written)));
        _shared.MustBeUnchanged();
    }

    [Fact]
    public void What_is_replaced_or_removed_is_there_for_the_next()
    {
        Replica copy = Copied();
        File.Delete(copy.Outside(Kept));
        Assert.True(File.Exists(Copied("another").Outside(Kept)));
        _shared.MustBeUnchanged();
    }

    [Fact]
    public void Somebody_who_writes_in_place_what_nobody_was_to_write_is_noticed()
    {
        File.AppendAllText(Copied().Outside(Kept), "# unforeseen\n");
        Assert.Throws<IOException>(_shared.MustBeUnchanged);
    }

    [Fact]
    public void Made_anew_it_is_as_it_was_and_still_the_trials_own()
    {
        Replica copy = Copied();
        File.AppendAllText(copy.Outside(Written), "# tag\n");
        copy.Write($"{Environment}/lib/planted.pth", "import os\n");
        _shared.Restore(copy, $"{Environment}/lib", [Written]);
        Assert.Equal("as installed\n", File.ReadAllText(copy.Outside(Written)));
        Assert.False(File.Exists(copy.Outside($"{Environment}/lib/planted.pth")));
        File.AppendAllText(copy.Outside(Written), "# tag\n");
        _shared.MustBeUnchanged();
    }

    private Replica Copied(string name = "trial")
    {
        Replica copy = _prepared.CopyTo(Path.Combine(_place, name));
        _shared.PutInto(copy, [Written]);
        return copy;
    }
}
