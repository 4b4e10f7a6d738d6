using System.Runtime;
using System.Runtime.InteropServices;

namespace Sandpiper.Kernel.Runtime;

/// <summary>
/// What .NET does before Main and a command that only begins a sandbox does not need: it looks twice through the table of mounts for the
/// limits of a control group, of which memory and processors such a command uses next to nothing, and begins the thread for finalizers,
/// which then stands in the way of what the start is for.
/// </summary>
/// <remarks>
/// The linker puts these in the place of the runtime's own (ld(1), --wrap). They run before there is a runtime: no object, no exception,
/// nothing that a class would have to prepare, no call that the collector would have to know of.
/// </remarks>
public static unsafe partial class RuntimeStart
{
    private const int Most = 512;                               // bytes; where our own path is longer, all is as ever
    private static nint _finalizers;                            // 0: begun, or not to be begun by us
    private static void* _context;
    private static Kind _kind;

    /// <summary>To be called when the sandbox has begun, and wherever else it may be that nothing is begun: then all is as ever.</summary>
    public static void Complete()
    {
        if (Interlocked.Exchange(ref _finalizers, 0) is not 0 and var finalizers) BeginThem(finalizers);
    }

    // By itself: where nothing was linked by us (tests) there is no such call, and who only might make it may not need it. Where no thread
    // is to be had all goes on: who needs one says so.
    private static void BeginThem(nint finalizers) =>
        BeginFinalizers((delegate* unmanaged<void*, uint>)finalizers, _context);

    [RuntimeExport("__wrap__Z16InitializeCGroupv")]
    private static void LimitMemory()
    {
        if (!BeginsASandbox) LookForLimitsOfMemory();
    }

    [RuntimeExport("__wrap__Z19InitializeCpuCGroupv")]
    private static void LimitProcessors()
    {
        if (!BeginsASandbox) LookForLimitsOfProcessors();
    }

    [RuntimeExport("__wrap__Z23PalStartFinalizerThreadPFjPvES_")]
    private static byte BeginFinalizersLater(delegate* unmanaged<void*, uint> finalizers, void* context)
    {
        if (!BeginsASandbox) return BeginFinalizers(finalizers, context);
        _context = context;
        _finalizers = (nint)finalizers;
        return 1;
    }

    private static bool BeginsASandbox
    {
        get
        {
            if (_kind is Kind.Unknown) _kind = IsNamedInCommandLine() ? Kind.BeginsASandbox : Kind.Any;
            return _kind is Kind.BeginsASandbox;
        }
    }

    // `sandpiper run` and `sandpiper python`, as the kernel has them (proc_pid_cmdline(5)): nobody has been handed our arguments yet.
    private static bool IsNamedInCommandLine()
    {
        byte* line = stackalloc byte[Most];
        nint length;
        fixed (byte* path = "/proc/self/cmdline\0"u8)
        {
            int file = OpenFile(path, 0);
            if (file < 0) return false;
            length = ReadFile(file, line, Most);
            _ = CloseFile(file);
        }
        unchecked
        {
            nint command = 0;
            while (command < length && line[command] != 0) command++;
            command++;
            return IsAt(command, "run\0"u8) || IsAt(command, "python\0"u8);
        }

        bool IsAt(nint place, ReadOnlySpan<byte> word)
        {
            if (place + word.Length > length) return false;
            for (int at = 0; at < word.Length; at++) if (line[place + at] != word[at]) return false;
            return true;
        }
    }

    [LibraryImport("libc", EntryPoint = "open"), SuppressGCTransition]
    private static partial int OpenFile(byte* path, int flags);

    [LibraryImport("libc", EntryPoint = "read"), SuppressGCTransition]
    private static partial nint ReadFile(int file, byte* bytes, nint most);

    [LibraryImport("libc", EntryPoint = "close"), SuppressGCTransition]
    private static partial int CloseFile(int file);

    [LibraryImport("runtime", EntryPoint = "__real__Z16InitializeCGroupv"), SuppressGCTransition]
    private static partial void LookForLimitsOfMemory();

    [LibraryImport("runtime", EntryPoint = "__real__Z19InitializeCpuCGroupv"), SuppressGCTransition]
    private static partial void LookForLimitsOfProcessors();

    [LibraryImport("runtime", EntryPoint = "__real__Z23PalStartFinalizerThreadPFjPvES_"), SuppressGCTransition]
    private static partial byte BeginFinalizers(delegate* unmanaged<void*, uint> finalizers, void* context);

    private enum Kind { Unknown, Any, BeginsASandbox }
}
