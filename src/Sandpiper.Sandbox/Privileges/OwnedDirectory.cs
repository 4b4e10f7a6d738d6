using Microsoft.Win32.SafeHandles;
using Sandpiper.Kernel;
using Sandpiper.Kernel.Files;

namespace Sandpiper.Sandbox.Privileges;

/// <summary>A directory that root hands to the ordinary user, without being led to another by a link.</summary>
internal static class OwnedDirectory
{
    private const UnixFileMode Public = (UnixFileMode)0b111_101_101; // 0755, whatever root's umask says: everybody may read, one may write

    /// <exception cref="KernelException">It is a link, belongs to somebody else, or holds what root put there.</exception>
    public static void Give(string path, OrdinaryUser user)
    {
        if (!Path.IsPathFullyQualified(path)) throw new ArgumentException($"not a full path: `{path}`", nameof(path));
        CreateWithParents(path);
        using SafeFileHandle directory = Opened(path);
        FileFacts facts = FileFacts.Of(directory);
        if (facts.UserId == user.UserId) return;
        if (facts.UserId != 0) throw new KernelException($"taking over `{path}`, which belongs to uid {facts.UserId}", Errno.NotPermitted);
        if (Directory.EnumerateFileSystemEntries($"/proc/self/fd/{directory.DangerousGetHandle()}").Any())
        {
            throw new KernelException($"taking over `{path}`, which is root's and not empty", Errno.NotPermitted);
        }
        if (!Ownership.TryGive(directory, user.UserId, user.GroupId, out int errno)) throw new KernelException($"fchown(`{path}`)", errno);
    }

    private static void CreateWithParents(string path)
    {
        if (Path.Exists(path)) return;
        if (Path.GetDirectoryName(path) is { } parent) CreateWithParents(parent);
        if (!OpenDirectory.TryMake(path, Public, out int errno)) throw new KernelException($"mkdir(`{path}`)", errno);
        // On what was made, not on whatever bears its name by now.
        using SafeFileHandle made = Opened(path);
        File.SetUnixFileMode(made, Public);
    }

    private static SafeFileHandle Opened(string path)
    {
        SafeFileHandle directory = RawFile.Open(path, RawFile.OnlyDirectories | RawFile.NoFollow, out int errno);
        return directory.IsInvalid ? throw new KernelException($"opening the directory `{path}`", errno) : directory;
    }
}
