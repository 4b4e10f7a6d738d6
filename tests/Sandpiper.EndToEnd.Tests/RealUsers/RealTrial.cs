using System.Net;
using System.Net.Sockets;
using Sandpiper.Samples;

namespace Sandpiper.EndToEnd.Tests.RealUsers;

/// <summary>A way to install, in the words of whoever does it.</summary>
/// <param name="Id">As <c>assess</c> calls it.</param>
/// <param name="Installer">Uid.</param>
/// <param name="Pip">The Python whose pip it is, and more words.</param>
internal sealed record RealWay(string Id, int Installer, string Pip)
{
    public required string Site { get; init; }

    public required string Scripts { get; init; }

    public string Python => Pip.Split(' ')[0];

    public string Options { get; init; } = "";

    public string[] Owned { get; init; } = [];

    public bool MakesEnvironment { get; init; }

    public bool RootWhereItFails { get; init; }

    public string[] InstallersFiles { get; init; } = [];
}

/// <summary>What was seen of a way: the soonest moment of each asset, and who still runs hostile code in the end.</summary>
/// <param name="Worst">By asset; what is not there was not reached.</param>
/// <param name="Failed">Kinds that could not be installed.</param>
/// <param name="StillRuns">Uids, after the directory of packages was made anew.</param>
internal sealed record Seen(Dictionary<string, string> Worst, List<string> Failed, SortedSet<int> StillRuns);

/// <summary>All kinds of hostile package, installed one way by real users.</summary>
internal sealed class RealTrial(RealWay way, RealDecoys decoys, string place)
{
    private static readonly string[] Severity = ["install", "use", "planted", "sudo"];
    private static readonly string[] ForPip = ["PIP_CONFIG_FILE=/dev/null", "PIP_NO_INDEX=1", "PIP_FIND_LINKS=/srv/index", "PIP_NO_INPUT=1",
        "PIP_DISABLE_PIP_VERSION_CHECK=1", "PIP_BREAK_SYSTEM_PACKAGES=1"];

    // Those that a quick run tries; each costs half a minute of a processor.
    private static readonly string[] Kinds = ["build", "pth", "import"];

    private readonly Seen _seen = new(new(StringComparer.Ordinal), [], []);
    private readonly Dictionary<string, int> _lengths = new(StringComparer.Ordinal);
    private string _tag = "";

    /// <param name="bare">A system in which nothing is installed.</param>
    public Seen Of(RealSystem bare)
    {
        using var prepared = new RealSystem($"{place}/{way.Id}", bare);
        SampleWheel neighbour = ProbePackages.NeighbourWheel();
        File.WriteAllBytes(prepared.Outside($"/srv/index/{neighbour.FileName}"), neighbour.Build());
        foreach (string path in way.Owned) RealSystem.Sh($"chown -R {way.Installer}:{way.Installer} '{prepared.Outside(path)}'");
        if (way.MakesEnvironment) MustDo(prepared, RealSystem.Alice, $"/usr/bin/python3 -m venv {way.Python[..^"/bin/python".Length]}");
        MustDo(prepared, way.Installer, $"{way.Pip} install {way.Options} neighbour");
        foreach (string kind in Kinds) Try(kind, prepared);
        return _seen;
    }

    private void Try(string kind, RealSystem prepared)
    {
        _lengths.Clear();
        _tag = Guid.NewGuid().ToString("N");
        using var system = new RealSystem($"{place}/{way.Id}-{kind}", prepared);
        Assert.Null(system.Problem);
        using var sink = new TcpListener(IPAddress.Loopback, 0);
        sink.Start();
        string code = decoys.CodeFor(way.Site, way.InstallersFiles, ((IPEndPoint)sink.LocalEndpoint).Port);
        system.Write(RealDecoys.Code, code.Replace("TAG", _tag, StringComparison.Ordinal), RealSystem.Root);
        foreach (var (asset, path, owner) in RealDecoys.Secrets) system.Write(path, $"{_tag}-{asset}\n", owner, "600");
        (string name, byte[] bytes) = Package(kind);
        File.WriteAllBytes(system.Outside($"/srv/index/{name}"), bytes);
        foreach (var (_, path, _) in Written(system)) _lengths[path] = TextOf(system, path).Length;

        if (kind is "build") Step("install", way.Installer, $"{way.Pip} download --no-deps -d /tmp/fetched probe");
        bool installed = Step("install", way.Installer, $"{way.Pip} install {way.Options} probe");
        if (!installed && way.RootWhereItFails) installed = Step("install", RealSystem.Root, $"{way.Pip} install {way.Options} probe");
        if (!installed)
        {
            _seen.Failed.Add(kind);
            return;
        }
        StartPythons("use");
        if (kind is "pth")
        {
            Step("sudo", RealSystem.Root, "/usr/bin/python3 -m pip --version");
            Step("use", way.Installer, $"{way.Pip} --version");
        }
        if (kind is "import")
        {
            Step("use", RealSystem.Alice, $"{way.Python} -c 'import probe'");
            Step("use", RealSystem.Alice, $"{way.Python} -m probe");
        }
        Step("use", RealSystem.Alice, $"{way.Python} -c 'import neighbour'");
        if (kind is not "build") StartPythons("use");
        if (kind is "pth")
        {
            Step("use", way.Installer, $"{way.Pip} uninstall -y probe");
            StartPythons("use");
        }
        // Whoever can makes the directory anew from outside: as it was before anything hostile came.
        RealSystem.Sh($"find '{system.Outside(way.Site)}' -mindepth 1 -delete; "
            + $"cp -a '{prepared.Outside(way.Site)}/.' '{system.Outside(way.Site)}/'");
        foreach (var (_, path, _) in Written(system)) _lengths[path] = TextOf(system, path).Length;
        StartPythons("use", ends: true);
        Step("sudo", RealSystem.Root, "/usr/bin/python3 -c pass", home: "/home/alice");
        File.WriteAllText(system.Outside(RealDecoys.Asked), "");
        Step("sudo", RealSystem.Alice, "/bin/bash --rcfile /home/alice/.bashrc -ic 'sudo /bin/true'");
        foreach (string asked in File.ReadAllLines(system.Outside(RealDecoys.Asked)))
            Done("sudo", RealSystem.Root, null, false, asked.Split('\0', StringSplitOptions.RemoveEmptyEntries));

        void StartPythons(string moment, bool ends = false)
        {
            Step(moment, RealSystem.Alice, $"/usr/bin/python3 -c pass; {way.Python} -c pass"
                + (ends ? $"; {way.Python} -c 'import neighbour'" : ""), ends: ends);
            Step(moment, RealSystem.Bob, "/usr/bin/python3 -c pass", ends: ends);
            Step(moment, RealSystem.Root, "/usr/bin/python3 -c pass", ends: ends);
        }

        bool Step(string moment, int user, string line, string? home = null, bool ends = false) =>
            Done(moment, user, home, ends, "/bin/sh", "-c", line);

        bool Done(string moment, int user, string? home, bool ends, params string[] command)
        {
            string[] variables = [$"HOME={home ?? HomeOf(user)}", "LANG=C.UTF-8", "TERM=dumb", .. ForPip,
                $"PATH={HomeOf(user)}/.local/bin:/usr/local/bin:/usr/bin:/bin:/srv/bin",
                .. user == RealSystem.Alice ? (string[])[$"A_TOKEN={_tag}-keys"] : []];
            (int exit, _) = system.Do(user, variables, command);
            Look(system, sink, moment, ends);
            return exit == 0;
        }
    }

    private IEnumerable<(string Asset, string Path, int Owner)> Written(RealSystem system) =>
        decoys.Written(way.Site, way.InstallersFiles).Where(w => IsUsr(w.Path) || File.Exists(system.Outside(w.Path)));

    private static bool IsUsr(string path) => path.StartsWith("/usr/", StringComparison.Ordinal)
        && !path.StartsWith("/usr/local/", StringComparison.Ordinal);

    private static string TextOf(RealSystem system, string path) => IsUsr(path) ? system.ReadUsr(path)
        : File.ReadAllText(system.Outside(path));

    private void Look(RealSystem system, TcpListener sink, string moment, bool ends)
    {
        foreach (var (asset, path, _) in Written(system).ToArray())
        {
            string text = TextOf(system, path);
            foreach (string line in text[Math.Min(_lengths.GetValueOrDefault(path), text.Length)..].Split('\n'))
            {
                if (line.StartsWith($"# {_tag} ", StringComparison.Ordinal)) Put(asset, line[2..].Split(' '));
            }
            _lengths[path] = text.Length;
        }
        string sent = "";
        while (sink.Pending())
        {
            using TcpClient client = sink.AcceptTcpClient();
            using var reader = new StreamReader(client.GetStream());
            sent += reader.ReadToEnd();
        }
        foreach (string line in sent.Split('\n').Where(l => l.StartsWith(_tag, StringComparison.Ordinal))) Put("network", line.Split(' '));
        string dropped = File.ReadAllText(system.Outside(RealDecoys.Drop));
        File.WriteAllText(system.Outside(RealDecoys.Drop), "");
        foreach (string line in (sent + "\n" + dropped).Split('\n').Where(l => l.StartsWith(_tag, StringComparison.Ordinal)))
        {
            string[] words = line.Split(' ');
            foreach (string asset in RealDecoys.Secrets.Select(s => s.Asset).Distinct(StringComparer.Ordinal))
            {
                if (words.Contains($"{_tag}-{asset}", StringComparer.Ordinal)) Put(asset, words);
            }
        }

        void Put(string asset, string[] words)
        {
            string severity = moment is "install" or "sudo" ? moment
                : words[1].StartsWith("left-", StringComparison.Ordinal) ? "planted" : moment;
            if (!_seen.Worst.TryGetValue(asset, out string? before) || Array.IndexOf(Severity, severity) < Array.IndexOf(Severity, before))
                _seen.Worst[asset] = severity;
            if (ends) _seen.StillRuns.Add(int.Parse(words[2], System.Globalization.CultureInfo.InvariantCulture));
        }
    }

    private static void MustDo(RealSystem system, int user, string line)
    {
        (int exit, string error) = system.Do(user, [$"HOME={HomeOf(user)}", "PATH=/usr/bin:/bin", .. ForPip],
            "/bin/sh", "-c", line);
        Assert.True(exit == 0, $"{line}: {error}");
    }

    public static string HomeOf(int user) => user switch
    {
        RealSystem.Root => "/root",
        RealSystem.Alice => "/home/alice",
        RealSystem.Bob => "/home/bob",
        _ => "/var/lib/packages",
    };

    private static (string Name, byte[] Bytes) Package(string kind)
    {
        string call = RealDecoys.Call(kind);
        SampleWheel wheel = kind is "pth" ? ProbePackages.Wheel(pth: call) : ProbePackages.Wheel(import: kind is "import" ? call : null);
        if (kind is "build") return ProbePackages.Build(call, wheel) is var sdist ? (sdist.FileName, sdist.Build()) : default;
        return (wheel.FileName, wheel.Build());
    }
}
