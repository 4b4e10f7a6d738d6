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

    /// <summary>
    /// What an installation left behind of an environment whose first generation has these packages; nothing of the store.
    /// </summary>
    public void WriteGeneration(string environment, params string[] names) =>
        WriteGeneration(environment, [.. names.Select(name => (name, "1.0", (string[])[]))]);

    /// <param name="packages">Each with those who need it; who is needed by nobody was asked for.</param>
    public void WriteGeneration(string environment, params (string Name, string Version, string[] NeededBy)[] packages)
    {
        string digest = new('0', 64);
        string all = string.Join(",", packages.Select(p => $$"""
            {"name": "{{p.Name}}", "version": "{{p.Version}}", "wheel": "{{WheelOf(p.Name, p.Version)}}", "sha256": "{{digest}}",
             "requested": {{(p.NeededBy.Length == 0 ? "true" : "false")}}, "requirement": null, "alone": false, "extras": [],
             "required_by": [{{Quoted(p.NeededBy)}}], "index": "file:///index/", "omitted_hooks": [], "allowed_hooks": []}
            """));
        Write($"envs/{environment}/generations/1/generation.json", $$"""
            {"schema": "sandpiper/generation/1", "environment": "{{environment}}", "number": 1, "created": "2026-01-01T00:00:00Z",
             "python": "/usr/bin/python3", "python_prefix": "/usr", "python_name": "python3.11", "packages": [{{all}}], "commands": [],
             "written_files": { }, "copies": [] }
            """);
        File.CreateSymbolicLink(System.IO.Path.Combine(Path, $"envs/{environment}/current"), "generations/1");
    }

    private static string WheelOf(string name, string version) => $"{name}-{version}-py3-none-any.whl";

    private static string Quoted(string[] names) => string.Join(", ", names.Select(name => $"\"{name}\""));

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
