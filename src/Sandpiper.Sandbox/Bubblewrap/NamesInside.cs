using Microsoft.Win32.SafeHandles;
using Sandpiper.Kernel;
using Sandpiper.Kernel.Files;
using Sandpiper.Sandbox.Profiles;

namespace Sandpiper.Sandbox.Bubblewrap;

/// <summary>Names in what is shown that may not be changed, not be found, or are found with another content.</summary>
/// <remarks>
/// Each is opened once, below the directory that was mounted, without following a link, and what covers it is put over just that. A name
/// that leads elsewhere a moment later leads there inside, too, where nothing else is.
/// </remarks>
internal static class NamesInside
{
    // Each costs the kernel a mount. More names of this kind are somebody's work against whoever starts a program here.
    internal const int MostProtected = 4096;

    /// <summary>To be done before anything is mounted below: that stays what it was granted to be.</summary>
    /// <param name="root">What was just mounted, and may be written.</param>
    /// <param name="any">Set where there are some: a program can fail for that.</param>
    /// <returns>Null when none of them can be changed.</returns>
    public static SecondStageFailure? Protect(Mounted root, SecondStagePlan plan, MountedTree tree, ref bool any)
    {
        if (!root.IsDirectory) return null; // a file that was granted by its name
        string[] names = [.. ProtectedNames.In(root.Root)];
        IEnumerable<string> further =
            plan.Protected.Where(path => string.Equals(Path.GetDirectoryName(path), root.Path, StringComparison.Ordinal));
        names = [.. names.Concat(further.Select(path => Path.GetFileName(path))).Distinct(StringComparer.Ordinal)];
        if (names.Length > MostProtected) return new(SecondStageFailureKind.TooManyNames, root.Path);
        foreach (string name in names)
        {
            string path = Path.Join(root.Path, name);
            // Who grants such a name itself means it.
            if (plan.Granted.Concat(plan.Mounts.Select(mount => mount.Path)).Contains(path, StringComparer.Ordinal)) continue;
            using SafeFileHandle place = PlaceBelow.Open(root.Root, name);
            if (place.IsInvalid) continue; // gone meanwhile
            // Of a link it keeps the name where it is; what it leads to is as much protected as its own name is.
            int errno = DetachedMount.MakeReadOnly(place, out ulong number);
            // A kernel that mounts nothing on a link has it replaced. Whoever waits outside compares and tells.
            if (errno == Errno.NoSuchFile || (errno != 0 && FileFacts.KindOf(place) is FileType.SymbolicLink)) continue;
            if (errno != 0) return new(SecondStageFailureKind.NotProtected, path, errno);
            tree.Add(number);
            any = true;
        }
        return null;
    }

    /// <returns>Null when each of them is covered.</returns>
    public static SecondStageFailure? Cover(SecondStagePlan plan, MountedTree tree, HostTree host)
    {
        foreach (var (path, by) in plan.Replaced)
        {
            using SafeFileHandle? cover = host.Judged(by);
            if (cover is null) return SecondStageFailure.Replaced(path);
            if (Cover(path, cover, tree) is { } failure) return failure;
        }
        if (plan.Masked.IsEmpty) return null;
        using SafeFileHandle nothing = host.OfTheSystem("/dev/null", out int errno);
        return errno != 0 ? new(SecondStageFailureKind.NotProtected, "/dev/null", errno)
            : plan.Masked.Select(path => Cover(path, nothing, tree)).FirstOrDefault(failure => failure is not null);
    }

    private static SecondStageFailure? Cover(string path, SafeFileHandle cover, MountedTree tree)
    {
        if (tree.Around(path) is not { } around) return null;
        if (around is { Rights: MountRights.Write, IsLayer: false } && Path.GetDirectoryName(path)! is var directory
            && directory.Length > around.Path.Length && tree.Hold(directory, around) is not 0 and var notHeld)
        {
            return new(SecondStageFailureKind.NotProtected, directory, notHeld);
        }
        using SafeFileHandle place = PlaceBelow.Open(around.Root, path[(around.Path.Length + 1)..]);
        if (place.IsInvalid) return null; // it went
        int errno = DetachedMount.Cover(place, cover, out ulong number);
        if (errno is not (0 or Errno.NoSuchFile or Errno.NotDirectory or Errno.Invalid))
            return new(SecondStageFailureKind.NotProtected, path, errno);
        if (errno == 0) tree.Add(number);
        return null;
    }
}
