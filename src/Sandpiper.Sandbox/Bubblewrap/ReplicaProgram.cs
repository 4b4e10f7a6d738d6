using System.Collections.Immutable;
using System.Globalization;
using Sandpiper.Sandbox.Privileges;
using Sandpiper.Sandbox.Programs;

namespace Sandpiper.Sandbox.Bubblewrap;

/// <summary>
/// Runs a program in a file tree that the caller puts together from nothing, with namespaces of its own and no network but loopback:
/// for a small system that is made up to be looked at from outside. No more is shown of this machine than the caller binds.
/// </summary>
/// <remarks>Not for packages of others: there is no filter of system calls here, and what is bound is not judged.</remarks>
public static class ReplicaProgram
{
    // `--uid` only names the one user that there is: he owns what we own, and to root's files he is nobody, whatever he is called.
    private static readonly ImmutableArray<string> Namespaces =
        ["--unshare-all", "--unshare-user", "--die-with-parent", "--new-session", "--cap-drop", "ALL", "--hostname", "replica"];

    /// <param name="mounts">Arguments for bubblewrap that make up the tree, in order.</param>
    /// <param name="userId">What the one user is called inside; 0 gives no rights outside what is bound writable.</param>
    /// <param name="command">Absolute path first.</param>
    /// <param name="variables">Its whole environment.</param>
    /// <param name="limit">After that it is killed, with all that it started.</param>
    /// <param name="maxOutputBytes">Of each stream.</param>
    /// <exception cref="SandboxUnavailableException">No bubblewrap, or we are root.</exception>
    /// <exception cref="Kernel.KernelException">It could not be started.</exception>
    public static ProgramOutput Run(IEnumerable<string> mounts, int userId, IReadOnlyList<string> command,
        IReadOnlyDictionary<string, string> variables, TimeSpan limit, int maxOutputBytes)
    {
        return PlainProgram.Run(Bubblewrap(), Arguments(mounts, userId, command), variables, limit, maxOutputBytes);
    }

    /// <summary>The same with a program that stays, to be asked by lines. What it starts ends with it.</summary>
    /// <exception cref="SandboxUnavailableException">No bubblewrap, or we are root.</exception>
    /// <exception cref="Kernel.KernelException">It could not be started.</exception>
    public static LastingProgram Start(IEnumerable<string> mounts, int userId, IReadOnlyList<string> command,
        IReadOnlyDictionary<string, string> variables) =>
        LastingProgram.Start(Bubblewrap(), Arguments(mounts, userId, command), variables);

    private static string Bubblewrap() =>
        RootPrivileges.Held ? throw new SandboxUnavailableException(SandboxObstacle.RootHeld) : Executable.Trusted();

    private static ImmutableArray<string> Arguments(IEnumerable<string> mounts, int userId, IReadOnlyList<string> command)
    {
        string user = userId.ToString(CultureInfo.InvariantCulture);
        return [.. Namespaces, "--uid", user, "--gid", user, .. mounts, "--chdir", "/", "--", .. command];
    }
}
