using System.Diagnostics;
using System.Text.Json;
using Sandpiper.EndToEnd.Tests.RealUsers;
using Sandpiper.EndToEnd.Tests.Staging;

namespace Sandpiper.EndToEnd.Tests;

/// <summary>
/// What `assess` says of the ways of pip, held against the same ways with real users. Nothing that `assess` performs or judges with is used
/// here: uids, owners and modes of the kernel decide, packages bear a code of the test's own, and the test reads what came of it.
/// </summary>
public sealed class RealUsersTests
{
    private static readonly string[] Assets = ["root", "other-users", "commands-for-all", "shared-site-packages", "installer", "keys",
        "files", "startup", "tools", "same-environment", "other-environments", "network"];

    // Cells in which the two differ, with what the real users give, and why; docs/assess.md explains them. One that is here for nothing is
    // a failure, too.
    private static readonly Dictionary<(string Way, string Asset), (string Real, string Why)> Explained = [];

    [Fact]
    public void The_ways_of_pip_agree_cell_by_cell_with_real_users()
    {
        if (!string.Equals(Environment.UserName, "root", StringComparison.Ordinal))
            Assert.Skip("only root can make a system with real users");
        string[] python = AskPython();
        if (!File.Exists(python[3])) Assert.Skip("there is no pip for /usr/bin/python3");
        string place = Directory.CreateTempSubdirectory("sandpiper-real-").FullName;
        try
        {
            Dictionary<string, Seen> real = Measured(place, python);
            Dictionary<string, JsonElement> ours = Said([.. real.Keys, "mix"]);
            var differences = new List<string>();
            foreach (string way in real.Keys.Append("mix"))
            {
                foreach (string asset in Assets)
                {
                    string seen = way is "mix" ? Worse(CellOf(real["sudo-pip"], asset), CellOf(real["virtualenv"], asset))
                        : CellOf(real[way], asset);
                    string said = ours[way].GetProperty("assets").GetProperty(asset).GetProperty("worst").GetString()!;
                    bool isExplained = Explained.TryGetValue((way, asset), out var difference)
                        && string.Equals(difference.Real, seen, StringComparison.Ordinal);
                    if (string.Equals(seen, said, StringComparison.Ordinal) == isExplained)
                        differences.Add($"{way}, {asset}: real users {seen}, assess {said}{(isExplained ? ", listed for nothing" : "")}");
                }
                if (way is "mix") continue;
                string still = string.Join(',', real[way].StillRuns.Select(NameOf).Order(StringComparer.Ordinal));
                string saidStill = string.Join(',', ours[way].GetProperty("after_rebuild").EnumerateArray().Select(p => p.GetString())
                    .Order(StringComparer.Ordinal));
                if (!string.Equals(still, saidStill, StringComparison.Ordinal))
                    differences.Add($"{way}, after the rebuild: real users {still}, assess {saidStill}");
            }
            Assert.True(differences.Count == 0, string.Join('\n', differences));
        }
        finally
        {
            RealSystem.Sh($"rm -rf '{place}'");
        }
    }

    private static Dictionary<string, Seen> Measured(string place, string[] python)
    {
        var decoys = new RealDecoys(python[0], python[1], python[3]);
        string environment = "/home/alice/env", itsSite = $"{environment}/lib/python{python[0]}/site-packages";
        const string pip = "/usr/bin/python3 -m pip";
        RealWay[] ways =
        [
            Shared("virtualenv", RealSystem.Alice) with
            {
                Pip = $"{environment}/bin/python -m pip", Site = itsSite, Scripts = $"{environment}/bin", MakesEnvironment = true,
                InstallersFiles = [$"{itsSite}/pip/__init__.py", "/home/alice/.cache/pip/decoy"],
            },
            Shared("sudo-pip", RealSystem.Root),
            Shared("pip-user", RealSystem.Packages) with { Owned = [python[1]] },
            Shared("pip-user-root-fallback", RealSystem.Packages) with { Owned = [python[1]], RootWhereItFails = true },
            Shared("own-site-packages", RealSystem.Alice) with
            {
                Owned = [python[1], python[2], "/usr/local/share", "/usr/local/include"],
            },
            Shared("user-site", RealSystem.Alice) with
            {
                Site = decoys.UserSite("/home/alice"), Scripts = "/home/alice/.local/bin", Options = "--user",
            },
        ];
        using var bare = new RealSystem($"{place}/bare", null);
        if (bare.Problem is { } problem) Assert.Skip($"a system with real users cannot be made here: {problem}");
        Furnish(bare, decoys, python);
        var seen = new Dictionary<string, Seen>(StringComparer.Ordinal);
        Parallel.ForEach(ways, new ParallelOptions { MaxDegreeOfParallelism = 2 }, way =>
        {
            Seen of = new RealTrial(way, decoys, place).Of(bare);
            lock (seen) seen.Add(way.Id, of);
        });
        return seen;

        RealWay Shared(string id, int installer) => new(id, installer, pip)
        {
            Site = python[1], Scripts = python[2],
            InstallersFiles = [$"{RealTrial.HomeOf(installer)}/.cache/pip/decoy"],
        };
    }

    // Files with their owners, as a system has them.
    private static void Furnish(RealSystem system, RealDecoys decoys, string[] python)
    {
        foreach (string directory in (string[])["etc", "tmp", "var/tmp", "srv/index", "srv/bin", "boot", "local/bin", "local/share",
            "local/include", "local/lib", "home/alice/.config", "home/bob", "root", "var/lib/packages", "opt", "run"])
        {
            Directory.CreateDirectory($"{system.Place}/root/{directory}");
        }
        string root = $"{system.Place}/root";
        RealSystem.Sh("for l in bin sbin lib lib32 lib64 libx32; do if [ -L /$l ]; then cp -a /$l '" + root + "/'; fi; done; "
            + "for f in ld.so.cache ld.so.conf ld.so.conf.d alternatives localtime; do "
            + "[ ! -e /etc/$f ] || cp -a /etc/$f '" + root + "/etc/'; done; "
            + "for f in /etc/python3*; do [ ! -e $f ] || cp -a $f '" + root + "/etc/'; done");
        (string Name, int Id, string Home)[] people = [("root", RealSystem.Root, "/root"), ("alice", RealSystem.Alice, "/home/alice"),
            ("bob", RealSystem.Bob, "/home/bob"), ("packages", RealSystem.Packages, "/var/lib/packages")];
        system.Write("/etc/passwd", string.Concat(people.Select(p => $"{p.Name}:x:{p.Id}:{p.Id}::{p.Home}:/bin/bash\n")), 0);
        system.Write("/etc/group", string.Concat(people.Select(p => $"{p.Name}:x:{p.Id}:\n")), 0);
        system.Write("/etc/hosts", "127.0.0.1 localhost\n", 0);
        system.Write("/srv/bin/sudo", $"#!/bin/sh\n{{ printf '%s\\000' \"$@\"; echo; }} >> {RealDecoys.Asked}\n", 0, "755");
        foreach (string open in (string[])[RealDecoys.Drop, RealDecoys.Asked]) system.Write(open, "", 0, "666");
        foreach (var (_, path, _) in decoys.Written("/nowhere", people.Select(p => $"{p.Home}/.cache/pip/decoy")))
        {
            if (!path.StartsWith("/usr/bin", StringComparison.Ordinal) && !path.StartsWith("/usr/lib", StringComparison.Ordinal)
                && !path.StartsWith("/nowhere", StringComparison.Ordinal))
            {
                system.Write(path, "# nobody changed this\n", 0);
            }
        }
        foreach (var (asset, path, owner) in RealDecoys.Secrets) system.Write(path, asset, owner, "600");
        foreach (var (_, id, home) in people) RealSystem.Sh($"chown -R {id}:{id} '{root}{home}'; chmod 700 '{root}{home}'");
        RealSystem.Sh($"chmod 1777 '{root}/tmp' '{root}/var/tmp'");
        Directory.CreateDirectory(system.Outside(python[1]));
    }

    private static string[] AskPython()
    {
        using Process python = Process.Start(new ProcessStartInfo("/usr/bin/python3", ["-I", "-S", "-c",
            "import sys, sysconfig as s; print('%d.%d' % sys.version_info[:2], s.get_path('purelib'), s.get_path('scripts'), sep='\\n')"])
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
        })!;
        string[] said = python.StandardOutput.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries);
        python.WaitForExit();
        string beside = "/usr/lib/python3/dist-packages/pip/__init__.py", own = $"/usr/lib/python{said[0]}/site-packages/pip/__init__.py";
        return [.. said, File.Exists(beside) ? beside : own];
    }

    private static Dictionary<string, JsonElement> Said(string[] ways)
    {
        using var somebody = new Somebody();
        Outcome outcome = somebody.Sandpiper(["assess", "--quick", "--json", .. ways.SelectMany(w => (string[])["--only", w])]);
        Assert.True(outcome.ExitCode == 0, $"{outcome}");
        return JsonDocument.Parse(outcome.Output).RootElement.GetProperty("approaches").EnumerateArray()
            .ToDictionary(a => a.GetProperty("id").GetString()!, a => a.Clone(), StringComparer.Ordinal);
    }

    private static string CellOf(Seen seen, string asset) =>
        seen.Worst.TryGetValue(asset, out string? worst) ? worst : seen.Failed.Count > 0 ? "unknown" : "never";

    private static string Worse(string one, string other)
    {
        string[] order = ["install", "use", "planted", "sudo", "unknown", "never"];
        return Array.IndexOf(order, one) <= Array.IndexOf(order, other) ? one : other;
    }

    private static string NameOf(int user) => user switch
    {
        RealSystem.Root => "root",
        RealSystem.Alice => "you",
        RealSystem.Bob => "other",
        _ => "package-user",
    };
}
