using System.Text;
using Microsoft.Win32.SafeHandles;
using Sandpiper.Kernel;
using Sandpiper.Kernel.Files;

namespace Sandpiper.Sandbox.Profiles;

/// <summary>
/// One thing of the host that a program is shown: made where it is judged, and from there on the same value for the mount and for the
/// comparison. Whoever may write above it can put a link there a moment later, and bubblewrap takes paths; so the last step inside looks
/// whether it is still the same, when nobody can change it any more.
/// </summary>
public sealed record ShownPath
{
    private ShownPath(string path, string real, FileIdentity identity, FileType type, PathAccess access) =>
        (Path, Real, Identity, Type, Access) = (path, real, identity, type, access);

    /// <summary>As it was asked for; inside it appears there. Absolute, without dots or a slash at its end.</summary>
    public string Path { get; }

    /// <summary>Where it really lay when it was judged.</summary>
    public string Real { get; }

    /// <summary>Which file or directory it was.</summary>
    public FileIdentity Identity { get; }

    /// <summary>Of which kind that is.</summary>
    public FileType Type { get; }

    /// <summary>What may be done with it.</summary>
    public PathAccess Access { get; }

    /// <returns>Null when there is nothing, or we may not look at it.</returns>
    /// <exception cref="ArgumentException">Not a full path.</exception>
    public static ShownPath? At(string path, PathAccess access)
    {
        string whole = Whole(path);
        // The kernel would be asked for another name.
        if (!NativeText.IsText(whole)) return null;
        // Held open, so that place and identity are those of one thing.
        using SafeFileHandle held = RawFile.Open(whole, RawFile.AsPlace, out _);
        return Held(held, whole, access);
    }

    /// <summary>Where this process stands, to be read: the directory itself, under the name that it has just then.</summary>
    /// <returns>Null when it has none any more, or we may not look at it.</returns>
    public static ShownPath? Here()
    {
        using SafeFileHandle held = RawFile.Open(".", RawFile.AsPlace, out _);
        return Held(held, null, PathAccess.Read);
    }

    /// <summary>
    /// Whether it, or what it leads to, has a name that is no UTF-8. Such a name cannot be compared with others, put on record or told, so
    /// nothing is judged by it.
    /// </summary>
    /// <param name="path">From where this process stands, or absolute.</param>
    internal static bool HasNoText(string path)
    {
        if (!NativeText.IsText(path)) return true;
        using SafeFileHandle held = RawFile.Open(path, RawFile.AsPlace, out _);
        return !held.IsInvalid && !NativeText.IsText(NameOf(held) ?? "");
    }

    /// <summary>Where this process stands, as text from which its bytes come back; null where we may not look at it.</summary>
    public static string? NameOfHere()
    {
        using SafeFileHandle held = RawFile.Open(".", RawFile.AsPlace, out _);
        return held.IsInvalid ? null : NameOf(held);
    }

    // As text from which its bytes come back. The base library makes U+FFFD of what is none, and another one may have that for its name.
    private static string? NameOf(SafeFileHandle held)
    {
        string? name = new FileInfo(Named(held)).LinkTarget;
        if (name?.Contains('\ufffd') is not true) return name;
        using SafeFileHandle descriptors = RawFile.Open("/proc/self/fd", RawFile.AsPlace, out _);
        return NameInDirectory.TargetOf(descriptors, Encoding.ASCII.GetBytes($"{held.DangerousGetHandle()}")) is { } bytes
            ? NativeText.Of(bytes) : null;
    }

    private static ShownPath? Held(SafeFileHandle held, string? path, PathAccess access)
    {
        if (held.IsInvalid) return null;
        string? real = NameOf(held);
        if (real is null || !NativeText.IsText(real) || !System.IO.Path.Exists(real)) return null;
        FileStatus status = FileStatus.Of(held);
        return new ShownPath(path ?? real, real, status.Identity, status.Type, access);
    }

    /// <summary>What has to be there: nothing that is granted may be missing in silence.</summary>
    /// <exception cref="SandboxUnavailableException">It is not.</exception>
    public static ShownPath Needed(string path, PathAccess access) =>
        At(path, access) ?? throw new SandboxUnavailableException(SandboxObstacle.PathAbsent, path);

    /// <summary>The very directory that was judged, to be read, whatever its name leads to meanwhile.</summary>
    /// <returns>Null when it is there no more, or may not be read.</returns>
    internal SafeFileHandle? TryOpenDirectory() => TryOpen(RawFile.ReadOnly);

    /// <summary>The same without any right to read it: what is in it is found by <see cref="Named"/>.</summary>
    /// <returns>Null when it is there no more, or we may not go there.</returns>
    internal SafeFileHandle? TryHold() => TryOpen(RawFile.AsPlace);

    /// <summary>A name that leads to what is open, and to nothing else.</summary>
    internal static string Named(SafeFileHandle held) => $"/proc/self/fd/{held.DangerousGetHandle()}";

    /// <summary>The directory in which this one lies, to no name of which a link leads; whatever that name leads to by now.</summary>
    /// <returns>Null when there is none, or we may not look at it.</returns>
    internal ShownPath? Above()
    {
        if (System.IO.Path.GetDirectoryName(Real) is not { } real) return null;
        using SafeFileHandle? held = TryHold();
        if (held is null) return null;
        using SafeFileHandle above = RawFile.Open($"{Named(held)}/..", RawFile.AsPlace, out _);
        return above.IsInvalid ? null : new(real, real, FileFacts.IdentityOf(above), FileType.Directory, Access);
    }

    /// <summary>A directory in this one, which was reached through no link.</summary>
    internal ShownPath Below(string relative, FileIdentity identity, PathAccess access) =>
        new(System.IO.Path.Join(Path, relative), System.IO.Path.Join(Real, relative), identity, FileType.Directory, access);

    /// <summary>The same for another use.</summary>
    internal ShownPath For(PathAccess access) => new(Path, Real, Identity, Type, access);

    private SafeFileHandle? TryOpen(int flags)
    {
        foreach (int _ in Looks.While())
        {
            SafeFileHandle directory = RawFile.Open(Real, flags | RawFile.OnlyDirectories, out int errno);
            if (errno == 0 && FileFacts.IdentityOf(directory) == Identity) return directory;
            directory.Dispose();
            if (errno == Errno.NoAccess) break;
        }
        return null;
    }

    /// <summary>The same, appearing elsewhere.</summary>
    /// <param name="path">Absolute, without dots or a slash at its end.</param>
    public ShownPath Appearing(string path) => new(Whole(path), Real, Identity, Type, Access);

    /// <summary>The same, appearing where it really lies.</summary>
    internal ShownPath AtItsPlace() => new(Real, Real, Identity, Type, Access);

    private static string Whole(string path)
    {
        // With ".." in it a path would sort, and be compared, as another one than it is.
        if (!System.IO.Path.IsPathFullyQualified(path) || path.Contains('\0')
            || !string.Equals(path, System.IO.Path.GetFullPath(path), StringComparison.Ordinal))
        {
            throw new ArgumentException($"not a full path: `{path}`", nameof(path));
        }
        return System.IO.Path.TrimEndingDirectorySeparator(path);
    }
}
