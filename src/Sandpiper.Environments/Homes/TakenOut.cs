using System.Collections.Immutable;
using Microsoft.Win32.SafeHandles;
using Sandpiper.Kernel.Files;

namespace Sandpiper.Environments.Homes;

/// <summary>
/// Copies what a confined program left, out of its private home, for its user. What lies there was made to harm, perhaps: links would copy
/// his own keys to where the next program reads them.
/// </summary>
/// <remarks>
/// Both sides are walked by handle, so that names that are exchanged meanwhile lead nowhere. Only files and directories, without special
/// rights; nothing that is there already is written.
/// </remarks>
public sealed class TakenOut
{
    private const int MostLevels = 64;

    private readonly ImmutableArray<string>.Builder _left = ImmutableArray.CreateBuilder<string>();

    /// <summary>What was not copied: links and what is no file, relative to the home.</summary>
    public ImmutableArray<string> Left => _left.ToImmutable();

    public int Files { get; private set; }

    /// <summary>Copies one name of the home.</summary>
    /// <param name="content">The home.</param>
    /// <param name="name">Directly in it.</param>
    /// <param name="directory">Where to.</param>
    /// <returns>False when there is nothing of that name.</returns>
    /// <exception cref="IOException">It is there already, or cannot be written.</exception>
    public bool Take(string content, string name, string directory)
    {
        using SafeFileHandle from = RawFile.Open(content, RawFile.AsPlace | RawFile.OnlyDirectories, out _);
        using SafeFileHandle to = RawFile.Open(directory, RawFile.AsPlace | RawFile.OnlyDirectories, out _);
        if (from.IsInvalid || name.Contains('/', StringComparison.Ordinal) || name is "" or "." or "..") return false;
        if (to.IsInvalid) throw new DirectoryNotFoundException($"there is no directory `{directory}`");
        using SafeFileHandle place = PlaceBelow.Open(from, name);
        if (place.IsInvalid) return false;
        Copy(place, name, name, to, MostLevels);
        return true;
    }

    private void Copy(SafeFileHandle place, string name, string shown, SafeFileHandle to, int levels)
    {
        string target = $"{Named(to)}/{name}";
        switch (FileFacts.KindOf(place))
        {
            case FileType.Regular:
                // O_EXCL follows no link in the last segment, and there is no other segment.
                using (SafeFileHandle source = File.OpenHandle(Named(place)))
                using (var made = new FileStream(target, FileMode.CreateNew, FileAccess.Write))
                using (var content = new FileStream(source, FileAccess.Read))
                    content.CopyTo(made);
                Files++;
                break;
            case FileType.Directory when levels > 0:
                if (!OpenDirectory.TryMake(target, (UnixFileMode)0b111_111_111, out int errno))
                    throw new Kernel.KernelException("mkdir", errno, shown);
                using (SafeFileHandle directory = PlaceBelow.Open(to, name))
                {
                    if (directory.IsInvalid || FileFacts.KindOf(directory) is not FileType.Directory)
                        throw new IOException($"`{shown}` was replaced while it was being copied");
                    foreach (string below in Directory.EnumerateFileSystemEntries(Named(place)))
                    {
                        string next = Path.GetFileName(below);
                        using SafeFileHandle found = PlaceBelow.Open(place, next);
                        if (!found.IsInvalid) Copy(found, next, $"{shown}/{next}", directory, levels - 1);
                    }
                }
                break;
            default:
                _left.Add(shown);
                break;
        }
    }

    private static string Named(SafeFileHandle handle) => $"/proc/self/fd/{handle.DangerousGetHandle()}";
}
