using System.Collections.Immutable;
using Microsoft.Win32.SafeHandles;
using Sandpiper.Kernel.Files;

namespace Sandpiper.Sandbox.Profiles;

/// <summary>
/// The places in a kept home where something else is mounted: packages, the project. Bubblewrap would make them by name, and a program that
/// had the home before may have put a link there; so they are made here, by handle, below the home and through no link.
/// </summary>
/// <remarks>Nobody else may have the home meanwhile, nor while the program runs: he could rename what lies there.</remarks>
internal static class PlacesInHome
{
    private const UnixFileMode OwnersRights = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    private const UnixFileMode Mode = (UnixFileMode)0b111_101_101;

    /// <summary>Where they lie, below the home.</summary>
    public static IEnumerable<string> Of(string home, IEnumerable<ShownPath> shown) => Below(home, shown).Select(place => place.Relative);

    /// <param name="content">What appears as home.</param>
    /// <param name="home">Where it appears.</param>
    /// <returns>The directories that were not there before, what is around them first.</returns>
    /// <exception cref="SandboxUnavailableException">They cannot be made.</exception>
    public static ImmutableArray<string> Make(string content, string home, IEnumerable<ShownPath> shown)
    {
        using SafeFileHandle root = RawFile.Open(content, RawFile.AsPlace | RawFile.OnlyDirectories, out _);
        if (root.IsInvalid) throw new SandboxUnavailableException(SandboxObstacle.PathAbsent, content);
        // Packages are many, and lie beside each other: what they share is looked at once.
        var seen = new HashSet<string>(StringComparer.Ordinal);
        var made = ImmutableArray.CreateBuilder<string>();
        foreach (var (relative, isDirectory) in Below(home, shown).OrderBy(place => place.Relative, StringComparer.Ordinal))
        {
            if (IsThere(root, relative, isDirectory)) continue;
            string[] segments = relative.Split('/');
            for (int level = 1; level <= segments.Length; level++)
            {
                string path = string.Join('/', segments.Take(level));
                if (!seen.Add(path)) continue;
                string above = string.Join('/', segments.Take(level - 1));
                using SafeFileHandle parent = PlaceBelow.Open(root, above.Length == 0 ? "." : above);
                if (parent.IsInvalid) throw new SandboxUnavailableException(SandboxObstacle.PathAbsent, $"{home}/{relative}");
                bool becomesDirectory = isDirectory || level < segments.Length;
                if (MakeOne(parent, segments[level - 1], becomesDirectory) && becomesDirectory) made.Add(path);
            }
        }
        return made.ToImmutable();
    }

    // As at every start but the first, unless a program has closed a directory above it.
    private static bool IsThere(SafeFileHandle root, string relative, bool isDirectory)
    {
        using SafeFileHandle place = PlaceBelow.Open(root, relative);
        return !place.IsInvalid && FileStatus.Of(place) is var there
            && (isDirectory ? there.Type is FileType.Directory && (there.Mode & OwnersRights) == OwnersRights
                : there.Type is FileType.Regular);
    }

    // What is in the way is the program's own, and kept for it under another name. False where nothing was made.
    private static bool MakeOne(SafeFileHandle parent, string name, bool isDirectory)
    {
        string path = $"/proc/self/fd/{parent.DangerousGetHandle()}/{name}";
        using (SafeFileHandle there = PlaceBelow.Open(parent, name))
        {
            if (!there.IsInvalid)
            {
                FileType type = FileFacts.KindOf(there);
                if (type is FileType.Directory && isDirectory) MayBeEntered(there);
                if (isDirectory ? type is FileType.Directory : type is FileType.Regular) return false;
                AtomicRename.Replace(path, $"{path}.{RandomName.OfBytes(4)}");
            }
        }
        if (isDirectory) return OpenDirectory.TryMake(path, Mode, out _);
        using (RawFile.Open(path, RawFile.WriteOnly | RawFile.Create | RawFile.Exclusive, out _)) return true;
    }

    // Nothing could be mounted below a directory that its program closed.
    private static void MayBeEntered(SafeFileHandle directory)
    {
        UnixFileMode mode = FileFacts.Of(directory).Mode;
        if ((mode & OwnersRights) != OwnersRights)
            File.SetUnixFileMode($"/proc/self/fd/{directory.DangerousGetHandle()}", mode | OwnersRights);
    }

    private static IEnumerable<(string Relative, bool IsDirectory)> Below(string home, IEnumerable<ShownPath> shown)
    {
        foreach (ShownPath one in shown)
        {
            if (one.Path.Length > home.Length && DirectoryTree.Holds(home, one.Path))
                yield return (one.Path[(home.Length + 1)..], one.Type is FileType.Directory);
        }
    }
}
