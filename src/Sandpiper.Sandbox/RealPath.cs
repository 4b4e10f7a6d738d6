using System.Runtime.InteropServices;

namespace Sandpiper.Sandbox;

/// <summary>Where a path really leads.</summary>
public static partial class RealPath
{
    /// <summary>Absolute, every link followed; of what does not exist, the path itself without dots.</summary>
    public static string Of(string path) => Resolve(path, 0) ?? Path.TrimEndingDirectorySeparator(Path.GetFullPath(path));

    // The base library follows the last link of a path only, not those before it.
    [LibraryImport("libc", EntryPoint = "realpath", StringMarshalling = StringMarshalling.Utf8)]
    private static partial string? Resolve(string path, nint allocate);
}
