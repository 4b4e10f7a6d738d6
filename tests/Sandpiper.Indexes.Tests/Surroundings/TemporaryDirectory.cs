namespace Sandpiper.Indexes.Tests.Surroundings;

/// <summary>A directory that goes when the test does.</summary>
internal sealed class TemporaryDirectory : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("sandpiper-test-").FullName;

    public IEnumerable<string> Files => Directory.EnumerateFiles(Path, "*", SearchOption.AllDirectories);

    /// <summary>A pipe that nobody writes to, in the place of a file: who reads it waits for ever.</summary>
    public static void MakePipe(string path)
    {
        File.Delete(path);
        using var maker = System.Diagnostics.Process.Start("/usr/bin/mkfifo", [path]);
        maker.WaitForExit();
        Assert.Equal(0, maker.ExitCode);
    }

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
