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
        // Held open, so that place and identity are those of one thing.
        using SafeFileHandle held = RawFile.Open(whole, RawFile.AsPlace, out _);
        if (held.IsInvalid) return null;
        string? real = new FileInfo($"/proc/self/fd/{held.DangerousGetHandle()}").LinkTarget;
        if (real is null || !System.IO.Path.Exists(real)) return null;
        FileStatus status = FileStatus.Of(held);
        return new ShownPath(whole, real, status.Identity, status.Type, access);
    }

    /// <summary>What has to be there: nothing that is granted may be missing in silence.</summary>
    /// <exception cref="SandboxUnavailableException">It is not.</exception>
    public static ShownPath Needed(string path, PathAccess access) =>
        At(path, access) ?? throw new SandboxUnavailableException(SandboxObstacle.PathAbsent, path);

    /// <summary>The very directory that was judged, to be read, whatever its name leads to meanwhile.</summary>
    /// <returns>Null when it is there no more, or may not be read.</returns>
    internal SafeFileHandle? TryOpenDirectory()
    {
        foreach (int _ in Looks.While())
        {
            SafeFileHandle directory = RawFile.Open(Real, RawFile.ReadOnly | RawFile.OnlyDirectories, out int errno);
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
