using System.Collections.Immutable;
using System.Security.Cryptography;
using Sandpiper.Kernel;
using Sandpiper.Kernel.Files;
using Sandpiper.Sandbox.Decoys;
using Sandpiper.Sandbox.Profiles;

namespace Sandpiper.Sandbox.Secrets;

/// <summary>
/// Settings of a project in which passwords and tokens stand, as a program is shown them: <c>.env</c> is empty, and the settings of its
/// repository are without what they log in with. Who opened such a file is known, for nobody else can: it is made for this run.
/// </summary>
public sealed class WithheldSecrets : IDisposable
{
    private const int MostDirectories = 256, MostFiles = 32;
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
    public IEnumerable<string> Opened => _watches.Where(watch => watch.Watch.Count > 0).Select(watch => watch.Path);

    /// <summary>Of all that are withheld: whether it is empty inside, or without logins.</summary>
    public IEnumerable<(string Path, bool IsEmpty)> All => Confinement.Replaced.Select(replaced =>
        (replaced.Path, _watches.Any(watch => string.Equals(watch.Path, replaced.Path, StringComparison.Ordinal))));

    /// <summary>Nothing is made, and nothing withheld, where there is none.</summary>
    /// <param name="confinement">What is shown; a file that it names itself is shown as it is.</param>
    /// <param name="projects">Directories in it that are somebody's: not those of packages.</param>
    /// <exception cref="IOException">They cannot be made: then nothing may be started.</exception>
    public static WithheldSecrets For(Confinement confinement, IEnumerable<string> projects)
    {
        string[] named = [.. confinement.Writable, .. confinement.PathsWith(PathAccess.Read)];
        string[] directories = [.. projects.Where(Directory.Exists)];
        string[] empty = [.. directories.SelectMany(EnvironmentFilesIn).Where(IsWithheld).Take(MostFiles)];
        (string Path, byte[] Content)[] settings =
        [
            .. from directory in directories
               where IsWithheld(Path.Join(directory, ".git"))
               let path = Path.Join(directory, ".git/config")
               where IsWithheld(path)
               let content = Redacted(path)
               where content is not null
               select (path, content),
        ];
        if (empty.Length + settings.Length == 0) return new(confinement, made: null, []);

        string made = Path.Join(Above, $"sandpiper-withheld-{RandomNumberGenerator.GetHexString(16, lowercase: true)}");
        if (!OpenDirectory.TryMake(made, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, out int errno))
            throw new KernelException("mkdir", errno, made);
        var watches = ImmutableArray.CreateBuilder<(string, DecoyWatch)>();
        var replaced = ImmutableArray.CreateBuilder<(string, ShownPath)>();
        foreach (var (path, content) in empty.Select(path => (path, Array.Empty<byte>())).Concat(settings))
        {
            string file = Path.Join(made, $"{replaced.Count}");
            File.WriteAllBytes(file, content);
            ShownPath shown = ShownPath.Needed(file, PathAccess.Read);
            replaced.Add((path, shown));
            if (content.Length == 0) watches.Add((path, new DecoyWatch(file)));
        }
        return new(confinement with { Replaced = replaced.ToImmutable() }, made, watches.ToImmutable());

        bool IsWithheld(string path) => !named.Contains(path, StringComparer.Ordinal);
    }

    public void Dispose()
    {
        foreach (var (_, watch) in _watches) watch.Dispose();
        if (_made is not null) Directory.Delete(_made, recursive: true);
    }

    // Directly in it and one level down, as people lay services out. Through no link.
    private static IEnumerable<string> EnvironmentFilesIn(string directory)
    {
        var options = new EnumerationOptions
        {
            IgnoreInaccessible = true, AttributesToSkip = FileAttributes.ReparsePoint, MatchType = MatchType.Simple,
        };
        return Listed(() => Directory.EnumerateDirectories(directory, "*", options).Take(MostDirectories)).Prepend(directory)
            .SelectMany(place => Listed(() => Directory.EnumerateFiles(place, ".env*", options)))
            .Where(path => EnvironmentFile.HoldsSecrets(Path.GetFileName(path)) && FileStatus.TryRead(path, out FileStatus status)
                && status.Type is FileType.Regular && status.Size > 0);
    }

    // A directory may go at any moment; what is not there any more is not shown, either.
    private static string[] Listed(Func<IEnumerable<string>> names)
    {
        try
        {
            return [.. names()];
        }
        catch (DirectoryNotFoundException)
        {
            return [];
        }
    }

    private static byte[]? Redacted(string path)
    {
        try
        {
            return RegularFile.TryRead(path, MostSettingsBytes) is { } content ? RepositoryLogins.Without(content) : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null; // what cannot be read outside cannot be read inside
        }
    }
}
