using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Sandpiper.Kernel.Files;

/// <summary>What a name in a directory, or an open descriptor, is, as far as it matters here.</summary>
public enum FileType
{
    Other,
    Regular,
    Directory,
    SymbolicLink,
    BlockDevice,
}

/// <summary>To the nanosecond: an edit in the same microsecond is an edit.</summary>
public readonly record struct UnixTime(long Seconds, uint Nanoseconds)
{
    public static UnixTime Of(DateTime utc) => new(
        (utc.Ticks - DateTime.UnixEpoch.Ticks) / TimeSpan.TicksPerSecond,
            (uint)(utc.Ticks % TimeSpan.TicksPerSecond * TimeSpan.NanosecondsPerTick));

    public DateTimeOffset ToDateTime() => DateTimeOffset.FromUnixTimeSeconds(Seconds).AddTicks(Nanoseconds / TimeSpan.NanosecondsPerTick);
}

/// <summary>What the kernel says of a name without following it: statx(2), whose answer is laid out alike on every architecture.</summary>
/// <param name="ModifiedAt">Of the content; anybody who may write can set it.</param>
/// <param name="ChangedAt">Of content, mode, owner or number of links; only the kernel sets it.</param>
public readonly record struct FileStatus(
    FileType Type, UnixFileMode Mode, long Size, FileIdentity Identity, UnixTime ModifiedAt, UnixTime ChangedAt)
{
    /// <summary>How many names it has.</summary>
    public uint Links { get; init; }

    /// <summary>Owner.</summary>
    public uint UserId { get; init; }

    public uint GroupId { get; init; }

    private const int NoFollow = 0x100;             // AT_SYMLINK_NOFOLLOW
    private const uint BasicStats = 0x7ff;          // STATX_BASIC_STATS, linux/stat.h

    /// <summary>False when there is nothing of that name.</summary>
    /// <exception cref="KernelException">It cannot be looked at.</exception>
    public static bool TryRead(string path, out FileStatus status) =>
        TryRead(StatxCall.Here, path, out status);

    /// <summary>Of a file that is open, whatever its name has become.</summary>
    /// <exception cref="KernelException">It cannot be looked at.</exception>
    public static FileStatus Of(SafeFileHandle file) =>
        TryRead(file, "", StatxCall.EmptyPath, out FileStatus status)
            ? status : throw new KernelException("statx", Errno.NoSuchFile, "a file that is open");

    /// <summary>Of a path below an open directory.</summary>
    /// <exception cref="KernelException">It cannot be looked at.</exception>
    public static bool TryRead(SafeFileHandle directory, string relative, out FileStatus status) =>
        TryRead(directory, relative, NoFollow, out status);

    /// <summary>Of a name in an open directory, as the kernel has it; false when it is gone or cannot be looked at.</summary>
    internal static bool TryRead(SafeFileHandle directory, ReadOnlySpan<byte> name, out FileStatus status)
    {
        bool told = StatxCall.Of(directory, name, NoFollow, BasicStats, out StatxCall.Answer answer) == 0;
        status = told ? Of(answer) : default;
        return told;
    }

    private static bool TryRead(SafeFileHandle directory, string relative, int flags, out FileStatus status)
    {
        bool told = StatxCall.Of(directory, relative, flags, BasicStats, out StatxCall.Answer answer) == 0;
        status = told ? Of(answer) : default;
        if (told) return true;
        int errno = Marshal.GetLastPInvokeError();
        return errno is Errno.NoSuchFile or Errno.NotDirectory ? false : throw new KernelException("statx", errno, relative);
    }

    private static FileStatus Of(in StatxCall.Answer answer) => new(
        answer.Type, answer.Permissions, (long)answer.Size, answer.Identity,
        new(answer.Modified.Seconds, answer.Modified.Nanoseconds), new(answer.Changed.Seconds, answer.Changed.Nanoseconds))
    {
        Links = answer.Links,
        UserId = answer.User,
        GroupId = answer.Group,
    };
}
