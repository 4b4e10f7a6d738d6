using System.Runtime.InteropServices;

namespace Sandpiper.Kernel.Processes;

/// <summary>
/// When a process ended, written down by the kernel, however it ended: a segment of System V shared memory that nobody else attaches says
/// when it was detached last (shmctl(2), <c>shm_dtime</c>), and stays until somebody removes it or the machine starts anew.
/// </summary>
/// <param name="Number">Of the segment.</param>
/// <param name="MadeAt">In seconds: in another namespace the number is somebody else's.</param>
/// <param name="MadeBy">The process; likewise.</param>
public readonly partial record struct EndMark(int Number, long MadeAt, int MadeBy)
{
    private const int OwnersAlone = 0x180;          // 0600
    private const int Private = 0, Create = 0x200;  // IPC_PRIVATE, IPC_CREAT: sys/ipc.h
    private const int Removal = 0, State = 2;       // IPC_RMID, IPC_STAT
    private const nuint Bytes = 1;

    /// <summary>From now on, for as long as this process is there.</summary>
    /// <returns>Null where there is no such memory to be had.</returns>
    public static EndMark? Begin()
    {
        int number = Get(Private, Bytes, Create | OwnersAlone);
        if (number < 0) return null;
        if (Attach(number, 0, 0) != -1 && Control(number, State, out Segment made) == 0) return new(number, made.ChangedAt, made.Maker);
        _ = Control(number, Removal, out _);
        return null;
    }

    /// <summary>When it ended, to the second; null where it goes on, or nobody knows any more.</summary>
    public DateTimeOffset? At() => TryLook(out Segment there) && there.Attached == 0 && there.DetachedAt > 0
        ? DateTimeOffset.FromUnixTimeSeconds(there.DetachedAt) : null;

    /// <summary>Nobody wants to know. What is attached still goes with its process.</summary>
    public void Remove()
    {
        if (TryLook(out _)) _ = Control(Number, Removal, out _);
    }

    private bool TryLook(out Segment there) =>
        Control(Number, State, out there) == 0 && there.ChangedAt == MadeAt && there.Maker == MadeBy;

    /// <summary><c>struct shmid64_ds</c>, asm-generic/shmbuf.h: the same on both architectures.</summary>
    [StructLayout(LayoutKind.Explicit, Size = 112)]
    private readonly struct Segment
    {
        [FieldOffset(64)]
        public readonly long DetachedAt;

        [FieldOffset(72)]
        public readonly long ChangedAt;

        [FieldOffset(80)]
        public readonly int Maker;

        [FieldOffset(88)]
        public readonly ulong Attached;
    }

    [LibraryImport("libc", EntryPoint = "shmget")]
    private static partial int Get(int key, nuint size, int flags);

    [LibraryImport("libc", EntryPoint = "shmat")]
    private static partial nint Attach(int number, nint address, int flags);

    [LibraryImport("libc", EntryPoint = "shmctl")]
    private static partial int Control(int number, int what, out Segment answer);
}
