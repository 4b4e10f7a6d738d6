using System.Globalization;
using System.Text;
using Sandpiper.Kernel.Files;
using Sandpiper.Packaging.Names;

namespace Sandpiper.Interpreters;

/// <summary>Answers of interpreters on disk, so that an ordinary command starts no Python. Losing it costs a few milliseconds.</summary>
/// <remarks>
/// An entry is three lines that identify the executable and the kernel, whose release and version are markers, then the answer. The lines
/// are compared, not parsed: whatever differs is asked again. No entry leads to another executable, so one that was tampered with can
/// misdescribe an interpreter but not replace it.
/// </remarks>
internal sealed class InterpreterCache(string directory)
{
    private const int MaxBytes = 1 << 20;

    /// <summary>Null when there is none, or it is of another state of the executable.</summary>
    public byte[]? Find(string realPath, in FileStatus executable)
    {
        try
        {
            using var file = RegularFile.TryOpen(PathOf(realPath));
            if (file is null) return null;
            long length = RandomAccess.GetLength(file);
            if (length > MaxBytes) return null;
            byte[] content = new byte[length];
            int count = RandomAccess.Read(file, content, 0);
            byte[] key = KeyOf(realPath, executable);
            return content.AsSpan(0, count).StartsWith(key) ? content[key.Length..count] : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>A cache that cannot be written is no failure.</summary>
    public void Keep(string realPath, in FileStatus executable, ReadOnlySpan<byte> answer)
    {
        string path = PathOf(realPath);
        string next = $"{path}.{Environment.ProcessId}";
        try
        {
            Directory.CreateDirectory(directory);
            File.WriteAllBytes(next, [.. KeyOf(realPath, executable), .. answer]);
            File.Move(next, path, overwrite: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // the next command asks again
        }
    }

    private string PathOf(string realPath) => Path.Combine(directory, Sha256Digest.Of(Encoding.UTF8.GetBytes(realPath)).Hex);

    private static byte[] KeyOf(string realPath, in FileStatus s) => Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture,
        $"sandpiper interpreter 1 {realPath}\n{s.Size} {s.ModifiedAt.Seconds}.{s.ModifiedAt.Nanoseconds} "
            + $"{s.Identity.DeviceMajor}:{s.Identity.DeviceMinor}:{s.Identity.Inode}\n{Kernel()}\n"));

    private static string Kernel()
    {
        const string Version = "/proc/version";     // proc(5)
        return File.Exists(Version) ? File.ReadAllText(Version).TrimEnd() : Environment.OSVersion.VersionString;
    }
}
