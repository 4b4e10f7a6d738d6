using System.Collections;
using System.Collections.Immutable;
using Sandpiper.Console;
using Sandpiper.Kernel.Files;
using Sandpiper.Kernel.Users;
using Sandpiper.Sandbox.Profiles;

namespace Sandpiper.Commands;

/// <summary>Reads who calls from the process.</summary>
internal static class Callers
{
    // Where somebody renames it meanwhile, it is one place all the same: what is granted as `.` is where the program starts.
    private static readonly Lazy<ShownPath?> Here = new(ShownPath.Here);
    private static readonly Lazy<string?> Found = new(() => Here.Value?.Real ?? CurrentDirectory());

    private static string NameOfHere => Found.Value ?? "/";

    /// <summary>Of a path as it was typed here.</summary>
    /// <exception cref="ExplainedException">It is one from here, and this directory is gone.</exception>
    public static string FullPath(string typed) =>
        Path.IsPathRooted(typed) || Found.Value is not null ? Path.GetFullPath(typed, NameOfHere)
            : throw new ExplainedException(Explanations.HereIsGone with { Because = [$"`{typed}` is a path from there"] });

    public static Caller Of(Session session)
    {
        var (login, loginHome) = Login();
        return new(
            Session.Home,
            // Root's home stays root's: the ordinary user that we became has a place of his own, inside.
            session.WasRoot ? "/home/sandpiper" : Session.Home is "/" ? "/home/user" : Session.Home,
            session.Places.Cache,
            NameOfHere,
            // a uid without a name is common in containers
            session.WasRoot ? "sandpiper" : (login ?? Environment.UserName) is { Length: > 0 } name ? name : "user",
            session.WasRoot,
            Variables(),
            DirectoryRights.MayWrite)
        {
            Here = Here.Value,
            LoginHome = loginHome,
            OwnProgram = session.OwnExecutable,
            SecondStages = Session.UsualPlaces(session.WasRoot).SecondStages,
        };
    }

    private static ImmutableDictionary<string, string> Variables() => Environment.GetEnvironmentVariables().Cast<DictionaryEntry>()
        .ToImmutableDictionary(variable => (string)variable.Key, variable => (string)variable.Value!, StringComparer.Ordinal);

    // Null: removed meanwhile, or root's own. Then there is none to show.
    private static string? CurrentDirectory()
    {
        // By the text that the base library makes of it another directory would be found.
        if (ShownPath.NameOfHere() is { } name && !NativeText.IsText(name)) return name;
        try
        {
            return Directory.GetCurrentDirectory();
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    // Whoever starts us with another HOME has the home that is his all the same, and his keys in it. Name and home as passwd(5) has them;
    // neither where the user is on no list of this machine's, but a server's.
    private static (string? Name, string? Home) Login()
    {
        string uid = $"{UserIds.Real}";
        Span<Range> fields = stackalloc Range[7];
        try
        {
            foreach (ReadOnlySpan<char> line in File.ReadAllText("/etc/passwd").AsSpan().EnumerateLines())
            {
                if (line.Split(fields, ':') < 6 || !line[fields[2]].SequenceEqual(uid)) continue;
                ReadOnlySpan<char> home = line[fields[5]];
                return (line[fields[0]].ToString(), home is ['/', ..] ? home.ToString() : null);
            }
        }
        catch (IOException)
        {
            // Then he is on none.
        }
        return (null, null);
    }
}
