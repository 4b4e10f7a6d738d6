using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using Sandpiper.Kernel.Files;

namespace Sandpiper.Kernel.Processes;

/// <summary>posix_spawn(3): a child with exactly the descriptors and variables that it is given.</summary>
internal static unsafe partial class SpawnCall
{
    /// <param name="path">Absolute.</param>
    /// <param name="arguments">All of them; the first is the name it sees for itself.</param>
    /// <param name="handedOver">What is open in the child, and under which number.</param>
    /// <param name="ownSession">It leads a session of its own, without a terminal.</param>
    /// <returns>Its process id.</returns>
    /// <exception cref="KernelException">It could not be started.</exception>
    /// <param name="terminal">Which becomes the terminal of that session, as which of its streams.</param>
    public static int Start(string path, ImmutableArray<string> arguments, ImmutableArray<(SafeFileHandle File, int Number)> handedOver,
        bool ownSession, (SafeFileHandle File, ImmutableArray<int> Streams)? terminal = null)
    {
        Opaque actions = default, attributes = default;
        Check("posix_spawn_file_actions_init", InitActions(&actions));
        Check("posix_spawnattr_init", InitAttributes(&attributes));
        try
        {
            foreach (var (file, number) in handedOver)
            {
                // A descriptor duplicated onto itself loses its close-on-exec mark in the child, and only there (POSIX.1-2024,
                // posix_spawn).
                Check("posix_spawn_file_actions_adddup2", AddDuplicate(&actions, (int)file.DangerousGetHandle(), number));
            }
            if (terminal is { Streams: [var first, .. var others] } own)
            {
                // Who leads a session without a terminal gets the first one that he opens (setsid(2)): so it is opened there, once more.
                string place = $"/proc/self/fd/{own.File.DangerousGetHandle()}";
                Check("posix_spawn_file_actions_addopen", AddOpen(&actions, first, place, RawFile.ReadWrite, 0));
                foreach (int other in others) Check("posix_spawn_file_actions_adddup2", AddDuplicate(&actions, first, other));
            }
            if (ownSession) Check("posix_spawnattr_setflags", SetFlags(&attributes, OwnSession));
            byte* noVariables = null;
            using var vector = new ArgumentVector(arguments);
            Check($"posix_spawn({path})", Spawn(out int id, path, &actions, &attributes, vector.Address, &noVariables));
            GC.KeepAlive(handedOver);
            GC.KeepAlive(terminal);
            return id;
        }
        finally
        {
            _ = DestroyActions(&actions);
            _ = DestroyAttributes(&attributes);
        }
    }

    private static void Check(string call, int errno)
    {
        if (errno != 0) throw new KernelException(call, errno);
    }

    private const short OwnSession = 0x80;      // POSIX_SPAWN_SETSID, spawn.h of glibc 2.26 and of musl

    /// <summary>
    /// At least as large as any libc's <c>posix_spawn_file_actions_t</c> (80 bytes in glibc) and <c>posix_spawnattr_t</c> (336).
    /// </summary>
    [InlineArray(64)]
    private struct Opaque
    {
        private ulong _first;
    }

    [LibraryImport("libc", EntryPoint = "posix_spawn_file_actions_init")]
    private static partial int InitActions(Opaque* actions);

    [LibraryImport("libc", EntryPoint = "posix_spawn_file_actions_adddup2")]
    private static partial int AddDuplicate(Opaque* actions, int from, int to);

    [LibraryImport("libc", EntryPoint = "posix_spawn_file_actions_addopen", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int AddOpen(Opaque* actions, int number, string path, int flags, int mode);

    [LibraryImport("libc", EntryPoint = "posix_spawn_file_actions_destroy")]
    private static partial int DestroyActions(Opaque* actions);

    [LibraryImport("libc", EntryPoint = "posix_spawnattr_init")]
    private static partial int InitAttributes(Opaque* attributes);

    [LibraryImport("libc", EntryPoint = "posix_spawnattr_setflags")]
    private static partial int SetFlags(Opaque* attributes, short flags);

    [LibraryImport("libc", EntryPoint = "posix_spawnattr_destroy")]
    private static partial int DestroyAttributes(Opaque* attributes);

    [LibraryImport("libc", EntryPoint = "posix_spawn", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Spawn(out int id, string path, Opaque* actions, Opaque* attributes, byte** arguments, byte** variables);
}
