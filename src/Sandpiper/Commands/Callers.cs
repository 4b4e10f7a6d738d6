using System.Collections;
using System.Collections.Immutable;
using Sandpiper.Sandbox.Profiles;

namespace Sandpiper.Commands;

/// <summary>Reads who calls from the process.</summary>
internal static class Callers
{
    public static Caller Of(Session session) => new(
        Session.Home,
        // Root's home stays root's: the ordinary user that we became has a place of his own, inside.
        session.WasRoot ? "/home/sandpiper" : Session.Home is "/" ? "/home/user" : Session.Home,
        session.Places.Cache,
        CurrentDirectory(),
        // a uid without a name is common in containers
        session.WasRoot ? "sandpiper" : Environment.UserName is { Length: > 0 } name ? name : "user",
        session.WasRoot,
        Variables(),
        MayWrite);

    private static ImmutableDictionary<string, string> Variables() => Environment.GetEnvironmentVariables().Cast<DictionaryEntry>()
        .ToImmutableDictionary(variable => (string)variable.Key, variable => (string)variable.Value!, StringComparer.Ordinal);

    // Removed meanwhile, or root's own: then there is none to show.
    private static string CurrentDirectory()
    {
        try
        {
            return Directory.GetCurrentDirectory();
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return "/";
        }
    }

    // Asked of the kernel by trying: mode bits do not know of read-only mounts and access lists.
    private static bool MayWrite(string directory)
    {
        string probe = Path.Combine(directory, $".sandpiper-{Environment.ProcessId}");
        try
        {
            using (File.OpenHandle(probe, FileMode.CreateNew, FileAccess.Write, FileShare.None, FileOptions.DeleteOnClose))
            {
            }
            return true;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }
}
