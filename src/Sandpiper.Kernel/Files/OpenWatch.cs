using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Sandpiper.Kernel.Files;

/// <summary>Tells how often a file was opened, by anybody on this machine, in a sandbox or out of it (inotify(7)).</summary>
public sealed partial class OpenWatch : IDisposable
{
    private const int NonBlocking = 0x800, CloseOnExec = 0x80000;   // IN_NONBLOCK, IN_CLOEXEC: asm-generic/fcntl.h
    private const uint Opened = 0x20;                               // IN_OPEN: linux/inotify.h
    private const int EventBytes = 16;                              // struct inotify_event without a name: the watch is on a file
    private readonly SafeFileHandle _events;

    /// <exception cref="KernelException">The kernel gives no watch.</exception>
    public OpenWatch(string path)
    {
        _events = Init(NonBlocking | CloseOnExec);
        if (_events.IsInvalid || AddWatch(_events, path, Opened) < 0) throw new KernelException("inotify", Marshal.GetLastPInvokeError());
    }

    /// <summary>Times it was opened since this was last asked, or since the watch began.</summary>
    public int TakeCount()
    {
        Span<byte> events = stackalloc byte[EventBytes * 64];
        int count = 0;
        while (Descriptor.Read(_events, events) is > 0 and var read) count += read / EventBytes;
        return count;
    }

    public void Dispose() => _events.Dispose();

    [LibraryImport("libc", EntryPoint = "inotify_init1", SetLastError = true)]
    private static partial SafeFileHandle Init(int flags);

    [LibraryImport("libc", EntryPoint = "inotify_add_watch", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int AddWatch(SafeFileHandle events, string path, uint mask);
}
