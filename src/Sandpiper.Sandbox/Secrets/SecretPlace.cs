using Microsoft.Win32.SafeHandles;
using Sandpiper.Kernel;
using Sandpiper.Kernel.Files;
using Sandpiper.Kernel.Users;
using Sandpiper.Sandbox.Profiles;

namespace Sandpiper.Sandbox.Secrets;

/// <summary>Where a project keeps the environment of its programs.</summary>
/// <param name="Path">A file; or a directory of the user's own that nobody can look into: who opens it again finds what is in it.</param>
/// <param name="IsDirectory">Which of them.</param>
internal readonly record struct SecretPlace(string Path, bool IsDirectory)
{
    private static readonly EnumerationOptions ThroughNoLink = new()
    {
        IgnoreInaccessible = false, AttributesToSkip = FileAttributes.ReparsePoint, MatchType = MatchType.Simple,
    };

    /// <summary>Directly in a directory and one level down, as people lay services out; however many there are.</summary>
    /// <remarks>A program that may write there makes as many names as it likes, and closes what it likes, for the next one.</remarks>
    /// <exception cref="IOException">It is closed itself.</exception>
    public static IEnumerable<SecretPlace> In(ShownPath directory)
    {
        using SafeFileHandle held = Held(directory);
        string there = ShownPath.Named(held);
        if (FilesIn(there) is not { } here
            || Listed(() => Directory.EnumerateDirectories(there, "*", ThroughNoLink)) is not { } below)
        {
            return IsOurs(there) ? throw Closed(directory) : Array.Empty<SecretPlace>(); // it stays closed inside
        }
        return [.. here.Concat(below.SelectMany(one => FilesIn(one) ?? (IsOurs(one) ? [new(one, IsDirectory: true)] : [])))
            .Select(found => found with { Path = directory.Path + found.Path[there.Length..] })];
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

    // Also where the names alone can be read: nobody knows what lies behind them.
    private static SecretPlace[]? FilesIn(string directory) => !ProgramFile.MayRun(directory) ? null
        : Listed(() => Directory.EnumerateFiles(directory, ".env*", ThroughNoLink)
        .Where(path => EnvironmentFile.HoldsSecrets(System.IO.Path.GetFileName(path)) && FileStatus.TryRead(path, out FileStatus status)
            && status.Type is FileType.Regular && status.Size > 0)
        .Select(path => new SecretPlace(path, IsDirectory: false)));

    // Null where it is closed. It may go at any moment; what is not there any more is not shown, either.
    private static T[]? Listed<T>(Func<IEnumerable<T>> names)
    {
        try
        {
            return [.. names()];
        }
        catch (DirectoryNotFoundException)
        {
            return [];
        }
        catch (Exception e) when (e is UnauthorizedAccessException or KernelException { Errno: Errno.NoAccess })
        {
            return null;
        }
    }

    private static bool IsOurs(string directory) =>
        FileStatus.TryRead(directory, out FileStatus status) && status.UserId == UserIds.Real;
}
