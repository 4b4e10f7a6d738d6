using System.Collections.Immutable;
using System.Security.Cryptography;

namespace Sandpiper.EndToEnd.Tests.Staging;

/// <summary>Everything that lies below a directory, one line each, in order: to be compared with what lies there later.</summary>
internal static class Tree
{
    /// <param name="root">Absolute; it need not exist.</param>
    /// <param name="except">Absolute; neither they nor what is below them.</param>
    public static ImmutableArray<string> Of(string root, params ReadOnlySpan<string> except)
    {
        var lines = new List<string>();
        if (Directory.Exists(root)) Walk(root, [.. except], lines);
        return [.. lines.Order(StringComparer.Ordinal)];
    }

    private static void Walk(string directory, ImmutableArray<string> except, List<string> lines)
    {
        foreach (FileSystemInfo entry in new DirectoryInfo(directory).EnumerateFileSystemInfos())
        {
            if (except.Contains(entry.FullName, StringComparer.Ordinal)) continue;
            lines.Add($"{entry.FullName}\t{What(entry)}");
            if (entry is DirectoryInfo { LinkTarget: null }) Walk(entry.FullName, except, lines);
        }
    }

    private static string What(FileSystemInfo entry) => entry switch
    {
        { LinkTarget: { } target } => $"-> {target}",
        DirectoryInfo => $"directory {entry.UnixFileMode}",
        FileInfo file =>
            $"{file.UnixFileMode} {file.LastWriteTimeUtc:O} {Convert.ToHexString(SHA256.HashData(File.ReadAllBytes(file.FullName)))}",
        _ => throw new InvalidOperationException($"{entry.FullName} is neither file nor directory"),
    };
}
