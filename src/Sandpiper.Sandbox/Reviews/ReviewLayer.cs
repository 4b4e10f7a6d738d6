using Microsoft.Win32.SafeHandles;
using Sandpiper.Kernel;
using Sandpiper.Kernel.Files;
using Sandpiper.Kernel.Users;
using Sandpiper.Sandbox.Leftovers;
using Sandpiper.Sandbox.Profiles;

namespace Sandpiper.Sandbox.Reviews;

/// <summary>
/// What stands for a copy where the kernel puts what is written above what is there: a layer in which nothing is but what a copy would
/// have in the place of the original. Through it the program sees what it would see in a copy.
/// </summary>
internal static class ReviewLayer
{
    private const UnixFileMode Entered = UnixFileMode.UserRead | UnixFileMode.UserExecute;

    /// <summary>Whether the kernel can, for all that can be known before.</summary>
    /// <param name="directory">To be written.</param>
    /// <param name="place">Where the layer is to lie.</param>
    public static bool IsPossible(string directory, string place) =>
        FileSystem.CanBeLayered(directory) && FileSystem.CanBeLayered(place)
        // Of a layer the kernel takes no more than what one mount shows.
        && !MountTable.Read().Any(line => line.Place.Length > directory.Length && DirectoryTree.Holds(directory, line.Place));

    /// <summary>Whether a program in a user namespace of one user and one group may do with it what it may with a copy.</summary>
    /// <param name="directory">Which is layered.</param>
    /// <param name="status">Of something in it.</param>
    public static bool MayHold(in FileIdentity directory, in FileStatus status) =>
        status.UserId == UserIds.Real && status.GroupId == UserIds.RealGroup
        // Of what can be listed and not entered a copy is empty.
        && (status.Type is not FileType.Directory || (status.Mode & Entered) is not UnixFileMode.UserRead)
        && (status.Identity.DeviceMajor, status.Identity.DeviceMinor) == (directory.DeviceMajor, directory.DeviceMinor);

    /// <summary>Makes it, in an empty directory of our own.</summary>
    /// <param name="layer">Its path.</param>
    /// <param name="entries">What was seen; what stands for something is noted as it is made.</param>
    /// <returns>False: the file system has no words for it.</returns>
    /// <exception cref="KernelException">It cannot be written.</exception>
    public static bool TryMake(string layer, Dictionary<string, CopiedEntry> entries)
    {
        string upper = Path.Join(layer, LayeredPath.Upper);
        Directory.CreateDirectory(upper, TreeCopy.OwnersAll);
        Directory.CreateDirectory(Path.Join(layer, LayeredPath.Work), TreeCopy.OwnersAll);
        // Beside both it says nothing; that it can be said has to be known before the kernel wants to.
        using (SafeFileHandle beside = Opened(layer))
        {
            if (OverlayMount.MakeOpaque(beside) != 0) return false;
        }
        using SafeFileHandle root = Opened(upper);
        HashSet<string> made = new(StringComparer.Ordinal);
        foreach (var (path, entry) in entries.Where(entry => Hides(entry.Value.Kind)).ToArray())
        {
            foreach (string above in Change.Above(path).Where(made.Add))
            {
                using SafeFileHandle around = In(root, above);
                TreeCopy.MadeIn(around, NameOf(above), above).Dispose();
            }
            using SafeFileHandle directory = In(root, path);
            if (!TryHide(directory, path, entry, out FileStamp here)) return false;
            entries[path] = entry with { Here = here };
        }
        foreach (string path in made)
        {
            using SafeFileHandle directory = PlaceBelow.OpenDirectory(root, WatchedTree.BytesOf(path));
            TreeCopy.Finish(directory, entries[path].Mode, entries[path].There.ModifiedAt);
        }
        return true;
    }

    private static bool Hides(CopiedKind kind) => kind is CopiedKind.Withheld or CopiedKind.LeftOut or CopiedKind.NotCopied;

    // In which it lies: ours alone so far.
    private static SafeFileHandle In(SafeFileHandle root, string path) =>
        PlaceBelow.OpenDirectory(root, WatchedTree.BytesOf(path.LastIndexOf('/') is > 0 and var slash ? path[..slash] : "."));

    private static bool TryHide(SafeFileHandle directory, string path, in CopiedEntry entry, out FileStamp here)
    {
        here = default;
        if (entry.Kind is CopiedKind.NotCopied) return OverlayMount.MakeWhiteout(directory, NameOf(path)) == 0;
        using SafeFileHandle made = entry.IsDirectory ? TreeCopy.MadeIn(directory, NameOf(path), path)
            : NameInDirectory.MakeFile(directory, NameOf(path), TreeCopy.OwnersAlone, out _);
        if (made.IsInvalid) throw new KernelException("open", Errno.NoAccess, $"a layer above {WatchedTree.Shown(path)}");
        here = FileStamp.Of(FileStatus.Of(made));
        return !entry.IsDirectory || OverlayMount.MakeOpaque(made) == 0;
    }

    private static byte[] NameOf(string path) => WatchedTree.BytesOf(path[(path.LastIndexOf('/') + 1)..]);

    private static SafeFileHandle Opened(string directory)
    {
        SafeFileHandle opened = RawFile.Open(directory, RawFile.ReadOnly | RawFile.OnlyDirectories | RawFile.NoFollow, out int errno);
        return errno == 0 ? opened : throw new KernelException("open", errno, directory);
    }
}
