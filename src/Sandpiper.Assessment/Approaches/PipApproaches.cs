using System.Collections.Immutable;
using Sandpiper.Assessment.Replicas;

namespace Sandpiper.Assessment.Approaches;

/// <summary>The ways that begin with the system's own pip.</summary>
/// <param name="layout">Where the system's Python keeps things.</param>
internal sealed class PipApproaches(Layout layout)
{
    private const string Environment = "/home/you/env";

    /// <summary>All of them, in the order in which people name them.</summary>
    public ImmutableArray<Approach> All =>
        [SudoPip, PackageUser, PackageUserOrRoot, OwnSitePackages, UserSite, VirtualEnvironment];

    private ImmutableArray<string> Pip(params string[] words) => [layout.Python, "-m", "pip", .. words];

    public Approach SudoPip => Shared("sudo-pip", "(1) sudo pip", Person.Root);

    public Approach PackageUser => Shared("pip-user", "(2) a pip user", Person.PackageUser) with { Owned = [layout.SharedSite] };

    public Approach PackageUserOrRoot => PackageUser with
    {
        Id = "pip-user-root-fallback",
        Label = "(2b) root if it fails",
        RootWhereItFails = true,
    };

    public Approach OwnSitePackages => Shared("own-site-packages", "(3) own site-packages", Person.You) with
    {
        Owned = [layout.SharedSite, layout.Scripts, $"{layout.Data}/share", $"{layout.Data}/include"],
    };

    public Approach UserSite => Shared("user-site", "pip --user", Person.You) with
    {
        Install = Pip("install", "--user"),
        Site = layout.UserSite(Person.You.Home()),
        Scripts = $"{Person.You.Home()}/.local/bin",
    };

    public Approach VirtualEnvironment => new("virtualenv", "(4) virtualenv", Person.You)
    {
        Prepare = [layout.Python, "-m", "venv", Environment],
        PrepareWithoutPip = [layout.Python, "-m", "venv", "--without-pip", Environment],
        Environment = Environment,
        Install = [$"{Environment}/bin/python", "-m", "pip", "install"],
        Fetch = [$"{Environment}/bin/python", "-m", "pip", "download", "--no-deps", "-d", "/tmp/fetched"],
        Uninstall = [$"{Environment}/bin/python", "-m", "pip", "uninstall", "-y"],
        Look = [$"{Environment}/bin/python", "-m", "pip", "--version"],
        Python = $"{Environment}/bin/python",
        Site = $"{Environment}/lib/{layout.VersionedName}/site-packages",
        Scripts = $"{Environment}/bin",
        InstallersFiles =
            [$"{Environment}/lib/{layout.VersionedName}/site-packages/pip/__init__.py", $"{Person.You.Home()}/.cache/pip/decoy"],
    };

    private Approach Shared(string id, string label, Person installer) => new(id, label, installer)
    {
        Install = Pip("install"),
        Fetch = Pip("download", "--no-deps", "-d", "/tmp/fetched"),
        Uninstall = Pip("uninstall", "-y"),
        Look = Pip("--version"),
        Python = layout.Python,
        Site = layout.SharedSite,
        Scripts = layout.Scripts,
        InstallersFiles = [$"{installer.Home()}/.cache/pip/decoy"],
    };
}
