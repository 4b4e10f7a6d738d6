using System.Collections.Immutable;

namespace Sandpiper.Sandbox.Profiles;

/// <summary>Who runs a program, from where, with what: read once from the process, so that a test can be anybody.</summary>
/// <param name="Home">The real home directory; never shown.</param>
/// <param name="SandboxHome">Where the program's private, empty home appears.</param>
/// <param name="Cache">Where what indexes said is kept.</param>
/// <param name="CurrentDirectory">Absolute.</param>
/// <param name="UserName">As the program shall see it.</param>
/// <param name="WasRoot">Started as root, an ordinary user since.</param>
/// <param name="Variables">The caller's environment variables.</param>
/// <param name="MayWrite">Whether the caller may write in a directory.</param>
public sealed record Caller(
    string Home, string SandboxHome, string Cache, string CurrentDirectory, string UserName, bool WasRoot,
    ImmutableDictionary<string, string> Variables, Func<string, bool> MayWrite)
{
    /// <summary>
    /// What is at <see cref="CurrentDirectory"/>, known from standing in it: who may write above can have its name lead elsewhere at any
    /// moment. Null: what the name leads to.
    /// </summary>
    public ShownPath? Here { get; init; }

    /// <summary>The home that the system's list of users names; null when that is not known.</summary>
    public string? LoginHome { get; init; }

    /// <summary>This very program: what is written over it runs with all of the caller's rights. Null: not to be protected.</summary>
    public string? OwnProgram { get; init; }

    /// <summary>The directory in which what runs in each sandbox first lies as a file; null: nowhere.</summary>
    public string? SecondStages { get; init; }

    /// <summary>What is at a path. Of where it stands, and what that lies in, no name is looked up.</summary>
    /// <inheritdoc cref="ShownPath.At"/>
    internal ShownPath? At(string path, PathAccess access)
    {
        string whole = Path.TrimEndingDirectorySeparator(path);
        ShownPath? at = Here;
        while (at is not null && at.Path.Length > whole.Length && DirectoryTree.Holds(whole, at.Path)) at = at.Above();
        return string.Equals(at?.Path, whole, StringComparison.Ordinal) ? at!.For(access) : ShownPath.At(path, access);
    }
}
