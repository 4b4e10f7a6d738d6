using System.Collections.Immutable;
using Sandpiper.Assessment.Replicas;
using Sandpiper.Samples;

namespace Sandpiper.Assessment.Approaches;

/// <summary>
/// The system's pipx, where there is one: an environment for a tool and its plug-ins, with its commands in <c>~/.local/bin</c>. All
/// environments share one pip. A library alone cannot be installed by it, so that the package comes in as a plug-in of a harmless tool.
/// </summary>
/// <param name="layout">Where the system's Python keeps things.</param>
/// <param name="present">Where on this machine a program is.</param>
internal sealed class PipxApproach(Layout layout, ImmutableDictionary<string, string> present)
{
    /// <summary>The only one that is tried: another lies with what it imports in a home.</summary>
    public const string Pipx = "/usr/bin/pipx";

    private const string Inject = $"{Pipx} inject";

    private const string Tool = ProbePackages.Furnished, Home = "/home/you/.local/pipx", Environment = $"{Home}/venvs/{Tool}";

    /// <summary>What can be tried.</summary>
    public ImmutableArray<Approach> All => present.ContainsKey("pipx") && File.Exists(Pipx) ? [Plain] : [];

    private Approach Plain => new("pipx", "pipx", Person.You)
    {
        Prepare = [Pipx, "install", Tool],
        Environment = Home,
        WrittenInPlace = [$"{Environment}/pipx_metadata.json"],
        // The commands of a plug-in, too, where it has any; without, pipx refuses to be asked for them.
        Install = ["/bin/sh", "-c", $"{Inject} --include-apps {Tool} \"$@\" || exec {Inject} {Tool} \"$@\"", "pipx"],
        NoBuild = ["--pip-args=--only-binary=:all:"],
        TakesHashes = false,
        Uninstall = [Pipx, "runpip", Tool, "uninstall", "-y"],
        Look = [Pipx, "runpip", Tool, "list"],
        Python = $"{Environment}/bin/python",
        Site = SiteOf(Environment),
        Scripts = "/home/you/.local/bin",
        InstallersFiles = [$"{SiteOf($"{Home}/shared")}/pip/__init__.py", "/home/you/.cache/pip/decoy"],
    };

    private string SiteOf(string environment) => $"{environment}/lib/{layout.VersionedName}/site-packages";
}
