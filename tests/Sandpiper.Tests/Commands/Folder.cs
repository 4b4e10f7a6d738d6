namespace Sandpiper.Tests.Commands;

/// <summary>A throw-away directory.</summary>
internal sealed class Folder : IDisposable
{
    public Folder() => File.SetUnixFileMode(Path, (UnixFileMode)0b111_101_101);     // for the user that root becomes

    public string Path { get; } = Directory.CreateTempSubdirectory("sandpiper-tests-").FullName;

    /// <summary>Writes a file, directories included, and gives its full path.</summary>
    public string Write(string name, string text)
    {
        string full = System.IO.Path.Combine(Path, name);
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(full)!);
        File.WriteAllText(full, text);
        return full;
    }

    public string Make(string name) => Directory.CreateDirectory(System.IO.Path.Combine(Path, name)).FullName;

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
