using System.Diagnostics;
using Sandpiper.Packaging.Names;
using Sandpiper.Packaging.Versions;

namespace Sandpiper.Policies.Tests;

/// <summary>It lies in the cache, where any program of the user can put something else.</summary>
public sealed class RefusedBeforeTests : IDisposable
{
    private readonly string _cache = Directory.CreateTempSubdirectory("refused-before-").FullName;

    public void Dispose() => Directory.Delete(_cache, recursive: true);

    [Theory]
    [InlineData("mkfifo \"$0\"")]
    [InlineData("ln -s /dev/full \"$0\"")]
    public void What_stands_in_its_place_is_not_written_to_and_not_waited_for(string made)
    {
        var refusal = new Refusal([new Finding(Fault.CodeAtStart, "evil.pth")])
        {
            Artifact = new Artifact(PackageName.Parse("evil"), Pep440Version.Parse("1.0"), Sha256Digest.Of("evil"u8)),
        };
        var before = new RefusedBefore(_cache);
        before.Keep(refusal);
        string file = Directory.GetFiles(Path.Combine(_cache, "refused")).Single();
        File.Delete(file);
        using (var shell = Process.Start("/bin/sh", ["-c", made, file])) shell.WaitForExit();

        before.Keep(refusal);

        Assert.Equal("evil.pth", before.Find(PackageName.Parse("evil"), Pep440Version.Parse("1.0"), refusal.Rule).Single().First.Path);
    }
}
