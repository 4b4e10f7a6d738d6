using System.Collections.Immutable;
using Microsoft.Win32.SafeHandles;
using Sandpiper.Kernel.Files;
using Sandpiper.Kernel.Users;
using Sandpiper.Sandbox.Profiles;

namespace Sandpiper.Sandbox.Secrets;

/// <summary>Where a project keeps the environment of its programs.</summary>
/// <param name="Path">A file; or a directory of the user's own that nobody can look into: who opens it again finds what is in it.</param>
/// <param name="IsDirectory">Which of them.</param>
internal readonly record struct SecretPlace(string Path, bool IsDirectory)
{
    /// <summary>Directly in a directory and one level down, as people lay services out; however many there are.</summary>
    /// <remarks>A program that may write there makes as many names as it likes, and closes what it likes, for the next one.</remarks>
    /// <exception cref="IOException">It is closed itself.</exception>
    public static IEnumerable<SecretPlace> In(ShownPath directory)
    {
        using SafeFileHandle held = Held(directory);
        using SafeFileHandle read = PlaceBelow.OpenDirectory(held, "."u8);
        if (!IsOpen(read)) return IsOurs(held) ? throw Closed(directory) : Array.Empty<SecretPlace>(); // it stays closed inside
        ImmutableArray<DirectoryEntry> here = DirectoryEntries.Of(read);
        return
        [
            .. FilesIn(read, here, directory.Path),
            .. here.Where(entry => entry.Type is FileType.Directory or null)
                .SelectMany(entry => InOneBelow(read, entry.Name, directory.Path)),
        ];
    }

    private static IEnumerable<SecretPlace> InOneBelow(SafeFileHandle around, byte[] name, string path)
    {
        using SafeFileHandle held = PlaceBelow.Open(around, name);
        // It may go at any moment; what is not there any more is not shown, either.
        if (held.IsInvalid || FileFacts.KindOf(held) is not FileType.Directory) return [];
        string whole = System.IO.Path.Join(path, NativeText.Of(name));
        using SafeFileHandle read = PlaceBelow.OpenDirectory(held, "."u8);
        return IsOpen(read) ? FilesIn(read, DirectoryEntries.Of(read), whole)
            : IsOurs(held) ? [new SecretPlace(whole, IsDirectory: true)] : [];
    }

    /// <summary>The directory itself: its name may lead elsewhere by now, and the program is shown what was judged.</summary>
    /// <exception cref="IOException">It is there no more.</exception>
    public static SafeFileHandle Held(ShownPath directory) => directory.TryHold() ?? throw Closed(directory);

    private static IOException Closed(ShownPath directory) =>
        new($"`{directory.Path}` cannot be read, so what is secret in it could not be withheld");

    /// <summary>In a closed directory: those that anybody would guess.</summary>
    public static IEnumerable<SecretPlace> CalledAsUsualIn(string directory) => EnvironmentFile.Usual
        .Select(name => new SecretPlace(System.IO.Path.Join(directory, name), IsDirectory: false))
        .Where(place => File.Exists(place.Path));

    private static IEnumerable<SecretPlace> FilesIn(SafeFileHandle directory, ImmutableArray<DirectoryEntry> entries, string path) =>
    [
        .. entries.Where(entry => EnvironmentFile.HoldsSecrets(NativeText.Of(entry.Name))
                && NameInDirectory.TryLookAt(directory, entry.Name, out FileStatus status)
                && status is { Type: FileType.Regular, Size: > 0 })
            .Select(entry => new SecretPlace(System.IO.Path.Join(path, NativeText.Of(entry.Name)), IsDirectory: false)),
    ];

    // Not where the names alone can be read: nobody knows what lies behind them.
    private static bool IsOpen(SafeFileHandle read) => !read.IsInvalid && ProgramFile.MayRun(ShownPath.Named(read));

    private static bool IsOurs(SafeFileHandle directory) => FileStatus.Of(directory).UserId == UserIds.Real;
}
