using System.Collections.Immutable;
using System.Globalization;

namespace Sandpiper.Sandbox.Attempts;

/// <summary>What attempts are aimed at: made for them, and worth nothing.</summary>
/// <param name="Key">A file that is not shown.</param>
/// <param name="KeyToChange">Another one beside it.</param>
/// <param name="AtHome">A name in the user's home that nothing has.</param>
/// <param name="Shown">A directory that may be read, with a file <c>kept</c> and sockets <c>socket</c> and <c>datagrams</c>.</param>
/// <param name="Writable">One that may be written, with a repository and a <c>socket</c>.</param>
/// <param name="TcpPort">Where somebody listens on the loopback address.</param>
/// <param name="UdpPort">The same for datagrams.</param>
/// <param name="Abstract">Name of a socket that no file stands for.</param>
/// <param name="Victim">A process outside.</param>
/// <param name="Token">In its environment.</param>
internal sealed record Bait(
    string Key, string KeyToChange, string AtHome, string Shown, string Writable, int TcpPort, int UdpPort, string Abstract, int Victim,
    string Token)
{
    /// <summary>Of <see cref="Key"/>.</summary>
    public const string Content = "a decoy of sandpiper doctor\n";

    /// <summary>What an attempt leaves.</summary>
    public const string Planted = "left by sandpiper doctor\n";

    private const string Name = "bait";
    private const char Between = '\0';      // the one character that is in no path

    /// <summary>Where it says what seemed to work.</summary>
    public string Results => Path.Combine(Writable, "results");

    public void Write()
    {
        string[] fields = [Key, KeyToChange, AtHome, Shown, Writable, $"{TcpPort}", $"{UdpPort}", Abstract, $"{Victim}", Token];
        File.WriteAllText(Path.Combine(Shown, Name), string.Join(Between, fields));
    }

    /// <exception cref="FormatException">It is none.</exception>
    public static Bait Read(string shown)
    {
        string[] fields = File.ReadAllText(Path.Combine(shown, Name)).Split(Between);
        return fields is [var key, var change, var home, var s, var w, var tcp, var udp, var name, var victim, var token]
            ? new(key, change, home, s, w, Number(tcp), Number(udp), name, Number(victim), token) : throw new FormatException("no bait");

        static int Number(string text) => int.Parse(text, NumberStyles.None, CultureInfo.InvariantCulture);
    }
}

/// <summary>This program in the part of the hostile one.</summary>
public static class AttemptsProgram
{
    internal const string Marker = "--attempts";

    /// <summary>Whether this process was started for that.</summary>
    public static bool IsMeant(string[] args) => args is [Marker, ['/', ..]] or [Marker, ['/', ..], Without];

    internal const string Without = "--without";

    /// <summary>Tries everything on the bait in that directory, and writes down what seemed to work.</summary>
    /// <returns>The exit code.</returns>
    public static int Run(string[] args)
    {
        Bait bait = Bait.Read(args[1]);
        ImmutableArray<Attempt> attempts = [.. Attempt.All.Where(a => args.Length == 2 || a.IsForOutsideToo)];
        using StreamWriter results = File.CreateText(bait.Results);
        foreach (Attempt attempt in attempts) results.WriteLine($"{attempt.Name}={(Works(attempt, bait) ? 1 : 0)}");
        return 0;
    }

    private static bool Works(Attempt attempt, Bait bait)
    {
        try
        {
            return attempt.Do(bait);
        }
        catch (Exception)
        {
            return false; // whatever it met: it was stopped
        }
    }
}
