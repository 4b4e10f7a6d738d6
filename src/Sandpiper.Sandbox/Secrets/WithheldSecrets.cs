using System.Collections.Immutable;
using Microsoft.Win32.SafeHandles;
using Sandpiper.Kernel;
using Sandpiper.Kernel.Files;
using Sandpiper.Sandbox.Bubblewrap;
using Sandpiper.Sandbox.Decoys;
using Sandpiper.Sandbox.Profiles;

namespace Sandpiper.Sandbox.Secrets;

/// <summary>
/// Settings of a project in which passwords and tokens stand, as a program is shown them: <c>.env</c> is empty, and the settings of its
/// repository are without what they log in with. Who opened such a file is known, for nobody else can: it is made for this run.
/// </summary>
public sealed class WithheldSecrets : IDisposable
{
    // Each watch is one of the few that a user has; the others are empty all the same.
    private const int MostWatched = 32;
    private const int MostSettingsBytes = 1 << 20;

    // Not where TMPDIR says, which may be granted: who writes there would choose what is found inside, and what is removed afterwards.
    private const string Above = "/tmp";

    private readonly string? _made;
    private readonly ImmutableArray<(string Path, DecoyWatch Watch)> _watches;

    private WithheldSecrets(Confinement confinement, string? made, ImmutableArray<(string, DecoyWatch)> watches) =>
        (Confinement, _made, _watches) = (confinement, made, watches);

    /// <summary>With them.</summary>
    public Confinement Confinement { get; }

    /// <summary>Those that are empty inside and were opened there.</summary>
    public IEnumerable<string> Opened
    {
        get
        {
            foreach (var (path, watch) in _watches)
            {
                if (watch.Count > 0) yield return path;
            }
        }
    }

    /// <summary>Of all that are withheld: whether it is empty inside, or without logins.</summary>
    public ImmutableArray<(string Path, bool IsEmpty)> All { get; private init; } = [];

    /// <summary>Nothing is made, and nothing withheld, where there is none.</summary>
    /// <param name="confinement">What is shown; a file that it names itself is shown as it is.</param>
    /// <param name="projects">Directories in it that are somebody's: not those of packages.</param>
    /// <exception cref="IOException">They cannot be made: then nothing may be started.</exception>
    public static WithheldSecrets For(Confinement confinement, IEnumerable<ShownPath> projects)
    {
        string[] named = [.. confinement.Writable, .. confinement.Mounted.Select(shown => shown.Path)];
        ShownPath[] directories = [.. projects.Where(project => project.Type is FileType.Directory)];
        SecretPlace[] empty = [.. directories.SelectMany(SecretPlace.In).DistinctBy(place => place.Path, StringComparer.Ordinal)
            // What is shown in a closed directory would not be seen with something over that.
            .SelectMany(place => place.IsDirectory && named.Any(shown => DirectoryTree.Holds(place.Path, shown))
                ? SecretPlace.CalledAsUsualIn(place.Path) : [place])
            .Where(place => IsWithheld(place.Path)).Take(NamesInside.MostProtected + 1)];
        if (empty.Length > NamesInside.MostProtected)
            throw new IOException($"`{Path.GetDirectoryName(empty[^1].Path)}` holds thousands of `.env` files, and each would be withheld");
        var settings = new List<(string Path, byte[] Content)>();
        foreach (ShownPath directory in directories)
        {
            string path = Path.Join(directory.Path, ".git/config");
            if (IsWithheld(Path.Join(directory.Path, ".git")) && IsWithheld(path) && Redacted(directory, ".git/config") is { } content)
                settings.Add((path, content));
        }
        if (empty.Length + settings.Count == 0) return new(confinement, made: null, []);

        string made = Path.Join(Above, $"sandpiper-withheld-{RandomName.OfBytes(8)}");
        if (!OpenDirectory.TryMake(made, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, out int errno))
            throw new KernelException("mkdir", errno, made);
        string nothing = Path.Join(made, "nothing"), closed = Path.Join(made, "closed");
        File.WriteAllBytes(nothing, []);
        Directory.CreateDirectory(closed, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        var watches = ImmutableArray.CreateBuilder<(string, DecoyWatch)>();
        var replaced = ImmutableArray.CreateBuilder<(string, ShownPath)>();
        foreach (SecretPlace place in empty)
        {
            bool isWatched = !place.IsDirectory && watches.Count < MostWatched;
            string instead = isWatched ? Written([]) : place.IsDirectory ? closed : nothing;
            if (isWatched) watches.Add((place.Path, new DecoyWatch(instead)));
            replaced.Add((place.Path, ShownPath.Needed(instead, PathAccess.Read)));
        }
        foreach (var (path, content) in settings) replaced.Add((path, ShownPath.Needed(Written(content), PathAccess.Read)));
        return new(confinement with { Replaced = replaced.ToImmutable() }, made, watches.ToImmutable())
        {
            All = [.. empty.Select(place => (place.Path, true)), .. settings.Select(file => (file.Path, file.Content.Length == 0))],
        };

        string Written(byte[] content)
        {
            string file = Path.Join(made, $"{replaced.Count}");
            File.WriteAllBytes(file, content);
            return file;
        }

        bool IsWithheld(string path) => !named.Contains(path, StringComparer.Ordinal);
    }

    public void Dispose()
    {
        foreach (var (_, watch) in _watches) watch.Dispose();
        if (_made is not null) Directory.Delete(_made, recursive: true);
    }

    private static byte[]? Redacted(ShownPath directory, string name)
    {
        using SafeFileHandle held = SecretPlace.Held(directory);
        string path = Path.Join(ShownPath.Named(held), name);
        try
        {
            if (RegularFile.TryRead(path, MostSettingsBytes) is { } content) return RepositoryLogins.Without(content);
            // Larger than anybody's: nobody looks through it for what git logs in with.
            return FileStatus.TryRead(path, out FileStatus status)
                && status is { Type: FileType.Regular, Size: > MostSettingsBytes } ? [] : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null; // what cannot be read outside cannot be read inside
        }
    }
}
