using System.Globalization;
using System.IO.Hashing;
using System.Text;
using Sandpiper.Kernel.Files;

namespace Sandpiper.Interpreters;

/// <summary>Answers of interpreters on disk, so that an ordinary command starts no Python. Losing it costs a few milliseconds.</summary>
/// <remarks>
/// An entry is a check over all that follows, against accidents; three lines that identify the executable and the kernel, whose release
/// and version are markers; and the answer. The lines are compared, not parsed: whatever differs is asked again. No entry leads to another
/// executable, so one that was tampered with can misdescribe an interpreter but not replace it.
/// </remarks>
internal sealed class InterpreterCache(string directory)
{
    private const int MaxBytes = 1 << 20;
    private const int CheckLength = sizeof(ulong);
    private const int MaxNameLength = 240;      // NAME_MAX is 255; a file that is being written has a number behind its name

    /// <summary>Null when there is none, or it is of another state of the executable.</summary>
    public byte[]? Find(string realPath, in FileStatus executable)
    {
        try
        {
            if (PathOf(realPath) is not { } path) return null;
            using var file = RegularFile.TryOpen(path);
            if (file is null) return null;
            long length = RandomAccess.GetLength(file);
            if (length > MaxBytes) return null;
            byte[] content = new byte[length];
            int count = RandomAccess.Read(file, content, 0);
            byte[] key = KeyOf(realPath, executable);
            ReadOnlySpan<byte> kept = content.AsSpan(Math.Min(count, CheckLength)..count);
            return kept.StartsWith(key) && Check(kept).AsSpan().SequenceEqual(content.AsSpan(0, CheckLength))
                ? kept[key.Length..].ToArray() : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>A cache that cannot be written is no failure.</summary>
    public void Keep(string realPath, in FileStatus executable, ReadOnlySpan<byte> answer)
    {
        if (PathOf(realPath) is not { } path) return;
        try
        {
            Directory.CreateDirectory(directory);
            byte[] kept = [.. KeyOf(realPath, executable), .. answer];
            WholeFile.Write(path, [.. Check(kept), .. kept]);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // the next command asks again
        }
    }

    // No digest: every start of a program asks, and would load a library of cryptography for a name. Null: too long for one, never kept.
    private string? PathOf(string realPath)
    {
        string name = Uri.EscapeDataString(realPath);
        return name.Length <= MaxNameLength ? Path.Combine(directory, name) : null;
    }

    // No cryptography: who can write here can make one that fits.
    private static byte[] Check(ReadOnlySpan<byte> kept) => XxHash3.Hash(kept);

    private static byte[] KeyOf(string realPath, in FileStatus s) => Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture,
        $"sandpiper interpreter 2 {realPath}\n{s.Size} {s.ModifiedAt.Seconds}.{s.ModifiedAt.Nanoseconds} "
            + $"{s.Identity.DeviceMajor}:{s.Identity.DeviceMinor}:{s.Identity.Inode}\n{Kernel()}\n"));

    private static string Kernel()
    {
        const string Version = "/proc/version";     // proc(5)
        return File.Exists(Version) ? File.ReadAllText(Version).TrimEnd() : Environment.OSVersion.VersionString;
    }
}
