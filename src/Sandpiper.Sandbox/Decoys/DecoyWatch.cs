using System.Runtime.InteropServices;
using Sandpiper.Kernel;

namespace Sandpiper.Sandbox.Decoys;

/// <summary>Counts how often a file is opened, by anybody on this machine, in a sandbox or out of it (inotify(7)).</summary>
/// <remarks>The kernel tells; nothing inside a sandbox can switch it off or see it. Looking at a file's name or size does not count.</remarks>
public sealed partial class DecoyWatch : IDisposable
{
    private const int NonBlocking = 0x800, CloseOnExec = 0x80000;   // IN_NONBLOCK, IN_CLOEXEC: asm-generic/fcntl.h
    private const uint Opened = 0x20;                               // IN_OPEN: linux/inotify.h
    private const int EventBytes = 16;                              // struct inotify_event without a name: the watch is on a file
    private readonly int _descriptor;
    private int _count;

    /// <exception cref="KernelException">The kernel gives no watch.</exception>
    public DecoyWatch(string path)
    {
        _descriptor = Init(NonBlocking | CloseOnExec);
        if (_descriptor < 0 || AddWatch(_descriptor, path, Opened) < 0) throw new KernelException("inotify", Marshal.GetLastPInvokeError());
    }

    /// <summary>Times it was opened since the watch began.</summary>
    public int Count
    {
        get
        {
            Span<byte> events = stackalloc byte[EventBytes * 64];
            nint read;
            while ((read = Read(_descriptor, events, events.Length)) > 0) _count += (int)(read / EventBytes);
            return _count;
        }
    }

    public void Dispose() => _ = Close(_descriptor);

    [LibraryImport("libc", EntryPoint = "inotify_init1", SetLastError = true)]
    private static partial int Init(int flags);

    [LibraryImport("libc", EntryPoint = "inotify_add_watch", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int AddWatch(int descriptor, string path, uint mask);

    [LibraryImport("libc", EntryPoint = "read", SetLastError = true)]
    private static partial nint Read(int descriptor, Span<byte> buffer, nint count);

    [LibraryImport("libc", EntryPoint = "close")]
    private static partial int Close(int descriptor);
}
