using System.Collections.Immutable;
using Microsoft.Win32.SafeHandles;
using Sandpiper.Kernel.Files;

namespace Sandpiper.Sandbox.Bubblewrap;

/// <summary>
/// What of <c>/etc</c> is shown: public and harmless, and something breaks without each, compilers without alternatives, TLS without ssl.
/// </summary>
internal static class PublicSettings
{
    // A cache of libraries of a full desktop has 200 KB.
    private const int MostCopied = 1 << 19;

    private static readonly ImmutableArray<string> Files =
        ["ld.so.cache", "ld.so.conf", "timezone", "mime.types", "magic", "services", "protocols"];

    /// <summary>Their names.</summary>
    public static ImmutableArray<string> Names { get; } =
        [.. Files, "ld.so.conf.d", "alternatives", "ssl", "ca-certificates", "fonts"];

    /// <summary>
    /// Path and content of the small files: each mount costs bubblewrap a reading of the whole list of mounts, ten times what a copy does.
    /// What is not among them, for it is large, may not be read or is none, is mounted where it is there.
    /// </summary>
    public static IEnumerable<(string Path, byte[] Content)> Copies()
    {
        foreach (string path in Files.Select(name => $"/etc/{name}"))
        {
            if (TryRead(path) is { } content) yield return (path, content);
        }
    }

    private static byte[]? TryRead(string path)
    {
        try
        {
            using SafeFileHandle? file = RegularFile.TryOpenBehindLinks(path);
            return file is not null && RandomAccess.GetLength(file) is > 0 and <= MostCopied and var length
                ? RegularFile.Read(file, (int)length) : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
