using System.Buffers;
using Microsoft.Win32.SafeHandles;
using Sandpiper.Kernel.Files;

namespace Sandpiper.Indexes.Caching;

/// <summary>A file of the cache: whole or not there, readable by its owner only. Trouble with it costs time, not correctness.</summary>
internal static class CacheFile
{
    private const UnixFileMode OwnersDirectory = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
    private const UnixFileMode OwnersFile = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private const string Unfinished = "unfinished";

    /// <summary>
    /// Removes what somebody who was killed left unfinished; what is being written is locked, and stays. All of it lies in one directory of
    /// the cache: nothing goes through what is finished.
    /// </summary>
    public static void Sweep(string cache)
    {
        try
        {
            // The directory itself: where a link has its name, what lies there is somebody's.
            using SafeFileHandle directory = RawFile.Open(
                Path.Combine(cache, Unfinished), RawFile.ReadOnly | RawFile.OnlyDirectories | RawFile.NoFollow, out int errno);
            if (errno != 0) return;
            foreach (string path in Directory.EnumerateFiles($"/proc/self/fd/{directory.DangerousGetHandle()}")) SweepOne(path);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // There is no cache yet, or it is not ours to tidy.
        }
    }

    private static void SweepOne(string path)
    {
        try
        {
            // A link or a pipe nobody is writing.
            if (FileStatus.TryRead(path, out FileStatus there) && there.Type != FileType.Regular)
            {
                File.Delete(path);
                return;
            }
            // FileShare.None is flock(LOCK_EX | LOCK_NB), and whoever writes one holds it shared.
            using var file = new FileStream(path, FileMode.Open, FileAccess.ReadWrite, FileShare.None);
            File.Delete(path);
        }
        catch (IOException)
        {
            // Somebody is at it.
        }
    }

    /// <summary>Null when it is not there, no file, too large or cannot be read.</summary>
    public static byte[]? Read(string? path, int maxBytes) =>
        Read(path, maxBytes, length => GC.AllocateUninitializedArray<byte>(length), _ => { }, out _);

    /// <summary>The same in memory of <see cref="ArrayPool{T}.Shared"/>, which is the caller's to give back.</summary>
    /// <param name="length">Of the content, which it begins with.</param>
    public static byte[]? Rent(string? path, int maxBytes, out int length) =>
        Read(path, maxBytes, ArrayPool<byte>.Shared.Rent, array => ArrayPool<byte>.Shared.Return(array), out length);

    private static byte[]? Read(string? path, int maxBytes, Func<int, byte[]> memoryOf, Action<byte[]> giveBack, out int length)
    {
        length = 0;
        if (path is null) return null;
        try
        {
            using var file = RegularFile.TryOpen(path, out FileStatus status);
            if (file is null || status.Size > maxBytes) return null;
            byte[] memory = memoryOf(length = (int)status.Size);
            if (RegularFile.Read(file, memory.AsSpan(0, length)) == length) return memory;
            giveBack(memory);
            return null;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>Written elsewhere in the cache and renamed into its place; not at all when the disk is full or read-only.</summary>
    public static void Write(string cache, string path, ReadOnlySpan<byte> first, ReadOnlySpan<byte> rest)
    {
        try
        {
            MakeOwners(Path.GetDirectoryName(path)!);
            using FileStream file = CreateIn(cache);
            try
            {
                file.Write(first);
                file.Write(rest);
                file.Flush();
                File.Move(file.Name, path, overwrite: true);
            }
            finally
            {
                File.Delete(file.Name);     // not there any more once it was renamed
            }
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // A full or read-only cache: the next time is slower.
        }
    }

    /// <summary>A new file of a name that nobody else has, for what is not finished yet; its directory is made if need be.</summary>
    public static FileStream CreateIn(string cache)
    {
        string directory = Path.Combine(cache, Unfinished);
        MakeOwners(directory);
        return new FileStream(Path.Combine(directory, Path.GetRandomFileName()), new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.ReadWrite,
            UnixCreateMode = OwnersFile,
            Options = FileOptions.Asynchronous,
        });
    }

    /// <summary>A directory for its owner only, where it is missing.</summary>
    /// <remarks>Level by level: of several missing ones the base library gives the mode to the last only.</remarks>
    public static void MakeOwners(string directory)
    {
        if (Directory.Exists(directory)) return;
        if (Path.GetDirectoryName(directory) is { Length: > 0 } parent) MakeOwners(parent);
        Directory.CreateDirectory(directory, OwnersDirectory);
    }
}
