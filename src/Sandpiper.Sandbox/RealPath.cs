using Sandpiper.Kernel.Files;

namespace Sandpiper.Sandbox;

/// <summary>Where a path really leads.</summary>
public static class RealPath
{
    /// <summary>Absolute, every link followed; of what does not exist, the path itself without dots.</summary>
    /// <remarks>Nor is one resolved that is no text: another one would be found.</remarks>
    public static string Of(string path) => (NativeText.IsText(path) ? ProgramFile.Resolve(path) : null)
        ?? Path.TrimEndingDirectorySeparator(Path.GetFullPath(path));
}
