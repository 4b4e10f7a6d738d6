using Sandpiper.Sandbox.Profiles;

namespace Sandpiper.Sandbox.Remembered;

/// <summary>A user's decision that a command may do more than it would be let, from now on.</summary>
/// <param name="Environment">The environment whose packages it runs with: another one's command of that name is another program.</param>
/// <param name="Grants">
/// What it may. Paths are absolute; for every project they may be relative, and are below the project in which it runs.
/// </param>
/// <param name="Who">Login name of who decided.</param>
/// <param name="When">When he decided.</param>
public sealed record RememberedGrant(string Environment, Grants Grants, string Who, DateTimeOffset When)
{
    /// <summary>Counted from 1, in the order in which they were made: what is typed to withdraw it. 0 until it is on record.</summary>
    public int Number { get; init; }

    /// <summary>
    /// The name that it is started by; an absolute path when it was named by one. Null: every command. What is behind a name may be
    /// replaced by the next install: it is the name that is trusted.
    /// </summary>
    public string? Command { get; init; }

    /// <summary>The directory of the only <see cref="Profiles.Project"/> that it holds in; null: in all.</summary>
    public string? Project { get; init; }

    /// <summary>Who took it back; null: nobody.</summary>
    public string? WithdrawnBy { get; init; }

    public DateTimeOffset? WithdrawnWhen { get; init; }

    /// <summary>Whether it counts for a run.</summary>
    /// <param name="environment">Whose packages are used.</param>
    /// <param name="command">As <see cref="CommandOf"/> gives it.</param>
    /// <param name="project">The directory of the project it is started in; null: in none.</param>
    public bool HoldsFor(string environment, string command, string? project) => WithdrawnBy is null
        && string.Equals(Environment, environment, StringComparison.Ordinal)
        && (Command is null || string.Equals(Command, command, StringComparison.Ordinal))
        && (Project is null || string.Equals(Project, project, StringComparison.Ordinal));

    /// <summary>How a command is remembered: a name as it is typed, a path as one that is the same from everywhere.</summary>
    public static string CommandOf(string word, string currentDirectory) =>
        word.Contains('/', StringComparison.Ordinal) ? Path.GetFullPath(word, currentDirectory) : word;
}
