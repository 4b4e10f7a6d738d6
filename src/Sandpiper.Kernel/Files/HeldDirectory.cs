using System.Text;
using Microsoft.Win32.SafeHandles;
using Sandpiper.Kernel.Users;

namespace Sandpiper.Kernel.Files;

/// <summary>
/// A directory for as long as one command needs it: gone when this is disposed, or, when that was killed, at the next one's begin.
/// </summary>
/// <remarks>Whose it is says a lock on the directory itself, which the kernel lets go of however its holder ends.</remarks>
public sealed class HeldDirectory : IDisposable
{
    private const int NameBytes = 8;
    private const UnixFileMode OwnersAlone = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    private readonly SafeFileHandle _above, _held;
    private readonly byte[] _name;

    private HeldDirectory(SafeFileHandle above, SafeFileHandle held, string path) =>
        (_above, _held, _name, Path) = (above, held, NativeText.Bytes(System.IO.Path.GetFileName(path)), path);

    public string Path { get; }

    /// <summary>A fresh one; those that were left are removed first.</summary>
    /// <param name="above">In which it lies.</param>
    /// <param name="prefix">That no other directory there has.</param>
    /// <exception cref="IOException">It cannot be made.</exception>
    /// <exception cref="UnauthorizedAccessException">Likewise.</exception>
    public static HeldDirectory Make(string above, string prefix)
    {
        SafeFileHandle place = RawFile.Open(above, RawFile.ReadOnly | RawFile.OnlyDirectories, out int errno);
        try
        {
            if (errno != 0) throw new KernelException("open", errno, above);
            RemoveAbandoned(place, above, Encoding.UTF8.GetBytes(prefix));
            while (true)
            {
                string path = Directory.CreateDirectory(
                    System.IO.Path.Join(above, prefix + RandomName.OfBytes(NameBytes)), OwnersAlone).FullName;
                // Null: somebody else saw it before it was locked, and took it for abandoned.
                if (TryHold(path) is { } held) return new(place, held, path);
            }
        }
        catch
        {
            place.Dispose();
            throw;
        }
    }

    /// <summary>What of it cannot be removed the next one meets.</summary>
    public void Dispose()
    {
        _ = TreeRemoval.Remove(_above, _name);
        _held.Dispose();
        _above.Dispose();
    }

    // Only where nobody else could put another one in the place of ours: it is ours, or sticky as /tmp is.
    private static void RemoveAbandoned(SafeFileHandle place, string above, byte[] prefix)
    {
        FileStatus status = FileStatus.Of(place);
        bool isSafe = status.Mode.HasFlag(UnixFileMode.StickyBit)
            || (status.UserId == UserIds.Real && (status.Mode & (UnixFileMode.GroupWrite | UnixFileMode.OtherWrite)) == UnixFileMode.None);
        if (!isSafe) return;
        foreach (DirectoryEntry entry in DirectoryEntries.Of(place))
        {
            if (!entry.Name.AsSpan().StartsWith(prefix)) continue;
            using SafeFileHandle? held = TryHold(System.IO.Path.Join(above, NativeText.Of(entry.Name)));
            if (held is not null) _ = TreeRemoval.Remove(place, entry.Name);
        }
    }

    /// <returns>Null where it is another's, is used, or is not there any more.</returns>
    private static SafeFileHandle? TryHold(string path)
    {
        SafeFileHandle directory = RawFile.Open(path, RawFile.ReadOnly | RawFile.OnlyDirectories | RawFile.NoFollow, out int errno);
        if (errno == 0 && FileStatus.Of(directory).UserId == UserIds.Real) return LockFile.HeldOrClosed(directory, path);
        directory.Dispose();
        return null;
    }
}
