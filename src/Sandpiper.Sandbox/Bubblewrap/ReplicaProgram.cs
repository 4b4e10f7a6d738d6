using System.Collections.Immutable;
using System.Globalization;
using Sandpiper.Kernel.Users;
using Sandpiper.Sandbox.Privileges;
using Sandpiper.Sandbox.Programs;

namespace Sandpiper.Sandbox.Bubblewrap;

/// <summary>The people of a replica are users of their own, in a user namespace that has their uids.</summary>
/// <param name="Bubblewrap">Judged where root is root: in that namespace the system's files seem to be nobody's.</param>
public sealed record RealUsers(string Bubblewrap)
{
    /// <exception cref="SandboxUnavailableException">There is no bubblewrap that could be trusted.</exception>
    public static RealUsers OfThisMachine() => new(Executable.Trusted());
}

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

    // The same for uid 0 of a user namespace, who keeps all rights that he has there.
    private static readonly ImmutableArray<string> NamespacesOfRoot =
        ["--unshare-ipc", "--unshare-pid", "--unshare-net", "--unshare-uts", "--die-with-parent", "--new-session", "--cap-add", "ALL",
            "--hostname", "replica"];

    private const string BecomesSomebody = "/usr/bin/setpriv";

    /// <param name="mounts">Arguments for bubblewrap that make up the tree, in order.</param>
    /// <param name="userId">What the one user is called inside; 0 gives no rights outside what is bound writable.</param>
    /// <param name="command">Absolute path first.</param>
    /// <param name="variables">Its whole environment.</param>
    /// <param name="limit">After that it is killed, with all that it started.</param>
    /// <param name="maxOutputBytes">Of each stream.</param>
    /// <param name="real">Not null: that uid really is his, and files are whose they are.</param>
    /// <exception cref="SandboxUnavailableException">No bubblewrap, or we are root.</exception>
    /// <exception cref="Kernel.KernelException">It could not be started.</exception>
    public static ProgramOutput Run(IEnumerable<string> mounts, int userId, IReadOnlyList<string> command,
        IReadOnlyDictionary<string, string> variables, TimeSpan limit, int maxOutputBytes, RealUsers? real = null)
    {
        var (path, arguments) = Invocation(mounts, userId, command, real);
        return PlainProgram.Run(path, arguments, variables, limit, maxOutputBytes);
    }

    /// <summary>The same with a program that stays, to be asked by lines. What it starts ends with it.</summary>
    /// <exception cref="SandboxUnavailableException">No bubblewrap, or we are root.</exception>
    /// <exception cref="Kernel.KernelException">It could not be started.</exception>
    public static LastingProgram Start(IEnumerable<string> mounts, int userId, IReadOnlyList<string> command,
        IReadOnlyDictionary<string, string> variables, RealUsers? real = null)
    {
        var (path, arguments) = Invocation(mounts, userId, command, real);
        return LastingProgram.Start(path, arguments, variables);
    }

    private static (string Path, ImmutableArray<string> Arguments) Invocation(
        IEnumerable<string> mounts, int userId, IReadOnlyList<string> command, RealUsers? real)
    {
        if (real is null) return (Bubblewrap(), Arguments(mounts, userId, command));
        if (UserNamespace.IsInitial) throw new SandboxUnavailableException(SandboxObstacle.RootHeld);
        if (userId == 0) return (real.Bubblewrap, [.. NamespacesOfRoot, .. mounts, "--chdir", "/", "--", .. command]);
        string user = userId.ToString(CultureInfo.InvariantCulture);
        return (BecomesSomebody, ["--reuid", user, "--regid", user, "--clear-groups", "--inh-caps=-all", "--", real.Bubblewrap,
            .. Arguments(mounts, userId, command)]);
    }

    private static string Bubblewrap() =>
        RootPrivileges.Held ? throw new SandboxUnavailableException(SandboxObstacle.RootHeld) : Executable.Trusted();

    private static ImmutableArray<string> Arguments(IEnumerable<string> mounts, int userId, IReadOnlyList<string> command)
    {
        string user = userId.ToString(CultureInfo.InvariantCulture);
        return [.. Namespaces, "--uid", user, "--gid", user, .. mounts, "--chdir", "/", "--", .. command];
    }
}
