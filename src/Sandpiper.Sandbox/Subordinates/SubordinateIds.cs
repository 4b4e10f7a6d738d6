using System.Collections.Immutable;
using System.Globalization;
using Sandpiper.Kernel.Users;
using Sandpiper.Sandbox.Bubblewrap;
using Sandpiper.Sandbox.Privileges;
using Sandpiper.Sandbox.Programs;

namespace Sandpiper.Sandbox.Subordinates;

/// <summary>
/// Uids and gids that an ordinary user may use beside his own (subuid(5), newuidmap(1)), in a user namespace in which he is uid 0. To the
/// rest of the machine nobody there is more than he is.
/// </summary>
public sealed class SubordinateIds
{
    private const string MakesUsers = "/usr/bin/newuidmap", MakesGroups = "/usr/bin/newgidmap", Unshare = "/usr/bin/unshare";

    // Says which process it is, for somebody outside has to give it its ids, and becomes the program when it has them.
    private const string Waiting = "read -r _; echo $$; read -r _; exec \"$@\"";

    private const int MostOutput = 16 << 10;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);
    private static readonly ImmutableDictionary<string, string> NoVariables = ImmutableDictionary<string, string>.Empty;

    private readonly uint _firstUser, _firstGroup;

    private SubordinateIds(uint firstUser, uint firstGroup) => (_firstUser, _firstGroup) = (firstUser, firstGroup);

    /// <summary>Those of the user who runs this.</summary>
    /// <param name="login">His name.</param>
    /// <param name="count">How many are needed, of users and of groups.</param>
    /// <returns>Null when he has fewer, is root, or the system has not the programs that hand them out.</returns>
    public static SubordinateIds? OfThisUser(string login, int count)
    {
        if (RootPrivileges.Held) return null;
        try
        {
            foreach (string program in (string[])[MakesUsers, MakesGroups, Unshare]) _ = Executable.Trusted(program);
        }
        catch (SandboxUnavailableException)
        {
            return null;
        }
        return First("/etc/subuid", login, count) is { } user && First("/etc/subgid", login, count) is { } group ? new(user, group) : null;
    }

    /// <summary>Starts a program in such a namespace, as uid 0 of it; it stays, to be asked by lines.</summary>
    /// <param name="inside">The ids that there are besides 0, users and groups alike; each a subordinate one.</param>
    /// <param name="path">Absolute; never looked up.</param>
    /// <param name="variables">Its whole environment.</param>
    /// <returns>Null when the namespace could not be made, as where a system forbids it.</returns>
    /// <exception cref="Kernel.KernelException">A program could not be started.</exception>
    public LastingProgram? Start(
        IReadOnlyList<int> inside, string path, IReadOnlyList<string> arguments, IReadOnlyDictionary<string, string> variables)
    {
        LastingProgram program = LastingProgram.Start(
            Unshare, ["--user", "--", "/bin/sh", "-c", Waiting, "sh", path, .. arguments], variables);
        if (program.Ask([], Patience, 64) is { } answer
            && int.TryParse(answer, NumberStyles.None, CultureInfo.InvariantCulture, out int process)
            && IsMapped(MakesUsers, process, UserIds.Real, _firstUser, inside)
            && IsMapped(MakesGroups, process, UserIds.RealGroup, _firstGroup, inside)
            && program.Tell([]))
        {
            return program;
        }
        program.Dispose();
        return null;
    }

    private static bool IsMapped(string maker, int process, uint own, uint first, IReadOnlyList<int> inside)
    {
        List<string> words = [Text(process), "0", Text(own), "1"];
        for (int i = 0; i < inside.Count; i++) words.AddRange([Text(inside[i]), Text(first + i), "1"]);
        return PlainProgram.Run(maker, words, NoVariables, Patience, MostOutput).ExitCode == 0;
    }

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);

    private static uint? First(string file, string login, int count)
    {
        try
        {
            return First(File.ReadLines(file), login, UserIds.Real, count);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>The first id of the first range that is his and large enough; null: there is none.</summary>
    /// <param name="lines">Of subuid(5): <c>LOGIN:FIRST:COUNT</c>, or the uid for the login.</param>
    internal static uint? First(IEnumerable<string> lines, string login, uint user, int count)
    {
        foreach (string line in lines)
        {
            if (line.Split(':') is [var whose, var start, var length]
                && (string.Equals(whose, login, StringComparison.Ordinal) || string.Equals(whose, Text(user), StringComparison.Ordinal))
                && uint.TryParse(start, NumberStyles.None, CultureInfo.InvariantCulture, out uint first) && first > 0
                && uint.TryParse(length, NumberStyles.None, CultureInfo.InvariantCulture, out uint many) && many >= count
                && first <= uint.MaxValue - many)
            {
                return first;
            }
        }
        return null;
    }
}
