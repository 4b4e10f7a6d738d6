using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using Sandpiper.Kernel;
using Sandpiper.Kernel.Files;

namespace Sandpiper.Sandbox.Privileges;

/// <summary>A directory that root hands to the ordinary user, without being led to another by a link.</summary>
internal static partial class OwnedDirectory
{
    private const UnixFileMode Public = (UnixFileMode)0b111_101_101; // 0755, whatever root's umask says: everybody may read, one may write

    /// <exception cref="KernelException">It is a link, belongs to somebody else, or holds what root put there.</exception>
    public static void Give(string path, OrdinaryUser user)
    {
        if (!Path.IsPathFullyQualified(path)) throw new ArgumentException($"not a full path: `{path}`", nameof(path));
        CreateWithParents(path);
        using SafeFileHandle directory = Open(path, OnlyDirectories | NoFollow | CloseOnExec);
        if (directory.IsInvalid) throw new KernelException($"opening the directory `{path}`", Marshal.GetLastPInvokeError());
        FileFacts facts = FileFacts.Of(directory);
        if (facts.UserId == user.UserId) return;
        if (facts.UserId != 0) throw new KernelException($"taking over `{path}`, which belongs to uid {facts.UserId}", Errno.NotPermitted);
        if (Directory.EnumerateFileSystemEntries($"/proc/self/fd/{directory.DangerousGetHandle()}").Any())
        {
            throw new KernelException($"taking over `{path}`, which is root's and not empty", Errno.NotPermitted);
        }
        if (ChangeOwner(directory, user.UserId, user.GroupId) != 0) throw new KernelException($"fchown(`{path}`)", Marshal.GetLastPInvokeError());
    }

    private static void CreateWithParents(string path)
    {
        if (Path.Exists(path)) return;
        if (Path.GetDirectoryName(path) is { } parent) CreateWithParents(parent);
        if (MakeDirectory(path, (uint)Public) != 0)
        {
            throw new KernelException($"mkdir(`{path}`)", Marshal.GetLastPInvokeError());
        }
        // On what was made, not on whatever bears its name by now.
        using SafeFileHandle made = Open(path, OnlyDirectories | NoFollow | CloseOnExec);
        if (made.IsInvalid) throw new KernelException($"opening the directory `{path}`", Marshal.GetLastPInvokeError());
        File.SetUnixFileMode(made, Public);
    }

    private const int CloseOnExec = 0x80000; // O_CLOEXEC: asm-generic/fcntl.h

    // These two differ between the architectures (asm/fcntl.h).
    private static readonly int OnlyDirectories = RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? 0x4000 : 0x10000;
    private static readonly int NoFollow = RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? 0x8000 : 0x20000;

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial SafeFileHandle Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "mkdir", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int MakeDirectory(string path, uint mode);

    [LibraryImport("libc", EntryPoint = "fchown", SetLastError = true)]
    private static partial int ChangeOwner(SafeFileHandle file, uint user, uint group);
}
