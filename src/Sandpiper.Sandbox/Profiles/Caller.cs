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
    /// <summary>The home that the system's list of users names; null when that is not known.</summary>
    public string? LoginHome { get; init; }

    /// <summary>This very program: what is written over it runs with all of the caller's rights. Null: not to be protected.</summary>
    public string? OwnProgram { get; init; }
}
