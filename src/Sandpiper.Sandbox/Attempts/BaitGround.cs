using System.Collections.Immutable;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Sandpiper.Kernel.Files;

namespace Sandpiper.Sandbox.Attempts;

/// <summary>Makes what attempts are aimed at, sees from outside what became of it, and takes it away.</summary>
internal sealed class BaitGround : IDisposable
{
    /// <summary>What every directory of a trial in the user's home begins with; what a killed one left goes with the next.</summary>
    public const string AtHomePrefix = ".sandpiper-doctor-";

    private const int MostOfSocketName = 60;     // sun_path has 108 bytes (unix(7)), and the longest name here a third of that

    // It waits for input that never comes: where this process is killed it ends as well.
    private static readonly string _waits = File.Exists("/usr/bin/cat") ? "/usr/bin/cat" : "/bin/cat";

    private readonly HeldDirectory _place;
    private readonly HeldDirectory? _atHome;
    private readonly Process _victim;
    private readonly ImmutableDictionary<string, Socket> _listeners;

    /// <param name="home">The user's.</param>
    public BaitGround(string home)
    {
        string token = RandomName.OfBytes(8);
        string above = Path.GetTempPath() is { Length: <= MostOfSocketName } usual ? usual : "/tmp";
        // Not the token: the name of its directory is in the environment of every program (PWD).
        _place = HeldDirectory.Make(above, "sandpiper-doctor-");
        try
        {
            _atHome = MadeAt(home);
            (Bait, _victim, _listeners) = Laid(home, token);
        }
        catch
        {
            _atHome?.Dispose(); // nobody has this to take it away
            _place.Dispose();
            throw;
        }
    }

    // Null where nothing can be made: then an attempt cannot, either.
    private static HeldDirectory? MadeAt(string home)
    {
        try
        {
            return HeldDirectory.Make(home, AtHomePrefix);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private (Bait, Process Victim, ImmutableDictionary<string, Socket> Listeners) Laid(string home, string token)
    {
        string keys = Made("keys"), shown = Made("shown"), writable = Made("writable");
        Made("writable/.git/hooks");
        File.WriteAllText(Path.Combine(writable, ".git/config"), "");
        foreach (string key in (string[])["key", "other"]) File.WriteAllText(Path.Combine(keys, key), Bait.Content);
        File.WriteAllText(Path.Combine(shown, "kept"), Bait.Content);
        Socket tcp = Listening(AddressFamily.InterNetwork, SocketType.Stream, new IPEndPoint(IPAddress.Loopback, 0));
        Socket udp = Listening(AddressFamily.InterNetwork, SocketType.Dgram, new IPEndPoint(IPAddress.Loopback, 0));
        ImmutableDictionary<string, Socket> listeners = new Dictionary<string, Socket>(StringComparer.Ordinal)
        {
            ["tcp"] = tcp,
            ["udp"] = udp,
            ["socket-that-is-shown"] = Local(SocketType.Stream, Path.Combine(shown, "socket")),
            ["socket-by-another-name"] = Local(SocketType.Stream, Path.Combine(writable, "socket")),
            ["abstract-socket"] = Local(SocketType.Stream, "\0" + token),
            ["local-datagram"] = Local(SocketType.Dgram, Path.Combine(shown, "datagrams")),
        }.ToImmutableDictionary(StringComparer.Ordinal);
        // Nor does it hold the stream that somebody reads of us.
        var victim = new ProcessStartInfo(_waits)
        {
            UseShellExecute = false, RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true,
        };
        victim.Environment.Clear();
        victim.Environment["SANDPIPER_DOCTOR_TOKEN"] = token;
        Process waiting = Process.Start(victim)!;
        // Whoever is shown the home is shown this directory.
        string atHome = _atHome is null ? Path.Combine(home, AtHomePrefix + token) : Path.Combine(_atHome.Path, "new");
        var bait = new Bait(Path.Combine(keys, "key"), Path.Combine(keys, "other"), atHome, shown, writable,
            ((IPEndPoint)tcp.LocalEndPoint!).Port, ((IPEndPoint)udp.LocalEndPoint!).Port, token, waiting.Id, token);
        bait.Write();
        return (bait, waiting, listeners);
    }

    public Bait Bait { get; }

    /// <summary>What got through, of those that were tried: as it says itself, or as is seen here.</summary>
    public ImmutableDictionary<string, bool> Judge()
    {
        var results = ImmutableDictionary.CreateBuilder<string, bool>(StringComparer.Ordinal);
        string[] said = File.Exists(Bait.Results) ? File.ReadAllLines(Bait.Results) : [];
        foreach (string[] line in said.Select(line => line.Split('=')).Where(line => line.Length == 2))
            results[line[0]] = line[1] is not "0" || IsSeen(line[0]);
        return results.ToImmutable();
    }

    private bool IsSeen(string attempt) => attempt switch
    {
        "change-a-key" => IsChanged(Bait.KeyToChange),
        "write-elsewhere" => Path.Exists(Path.Combine(Path.GetDirectoryName(Bait.Key)!, "new")),
        "write-at-home" => Path.Exists(Bait.AtHome),
        "write-what-is-shown" => IsChanged(Path.Combine(Bait.Shown, "kept")),
        "plant-a-hook" => Path.Exists(Path.Combine(Bait.Writable, ".git/hooks/pre-commit")),
        "replace-a-repository" => Path.Exists(Path.Combine(Bait.Writable, ".git-moved")),
        "give-rights-away" => Path.Exists(Path.Combine(Bait.Writable, "program"))
            && File.GetUnixFileMode(Path.Combine(Bait.Writable, "program")).HasFlag(UnixFileMode.SetUser),
        "end-a-process" => _victim.HasExited,
        _ => _listeners.TryGetValue(attempt, out Socket? socket) && socket.Poll(0, SelectMode.SelectRead),
    };

    private static bool IsChanged(string file) => !string.Equals(File.ReadAllText(file), Bait.Content, StringComparison.Ordinal);

    public void Dispose()
    {
        foreach (Socket listener in _listeners.Values) listener.Dispose();
        if (!_victim.HasExited) _victim.Kill();
        _victim.WaitForExit();
        _victim.Dispose();
        if (File.Exists(Bait.AtHome)) File.Delete(Bait.AtHome);
        _atHome?.Dispose();
        _place.Dispose();
    }

    private string Made(string name) => Directory.CreateDirectory(Path.Combine(_place.Path, name)).FullName;

    private static Socket Local(SocketType kind, string name) => Listening(AddressFamily.Unix, kind, new UnixDomainSocketEndPoint(name));

    private static Socket Listening(AddressFamily family, SocketType kind, EndPoint at)
    {
        var socket = new Socket(family, kind, family is AddressFamily.Unix ? ProtocolType.Unspecified
            : kind is SocketType.Dgram ? ProtocolType.Udp : ProtocolType.Tcp);
        socket.Bind(at);
        if (kind is SocketType.Stream) socket.Listen();
        return socket;
    }
}
