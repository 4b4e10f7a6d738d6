using System.Collections.Immutable;
using System.Text;
using Sandpiper.Assessment.Probes;

namespace Sandpiper.Assessment.Replicas;

/// <summary>Where the system's Python keeps things, as it says itself.</summary>
/// <param name="Python"><c>/usr/bin/python3</c>.</param>
/// <param name="Version"><c>3.11</c>.</param>
/// <param name="SharedSite">Where the system's pip installs to as root.</param>
/// <param name="Scripts">Where it puts commands.</param>
/// <param name="Data">Where it puts man pages and the like: <c>/usr/local</c>.</param>
/// <param name="PipPackage">The directory of pip's own code; null where there is no pip.</param>
/// <param name="PipVersion">As pip says; null where there is none.</param>
/// <param name="HasVenv">A virtual environment with pip in it can be made.</param>
public sealed record Layout(
    string Python, string Version, string SharedSite, string Scripts, string Data, string? PipPackage, string? PipVersion, bool HasVenv)
{
    /// <summary>The name of the directory in <c>lib</c>.</summary>
    public string VersionedName => $"python{Version}";

    /// <summary>Where the packages of a person go with <c>--user</c>.</summary>
    public string UserSite(string home) => $"{home}/.local/lib/{VersionedName}/site-packages";

    /// <summary>Answers on one line, by tabs.</summary>
    internal const string Question = """
        import sys, sysconfig, os, importlib.util
        p = sysconfig.get_paths()
        pip = importlib.util.find_spec("pip")
        where = os.path.dirname(pip.origin) if pip and pip.origin else ""
        version = ""
        if where:
            import pip as module
            version = module.__version__
        venv = importlib.util.find_spec("ensurepip") is not None and importlib.util.find_spec("venv") is not None
        print("%d.%d" % sys.version_info[:2], p["purelib"], p["scripts"], p["data"], where, version, int(venv), sep="\t")
        """;

    internal static Layout? Parse(string python, byte[] answer) =>
        Encoding.UTF8.GetString(answer).TrimEnd('\n').Split('\t') is [var version, var site, var scripts, var data, var pip, var pipVersion,
            var venv] && Path.IsPathFullyQualified(site)
            ? new Layout(python, version, site, scripts, data, pip.Length > 0 ? pip : null, pipVersion.Length > 0 ? pipVersion : null,
                venv is "1")
            : null;

    /// <summary>What stands in for each asset, besides what an approach adds of its own.</summary>
    internal ImmutableArray<Decoy> Decoys =>
    [
        new(Asset.Root, "/etc/systemd/system/decoy.service", false),
        new(Asset.Root, Replica.SystemProgram, false),
        new(Asset.Root, "/boot/decoy.img", false),
        new(Asset.Root, "/root/.ssh/id_ed25519", true),
        new(Asset.OtherUsers, "/home/other/notes.txt", false),
        new(Asset.OtherUsers, "/home/other/.ssh/id_ed25519", true),
        new(Asset.CommandsForAll, $"{Scripts}/decoy-command", false),
        new(Asset.SharedSitePackages, $"{SharedSite}/decoy_shared.py", false),
        new(Asset.Keys, "/home/you/.ssh/id_ed25519", true),
        new(Asset.Keys, "/home/you/.config/token", true),
        new(Asset.Files, "/home/you/notes.txt", false),
        new(Asset.Startup, "/home/you/.bashrc", false),
        new(Asset.Startup, $"{UserSite("/home/you")}/decoy_user.py", false),
        new(Asset.Tools, "/home/you/.local/bin/decoy-tool", false),
        new(Asset.OtherEnvironments, $"/home/you/other-env/lib/{VersionedName}/site-packages/decoy_env.py", false),
    ];
}
