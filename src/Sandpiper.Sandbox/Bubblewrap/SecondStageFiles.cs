using System.Buffers;
using Microsoft.Win32.SafeHandles;
using Sandpiper.Kernel;
using Sandpiper.Kernel.Files;

namespace Sandpiper.Sandbox.Bubblewrap;

/// <summary>
/// The directory in which second stages are kept as files, one for each version: those made last stay, for who uses versions in turn.
/// </summary>
internal static class SecondStageFiles
{
    /// <summary>How many: of 3 MB each.</summary>
    public const int Most = 3;

    private const int NameLength = 64;      // a SHA-256, in hexadecimal digits

    private static readonly SearchValues<byte> Digits = SearchValues.Create("0123456789abcdef"u8);

    private const UnixFileMode OwnersAlone = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    /// <summary>Makes one. What was made before the last few goes.</summary>
    /// <param name="path">Absolute; what the directory itself lies in has to be there.</param>
    /// <returns>False where it cannot be made.</returns>
    public static bool TryAdd(string path, ReadOnlySpan<byte> program)
    {
        string directory = Path.GetDirectoryName(path)!;
        try
        {
            // Who ran a program may have a mask that takes away everything.
            if (OpenDirectory.TryMake(directory, OwnersAlone, out _)) File.SetUnixFileMode(directory, OwnersAlone);
            if (!KeptProgram.TryMake(path, program)) return false;
            MakeRoom(directory, NativeText.Bytes(Path.GetFileName(path)));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // It is there, or is not: the next start looks.
        }
        return true;
    }

    /// <summary>What lies there in the place of a file or of the directory, so that none is ever kept; null: nothing does.</summary>
    /// <exception cref="KernelException">It cannot be looked at.</exception>
    public static string? Hindrance(string path)
    {
        string directory = Path.GetDirectoryName(path)!;
        if (FileStatus.TryRead(directory, out FileStatus around) && around.Type is not FileType.Directory) return directory;
        return FileStatus.TryRead(path, out FileStatus there) && there.Type is FileType.Directory ? path : null;
    }

    private static void MakeRoom(string path, byte[] added)
    {
        using SafeFileHandle directory =
            RawFile.Open(path, RawFile.ReadOnly | RawFile.OnlyDirectories | RawFile.NoFollow, out int errno);
        if (errno != 0) return;
        var others = new List<(UnixTime Made, byte[] Name)>();
        foreach (DirectoryEntry entry in DirectoryEntries.Of(directory))
        {
            if (!IsOurs(entry.Name) || entry.Name.AsSpan().SequenceEqual(added)) continue;
            if (NameInDirectory.TryLookAt(directory, entry.Name, out FileStatus file) && file.Type is not FileType.Directory)
                others.Add((file.ModifiedAt, entry.Name));
        }
        foreach (var (_, name) in others.OrderByDescending(other => (other.Made.Seconds, other.Made.Nanoseconds)).Skip(Most - 1))
            _ = NameInDirectory.Remove(directory, name);
    }

    private static bool IsOurs(ReadOnlySpan<byte> name) => name.Length == NameLength && !name.ContainsAnyExcept(Digits);
}
