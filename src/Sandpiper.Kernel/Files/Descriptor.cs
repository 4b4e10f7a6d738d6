using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Sandpiper.Kernel.Files;

/// <summary>read(2), pread(2), write(2) and lseek(2) on a descriptor that others share: its position moves for them, too.</summary>
public static unsafe partial class Descriptor
{
    private const int PieceBytes = 16 << 10;
    private const int GetFlags = 3, AccessMode = 3, WriteOnly = 1;     // F_GETFL, O_ACCMODE, O_WRONLY: asm-generic/fcntl.h
    private const int SetSignal = 10, SetLease = 1024, Reading = 0, NoLease = 2;    // F_SETSIG, F_SETLEASE, F_RDLCK, F_UNLCK: linux/fcntl.h
    private const int CopyCloseOnExec = 1030, LastOfStandard = 2;      // F_DUPFD_CLOEXEC: linux/fcntl.h
    private const int Urgent = 23;                  // SIGURG: asm-generic/signal.h
    private const int FromStart = 0, FromHere = 1;  // SEEK_SET, SEEK_CUR: linux/fs.h

    /// <summary>Whether it was opened to be read (fcntl(2), F_GETFL).</summary>
    public static bool IsReadable(SafeFileHandle file) =>
        Control(file, GetFlags, 0) is >= 0 and var flags && (flags & AccessMode) != WriteOnly;

    /// <summary>
    /// Whether somebody has it open to write it, or has it mapped so: the kernel then refuses a lease to read it (fcntl(2), F_SETLEASE).
    /// False where the file system gives no leases.
    /// </summary>
    /// <param name="file">Ours, and opened to be read only.</param>
    public static bool HasWriter(SafeFileHandle file)
    {
        if (!TryKeepWritersOut(file)) return Marshal.GetLastPInvokeError() == Errno.WouldBlock;
        _ = Control(file, SetLease, NoLease);
        return false;
    }

    /// <summary>
    /// From now on nobody opens it to write it, until it is closed here: whoever tries waits (fcntl(2), F_SETLEASE), for as long as
    /// <c>/proc/sys/fs/lease-break-time</c> says, 45 seconds.
    /// </summary>
    /// <param name="file">Ours, and opened to be read only.</param>
    /// <returns>False where somebody has it open so, or mapped, or the file system gives no leases.</returns>
    public static bool TryKeepWritersOut(SafeFileHandle file)
    {
        // Should somebody open it in this very moment, a signal asks for the lease back: one that nobody heeds, for SIGIO would end us.
        _ = Control(file, SetSignal, Urgent);
        return Control(file, SetLease, Reading) >= 0;
    }

    /// <summary>
    /// Another number for what is behind this one now: whatever becomes of the number, it stays. No program that is started gets it.
    /// </summary>
    /// <exception cref="KernelException">Nothing is open there, or no descriptors are left.</exception>
    public static SafeFileHandle AnotherOf(int number)
    {
        using var given = new SafeFileHandle(number, ownsHandle: false);
        nint other = Control(given, CopyCloseOnExec, LastOfStandard + 1);
        return other >= 0 ? new SafeFileHandle(other, ownsHandle: true) : throw new KernelException("fcntl", Marshal.GetLastPInvokeError());
    }

    /// <summary>The time of its content; when it was last read stays as it is (futimens(3)).</summary>
    /// <exception cref="KernelException">It is not ours.</exception>
    public static void SetModified(SafeFileHandle file, UnixTime time)
    {
        ReadOnlySpan<TimeSpec> times = [TimeSpec.LeftAsItIs, TimeSpec.Of(time)];
        if (SetTimes(file, times) != 0) throw new KernelException("futimens", Marshal.GetLastPInvokeError());
    }

    /// <returns>0 at the end, or where it cannot be read.</returns>
    public static int Read(SafeFileHandle file, Span<byte> into) => Math.Max(ReadOnce(file, into), 0);

    /// <returns>0 at the end; -1 where it cannot be read, and the last error says why.</returns>
    internal static int ReadOnce(SafeFileHandle file, Span<byte> into)
    {
        while (true)
        {
            nint got;
            fixed (byte* start = into) got = Read(file, start, (nuint)into.Length);
            if (got >= 0 || Marshal.GetLastPInvokeError() != Errno.Interrupted) return (int)got;
        }
    }

    /// <summary>From a place in it, whatever its position: pread(2).</summary>
    /// <returns>0 at the end.</returns>
    /// <exception cref="KernelException">It cannot be read.</exception>
    public static int ReadAt(SafeFileHandle file, Span<byte> into, long offset)
    {
        while (true)
        {
            nint got;
            fixed (byte* start = into) got = ReadAt(file, start, (nuint)into.Length, offset);
            if (got >= 0) return (int)got;
            int errno = Marshal.GetLastPInvokeError();
            if (errno != Errno.Interrupted) throw new KernelException("pread", errno);
        }
    }

    /// <summary>From now on a number means what another one does: dup2(2). Who has a descriptor of his own keeps that.</summary>
    /// <exception cref="KernelException">The other one is not open.</exception>
    public static void Become(int number, int other)
    {
        if (Duplicate(other, number) < 0) throw new KernelException("dup2", Marshal.GetLastPInvokeError());
    }

    /// <returns>All of it from where it stands; nothing of what cannot be read.</returns>
    public static byte[] ReadToEnd(SafeFileHandle file)
    {
        using var content = new MemoryStream();
        byte[] piece = new byte[PieceBytes];
        while (Read(file, piece) is > 0 and var got) content.Write(piece, 0, got);
        return content.ToArray();
    }

    /// <returns>False when not all of it could be written.</returns>
    public static bool TryWrite(SafeFileHandle file, ReadOnlySpan<byte> content) => WriteWhole(file, content, waits: false);

    /// <summary>The same where whoever shares it made it one that does not wait.</summary>
    /// <inheritdoc cref="TryWrite"/>
    public static bool WriteAll(SafeFileHandle file, ReadOnlySpan<byte> content) => WriteWhole(file, content, waits: true);

    private static bool WriteWhole(SafeFileHandle file, ReadOnlySpan<byte> content, bool waits)
    {
        while (!content.IsEmpty)
        {
            nint done = WriteOnce(file, content);
            if (done > 0) content = content[(int)done..];
            else if (waits && done < 0 && Marshal.GetLastPInvokeError() == Errno.WouldBlock) Readiness.Wait(null, null, file, most: null);
            else if (done == 0 || Marshal.GetLastPInvokeError() != Errno.Interrupted) return false;
        }
        return true;
    }

    /// <returns>How many bytes were written; all of them where it cannot be written at all.</returns>
    public static int WriteSome(SafeFileHandle file, ReadOnlySpan<byte> content)
    {
        nint done = WriteOnce(file, content);
        return done >= 0 ? (int)done : Marshal.GetLastPInvokeError() is Errno.Interrupted or Errno.WouldBlock ? 0 : content.Length;
    }

    /// <returns>How many bytes were written, or -1; the last error says why.</returns>
    internal static nint WriteOnce(SafeFileHandle file, ReadOnlySpan<byte> content)
    {
        fixed (byte* start = content) return Write(file, start, (nuint)content.Length);
    }

    /// <returns>Negative where it has no position.</returns>
    public static long Position(SafeFileHandle file) => Seek(file, 0, FromHere);

    public static void MoveTo(SafeFileHandle file, long position) => _ = Seek(file, position, FromStart);

    [LibraryImport("libc", EntryPoint = "futimens", SetLastError = true)]
    private static partial int SetTimes(SafeFileHandle file, ReadOnlySpan<TimeSpec> accessedAndModified);

    [LibraryImport("libc", EntryPoint = "read", SetLastError = true)]
    private static partial nint Read(SafeFileHandle file, byte* into, nuint count);

    [LibraryImport("libc", EntryPoint = "pread", SetLastError = true)]
    private static partial nint ReadAt(SafeFileHandle file, byte* into, nuint count, long offset);

    [LibraryImport("libc", EntryPoint = "write", SetLastError = true)]
    private static partial nint Write(SafeFileHandle file, byte* from, nuint count);

    [LibraryImport("libc", EntryPoint = "dup2", SetLastError = true)]
    private static partial int Duplicate(int from, int to);

    [LibraryImport("libc", EntryPoint = "lseek", SetLastError = true)]
    private static partial long Seek(SafeFileHandle file, long offset, int from);

    private static nint Control(SafeFileHandle file, int what, int value) =>
        SystemCall.Invoke(_isArm ? 25 : 72, (nuint)file.DangerousGetHandle(), (nuint)what, (nuint)value, 0, 0);

    private static readonly bool _isArm = RuntimeInformation.ProcessArchitecture == Architecture.Arm64;
}
