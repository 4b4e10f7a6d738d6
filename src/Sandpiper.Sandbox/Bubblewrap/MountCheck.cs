using System.Collections.Immutable;
using Microsoft.Win32.SafeHandles;
using Sandpiper.Kernel;
using Sandpiper.Kernel.Files;
using Sandpiper.Sandbox.Profiles;

namespace Sandpiper.Sandbox.Bubblewrap;

/// <summary>
/// The file tree inside, made whole and compared with the plan. Bubblewrap takes names, and resolves source, place and flags of a mount
/// apart; whoever may write above a name can put a link there in between. Here nobody else can mount any more.
/// </summary>
/// <remarks>
/// What is protected in a writable directory is not mounted by bubblewrap at all: each name is opened once, below the directory that was
/// compared, without following a link, and a read-only view of just that is put over just that. A name that leads elsewhere a moment later
/// leads there inside, too, where nothing else is.
/// </remarks>
internal static class MountCheck
{
    // Each costs the kernel a mount. More names of this kind are somebody's work against whoever starts a program here.
    internal const int MostProtected = 4096;

    private const string Nothing = "/dev/null";

    /// <param name="protects">Names in what may be written that may not: a program can fail for that.</param>
    /// <returns>Null when everything is as planned.</returns>
    public static SecondStageFailure? Enforce(MountPlan plan, out bool protects)
    {
        protects = false;
        if ((PackageMounts.Put(plan.Packages) ?? LayerMounts.Put(ref plan)) is { } notPut) return notPut;
        HashSet<ulong> made = [];
        foreach (PlannedPath root in plan.Shown.Where(path => path is { IsWritable: true, IsOwn: false, IsCopy: false }))
        {
            if (Protect(root, plan, made) is { } failure) return failure;
        }
        protects = made.Count > 0;
        return Mask(plan, made) ?? Difference(plan, made);
    }

    private static SecondStageFailure? Protect(PlannedPath root, MountPlan plan, HashSet<ulong> made)
    {
        using SafeFileHandle directory = RawFile.Open(root.Path, RawFile.AsPlace, out _);
        if (directory.IsInvalid || FileFacts.IdentityOf(directory) != root.Identity) return SecondStageFailure.Replaced(root.Path);
        if (FileFacts.KindOf(directory) is not FileType.Directory) return null; // a file that was granted by its name
        string[] names =
            [.. ProtectedNames.In($"/proc/self/fd/{directory.DangerousGetHandle()}").Take(MostProtected + 1)
                .Select(path => Path.GetFileName(path))];
        IEnumerable<string> further =
            plan.Protected.Where(path => string.Equals(Path.GetDirectoryName(path), root.Path, StringComparison.Ordinal));
        names = [.. names.Concat(further.Select(path => Path.GetFileName(path))).Distinct(StringComparer.Ordinal)];
        if (names.Length > MostProtected) return new(SecondStageFailureKind.TooManyNames, root.Path);
        foreach (string name in names)
        {
            string path = Path.Join(root.Path, name);
            // Who grants such a name itself means it.
            if (plan.Granted.Concat(plan.Shown.Select(shown => shown.Path)).Contains(path, StringComparer.Ordinal)) continue;
            using SafeFileHandle place = PlaceBelow.Open(directory, name);
            // Gone meanwhile, or a link: nothing can be mounted on that, and it may be replaced. Whoever waits outside compares and tells.
            if (place.IsInvalid || FileFacts.KindOf(place) is FileType.SymbolicLink) continue;
            bool grantedBelow = plan.Shown.Any(shown => DirectoryTree.Holds(path, shown.Path));
            int errno = DetachedMount.MakeReadOnly(place, withAllBelow: !grantedBelow, out ulong mount);
            if (errno == Errno.NoSuchFile) continue;
            if (errno != 0) return new(SecondStageFailureKind.NotProtected, path, errno);
            made.Add(mount);
        }
        return null;
    }

    private static SecondStageFailure? Mask(MountPlan plan, HashSet<ulong> made)
    {
        foreach (var (path, by) in plan.Replaced.Concat(plan.Masked.Select(path => (Path: path, By: Nothing))))
        {
            using SafeFileHandle cover = RawFile.Open(by, RawFile.AsPlace, out int absent);
            if (absent != 0) return new(SecondStageFailureKind.NotProtected, by, absent);
            if (Cover(path, cover, plan, made) is { } failure) return failure;
        }
        return null;
    }

    private static SecondStageFailure? Cover(string path, SafeFileHandle cover, MountPlan plan, HashSet<ulong> made)
    {
        PlannedPath? root = plan.Shown.Where(shown => DirectoryTree.Holds(shown.Path, path) && shown.Path.Length < path.Length)
            .MaxBy(shown => shown.Path.Length);
        if (root is null) return null;
        using SafeFileHandle directory = RawFile.Open(root.Path, RawFile.AsPlace, out _);
        if (directory.IsInvalid || FileFacts.IdentityOf(directory) != root.Identity) return SecondStageFailure.Replaced(root.Path);
        using SafeFileHandle place = PlaceBelow.Open(directory, path[(root.Path.Length + 1)..]);
        if (place.IsInvalid) return null; // it went
        int errno = DetachedMount.Cover(place, cover, out ulong mount);
        if (errno is not (0 or Errno.NoSuchFile or Errno.NotDirectory or Errno.Invalid))
        {
            return new(SecondStageFailureKind.NotProtected, path, errno);
        }
        if (errno == 0) made.Add(mount);
        return null;
    }

    private static SecondStageFailure? Difference(MountPlan plan, HashSet<ulong> made)
    {
        ImmutableArray<MountLine> mounts = MountTable.Read();
        Dictionary<ulong, MountLine> byId = mounts.ToDictionary(line => line.Id);
        foreach (PlannedPath shown in plan.Shown)
        {
            using SafeFileHandle place = RawFile.Open(shown.Path, RawFile.AsPlace, out _);
            if (place.IsInvalid || FileFacts.IdentityOf(place) != shown.Identity) return SecondStageFailure.Replaced(shown.Path);
            // Mounted there and not only lying there: that would have the rights of what it lies in.
            bool isPlanned = byId.TryGetValue(FileFacts.MountOf(place), out MountLine? line)
                && string.Equals(line.Place, shown.Path, StringComparison.Ordinal) && line.IsReadOnly != shown.IsWritable;
            if (!isPlanned) return SecondStageFailure.Replaced(shown.Path);
        }
        HashSet<string> own = new(plan.OwnPlaces, StringComparer.Ordinal);
        HashSet<string> shownPlaces = new(plan.Shown.Select(shown => shown.Path), StringComparer.Ordinal);
        HashSet<(string, string)> hosts = [.. plan.HostsPlaces];
        Dictionary<string, int> atOwn = new(StringComparer.Ordinal);
        foreach (MountLine line in mounts)
        {
            if (made.Contains(line.Id) || shownPlaces.Contains(line.Place) || hosts.Contains((line.Place, line.Device))) continue;
            // Two at one place: the later hides what the sandbox made there.
            if (!own.Contains(line.Place) || !atOwn.TryAdd(line.Place, 1)) return SecondStageFailure.Replaced(line.Place);
        }
        return null;
    }
}
