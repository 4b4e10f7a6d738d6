using System.Text;

namespace Sandpiper.Kernel.Files;

/// <summary>A link that always points somewhere: replaced by one rename(2), never removed and made again.</summary>
public static class SymbolicLink
{
    /// <summary>What it points to, unresolved; null when there is nothing of that name, or no link.</summary>
    public static string? Target(string path) =>
        NameInDirectory.TargetOf(StatxCall.Here, Encoding.UTF8.GetBytes(path)) is { } target ? Encoding.UTF8.GetString(target) : null;

    /// <summary>
    /// The caller holds the lock of whatever <paramref name="path"/> belongs to: the new link has a fixed name for a moment.
    /// </summary>
    /// <exception cref="IOException">It points where it pointed, or to the target but perhaps not after a power failure: look.</exception>
    public static void Replace(string path, string target)
    {
        ReplaceSoon(path, target);
        using var directory = OpenDirectory.At(Path.GetDirectoryName(path)!);
        directory.Synchronize();
    }

    /// <summary>The same; it is on the disk when the file system likes.</summary>
    /// <exception cref="IOException">It points where it pointed.</exception>
    public static void ReplaceSoon(string path, string target)
    {
        string next = path + ".next";
        File.Delete(next);      // of a command that was killed between the two calls below
        File.CreateSymbolicLink(next, target);
        try
        {
            AtomicRename.Replace(next, path);
        }
        catch (IOException)
        {
            File.Delete(next);
            throw;
        }
    }
}
