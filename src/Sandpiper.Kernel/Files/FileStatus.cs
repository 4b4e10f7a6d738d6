using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Sandpiper.Kernel.Files;

/// <summary>What a name in a directory is.</summary>
public enum FileType
{
    Other,
    Regular,
    Directory,
    SymbolicLink,
}

/// <summary>To the nanosecond: an edit in the same microsecond is an edit.</summary>
public readonly record struct UnixTime(long Seconds, uint Nanoseconds)
{
    public static UnixTime Of(DateTime utc) => new(
        (utc.Ticks - DateTime.UnixEpoch.Ticks) / TimeSpan.TicksPerSecond, (uint)(utc.Ticks % TimeSpan.TicksPerSecond * TimeSpan.NanosecondsPerTick));

    public DateTimeOffset ToDateTime() => DateTimeOffset.FromUnixTimeSeconds(Seconds).AddTicks(Nanoseconds / TimeSpan.NanosecondsPerTick);
}

/// <summary>Which file it is, whatever its name: hard links of one file have the same identity.</summary>
public readonly record struct FileIdentity(uint DeviceMajor, uint DeviceMinor, ulong Inode);

/// <summary>What the kernel says of a name without following it: statx(2), whose answer is laid out alike on every architecture.</summary>
/// <param name="ModifiedAt">Of the content; anybody who may write can set it.</param>
/// <param name="ChangedAt">Of content, mode, owner or number of links; only the kernel sets it.</param>
public readonly partial record struct FileStatus(
    FileType Type, UnixFileMode Mode, long Size, FileIdentity Identity, UnixTime ModifiedAt, UnixTime ChangedAt)
{
    private const int CurrentDirectory = -100;      // AT_FDCWD, linux/fcntl.h
    private const int NoFollow = 0x100;             // AT_SYMLINK_NOFOLLOW
    private const int ThisFile = 0x1000;            // AT_EMPTY_PATH
    private const uint BasicStats = 0x7ff;          // STATX_BASIC_STATS, linux/stat.h
    private const int TypeMask = 0xf000;            // S_IFMT
    private const int ModeMask = 0xfff;
    private const int NoEntry = 2, NotADirectory = 20;      // asm-generic/errno-base.h

    /// <summary>False when there is nothing of that name.</summary>
    /// <exception cref="IOException">It cannot be looked at.</exception>
    public static bool TryRead(string path, out FileStatus status) => TryTake(Statx(CurrentDirectory, path, NoFollow, BasicStats, out var answer), answer, path, out status);

    /// <summary>The same, of a path below an open directory.</summary>
    /// <exception cref="IOException">It cannot be looked at.</exception>
    public static bool TryRead(SafeFileHandle directory, string relative, out FileStatus status) =>
        TryTake(StatxBelow(directory, relative, NoFollow, BasicStats, out var answer), answer, relative, out status);

    /// <summary>Of a file that is open, whatever its name has become.</summary>
    /// <exception cref="IOException">It cannot be looked at.</exception>
    public static FileStatus Of(SafeFileHandle file)
    {
        KernelFailure.ThrowIfFailed(StatxBelow(file, "", ThisFile, BasicStats, out var answer), "statx", "a file that is open");
        return Of(answer);
    }

    private static bool TryTake(int result, in Answer answer, string path, out FileStatus status)
    {
        status = result == 0 ? Of(answer) : default;
        if (result == 0) return true;
        int error = Marshal.GetLastPInvokeError();
        return error is NoEntry or NotADirectory ? false : throw KernelFailure.Of(error, "statx", path);
    }

    private static FileStatus Of(in Answer answer) => new(
        TypeOf(answer.Mode & TypeMask), (UnixFileMode)(answer.Mode & ModeMask), (long)answer.Size,
        new(answer.DeviceMajor, answer.DeviceMinor, answer.Inode),
        new(answer.Modified.Seconds, answer.Modified.Nanoseconds), new(answer.Changed.Seconds, answer.Changed.Nanoseconds));

    private static FileType TypeOf(int type) => type switch
    {
        0x8000 => FileType.Regular,         // S_IFREG
        0x4000 => FileType.Directory,       // S_IFDIR
        0xa000 => FileType.SymbolicLink,    // S_IFLNK
        _ => FileType.Other,
    };

    [LibraryImport("libc", EntryPoint = "statx", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Statx(int directory, string path, int flags, uint mask, out Answer answer);

    [LibraryImport("libc", EntryPoint = "statx", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int StatxBelow(SafeFileHandle directory, string path, int flags, uint mask, out Answer answer);

    [StructLayout(LayoutKind.Sequential)]
    internal struct Timestamp
    {
        public long Seconds;
        public uint Nanoseconds;
        public int Reserved;
    }

    /// <summary>struct statx, linux/stat.h.</summary>
    [StructLayout(LayoutKind.Sequential, Size = 256)]
    internal struct Answer
    {
        public uint Mask, BlockSize;
        public ulong Attributes;
        public uint Links, User, Group;
        public ushort Mode, Padding;
        public ulong Inode, Size, Blocks, AttributesMask;
        public Timestamp Accessed, Born, Changed, Modified;
        public uint SpecialMajor, SpecialMinor, DeviceMajor, DeviceMinor;
    }
}
