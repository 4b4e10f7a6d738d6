using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Sandpiper.Kernel.Files;

/// <summary>A directory that is held open while names are made below it: what its own path leads to may change, it does not.</summary>
public sealed partial class OpenDirectory : IDisposable
{
    private const int ReadOnlyCloseOnExec = 0x80000;        // O_RDONLY | O_CLOEXEC, asm-generic/fcntl.h

    private readonly SafeFileHandle _handle;
    private readonly string _path;

    private OpenDirectory(SafeFileHandle handle, string path) => (_handle, _path) = (handle, path);

    public static OpenDirectory At(string path)
    {
        var handle = OpenBelow(StatxCall.Here, path, ReadOnlyCloseOnExec, 0);
        return new OpenDirectory(Checked(handle, path), path);
    }

    /// <summary>Null when it cannot be opened.</summary>
    public static OpenDirectory? TryAt(string path)
    {
        var handle = OpenBelow(StatxCall.Here, path, ReadOnlyCloseOnExec, 0);
        return handle.IsInvalid ? null : new OpenDirectory(handle, path);
    }

    public OpenDirectory Below(string relative)
    {
        var handle = OpenBelow(_handle, relative, ReadOnlyCloseOnExec, 0);
        string path = Path.Combine(_path, relative);
        return new OpenDirectory(Checked(handle, path), path);
    }

    public void MakeDirectory(string relative, UnixFileMode mode) =>
        Check(NameInDirectory.MakeDirectory(_handle, Encoding.UTF8.GetBytes(relative), mode), "mkdirat", relative);

    public void MakeLink(string relative, string target) =>
        Check(NameInDirectory.MakeLink(_handle, Encoding.UTF8.GetBytes(relative), Encoding.UTF8.GetBytes(target)), "symlinkat", relative);

    /// <summary>Makes one that is not there yet.</summary>
    /// <returns>False when there is something of that name already, or it cannot be made.</returns>
    public static bool TryMake(string path, UnixFileMode mode, out int errno)
    {
        errno = NameInDirectory.MakeDirectory(StatxCall.Here, Encoding.UTF8.GetBytes(path), mode);
        return errno == 0;
    }

    /// <summary>False when there is nothing of that name.</summary>
    public bool TryLookAt(string relative, out FileStatus status) => FileStatus.TryRead(_handle, relative, out status);

    /// <summary>The same of a path as the kernel takes it; false too where it cannot be looked at.</summary>
    /// <param name="relative">With its zero.</param>
    public bool TryLookAt(ReadOnlySpan<byte> relative, out FileStatus status) => FileStatus.TryRead(_handle, relative, out status);

    /// <summary>
    /// Gives a file of <paramref name="source"/> a second name here. False where the file system or the kernel's policy has no hard links
    /// for it.
    /// </summary>
    public bool TryAdopt(OpenDirectory source, string sourceRelative, string name)
    {
        if (HardLink(source._handle, sourceRelative, _handle, name, 0) == 0) return true;
        int error = Marshal.GetLastPInvokeError();
        return error is Errno.NotPermitted or Errno.CrossesDevices or Errno.TooManyLinks
            ? false
            : throw new KernelException("linkat", error, Path.Combine(_path, name));
    }

    /// <summary>
    /// Gives a symbolic link of <paramref name="source"/> a second name here, the same as there: what a link says cannot be changed, and a
    /// second name takes no place on the disk.
    /// </summary>
    /// <returns>False, and nothing is here, where none says <paramref name="target"/>, or there can be no second name.</returns>
    public bool TryAdoptLink(OpenDirectory source, string relative, string target)
    {
        if (HardLink(source._handle, relative, _handle, relative, 0) != 0) return false;
        // Asked of what is here now: what is there may be another one by then.
        byte[] name = Encoding.UTF8.GetBytes(relative);
        if (NameInDirectory.Says(_handle, name, Encoding.UTF8.GetBytes(target))) return true;
        Check(NameInDirectory.Remove(_handle, name), "unlinkat", relative);
        return false;
    }

    /// <summary>Takes a name away that is no directory.</summary>
    public void Remove(string relative) => Check(NameInDirectory.Remove(_handle, Encoding.UTF8.GetBytes(relative)), "unlinkat", relative);

    /// <summary>Takes an empty directory away.</summary>
    public void RemoveDirectory(string relative) =>
        Check(NameInDirectory.RemoveDirectory(_handle, Encoding.UTF8.GetBytes(relative)), "unlinkat", relative);

    /// <summary>The final time and mode of a directory below; nothing can be added to it afterwards.</summary>
    /// <remarks>Two calls of the kernel; by an open descriptor it would be five.</remarks>
    public void Seal(string relative, UnixTime time, UnixFileMode mode)
    {
        ReadOnlySpan<TimeSpec> times = [TimeSpec.LeftAsItIs, TimeSpec.Of(time)];
        KernelException.ThrowIfFailed(SetTimes(_handle, relative, times, 0), "utimensat", relative);
        KernelException.ThrowIfFailed(ChangeMode(_handle, relative, (uint)mode, 0), "fchmodat", relative);
    }

    /// <summary>
    /// Everything that its file system has not written yet goes to the disk, so that what a rename makes visible survives a power failure.
    /// </summary>
    public void SynchronizeFileSystem() => KernelException.ThrowIfFailed(SynchronizeFileSystem(_handle), "syncfs", _path);

    /// <summary>The names in it go to the disk.</summary>
    public void Synchronize() => KernelException.ThrowIfFailed(Synchronize(_handle), "fsync", _path);

    public void Dispose() => _handle.Dispose();

    private static void Check(int errno, string call, string path)
    {
        if (errno != 0) throw new KernelException(call, errno, path);
    }

    private static SafeFileHandle Checked(SafeFileHandle handle, string path) =>
        handle.IsInvalid ? throw new KernelException("openat", Marshal.GetLastPInvokeError(), path) : handle;

    [LibraryImport("libc", EntryPoint = "openat", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial SafeFileHandle OpenBelow(SafeFileHandle directory, string path, int flags, uint mode);

    [LibraryImport("libc", EntryPoint = "utimensat", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int SetTimes(SafeFileHandle directory, string path, ReadOnlySpan<TimeSpec> accessedAndModified, int flags);

    [LibraryImport("libc", EntryPoint = "fchmodat", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int ChangeMode(SafeFileHandle directory, string path, uint mode, int flags);

    [LibraryImport("libc", EntryPoint = "linkat", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int HardLink(SafeFileHandle fromDirectory, string from, SafeFileHandle toDirectory, string to, int flags);

    [LibraryImport("libc", EntryPoint = "syncfs", SetLastError = true)]
    private static partial int SynchronizeFileSystem(SafeFileHandle file);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static partial int Synchronize(SafeFileHandle file);
}
