using System.Text;
using Sandpiper.Auditing.Places;
using Sandpiper.Kernel.Files;

namespace Sandpiper.Auditing.Records;

/// <summary>Files that packages of the system own, by dpkg's own lists: they have no RECORD, and are no strangers.</summary>
internal sealed class SystemPackages
{
    private const string Info = "/var/lib/dpkg/info";
    private const int MostBytes = 64 << 20;
    private const int HexLength = 32, PathAt = 34;      // of a line of md5sums: digest, two spaces, path without its first slash

    private SystemPackages(Dictionary<string, Claim> files) => Files = files;

    /// <summary>By path below the directory that was asked about.</summary>
    public IReadOnlyDictionary<string, Claim> Files { get; }

    /// <summary>Whether one of them brought what records a package.</summary>
    /// <param name="recording">Its directory or file, below the directory that was asked about.</param>
    public bool Brought(string recording) => Files.ContainsKey(recording) || Files.ContainsKey($"{recording}/METADATA")
        || Files.ContainsKey($"{recording}/PKG-INFO");

    /// <param name="directory">Absolute.</param>
    public static SystemPackages Below(string directory, CancellationToken cancel) => new(Read(Info, directory, cancel));

    /// <param name="info">Where the lists lie.</param>
    internal static Dictionary<string, Claim> Read(string info, string directory, CancellationToken cancel)
    {
        var files = new Dictionary<string, Claim>(StringComparer.Ordinal);
        // Elsewhere dpkg does not unpack modules (Debian policy 9.1.2), and a desktop has thousands of lists.
        bool isOfTheSystem = (directory.StartsWith("/usr/", StringComparison.Ordinal)
                && !directory.StartsWith("/usr/local/", StringComparison.Ordinal))
            || directory.StartsWith("/opt/", StringComparison.Ordinal) || directory.StartsWith("/lib/", StringComparison.Ordinal);
        if (!isOfTheSystem || !Directory.Exists(info)) return files;
        byte[] sought = Encoding.UTF8.GetBytes($"\n{directory}/");
        foreach (string list in Directory.EnumerateFiles(info, "*.list"))
        {
            cancel.ThrowIfCancellationRequested();
            if (RegularFile.TryRead(list, MostBytes) is not { } content || content.AsSpan().IndexOf(sought) < 0) continue;
            string owner = Path.GetFileNameWithoutExtension(list).Split(':')[0];
            foreach (string path in Encoding.UTF8.GetString(content).Split('\n'))
                if (PathBelow.Of(path, directory) is { } below) files.TryAdd(below, new Claim(owner, null, null));
            AddDigests($"{list[..^".list".Length]}.md5sums", directory, owner, files);
        }
        return files;
    }

    private static void AddDigests(string path, string directory, string owner, Dictionary<string, Claim> files)
    {
        if (RegularFile.TryRead(path, MostBytes) is not { } content) return;
        foreach (string line in Encoding.UTF8.GetString(content).Split('\n'))
        {
            if (line.Length > PathAt && PathBelow.Of($"/{line[PathAt..]}", directory) is { } below)
                files[below] = new Claim(owner, null, null) { Md5 = line[..HexLength] };
        }
    }
}
