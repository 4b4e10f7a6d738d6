using Sandpiper.Kernel.Files;

namespace Sandpiper.Sandbox;

/// <summary>Where a path really leads.</summary>
public static class RealPath
{
    /// <summary>Absolute, every link followed; of what does not exist, the path itself without dots.</summary>
    public static string Of(string path) => ProgramFile.Resolve(path) ?? Path.TrimEndingDirectorySeparator(Path.GetFullPath(path));
}
