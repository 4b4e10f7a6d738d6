using System.Collections.Immutable;
using Sandpiper.Samples;

namespace Sandpiper.EndToEnd.Tests.Staging;

/// <summary>Where an attack is staged, and what it is after; all of it the throw-away user's.</summary>
/// <param name="Victim">Who installs.</param>
internal sealed record Scene(Somebody Victim)
{
    /// <summary>Every payload writes this file when it runs.</summary>
    public string Marker => Path.Combine(Victim.Home, "marker");

    /// <summary>A home that a hostile <c>pyvenv.cfg</c> gives to the interpreter.</summary>
    public string FalseHome => Path.Combine(Victim.Home, "false-home");

    /// <summary>Where plain pip installs to.</summary>
    public string Target => Path.Combine(Victim.Home, "plain");

    public string SitePackages => Directory.GetDirectories(Path.Combine(Target, "lib"), "python3*")
        .Select(d => Path.Combine(d, "site-packages")).First();

    /// <summary>Whether the payload has run.</summary>
    public bool IsMarked => File.Exists(Marker);
}

/// <summary>One way in which a package runs code or writes where it should not, and how plain pip's users meet it.</summary>
/// <param name="Project">What the victim asks for.</param>
/// <param name="Index">What is offered to him.</param>
internal sealed record Attack(string Project, Func<Scene, SampleIndex> Index)
{
    /// <summary>What sandpiper answers: 3 refused, or 1 nothing that can be installed.</summary>
    public int ExitCode { get; init; } = 3;

    /// <summary>What plain pip is told besides the project.</summary>
    public Func<Scene, ImmutableArray<string>> Pip { get; init; } = IntoVirtualEnvironment;

    /// <summary>What the victim starts afterwards, quite innocently; null: nothing is needed.</summary>
    public Func<Scene, ImmutableArray<string>>? Innocent { get; init; }

    /// <summary>Whether the attack had its effect.</summary>
    public Func<Scene, bool> Bites { get; init; } = scene => scene.IsMarked;

    /// <summary>Why plain pip withstands this one on this machine; null: it does not.</summary>
    public string? PipWithstands { get; init; }

    public static ImmutableSortedDictionary<string, Attack> All { get; } = new Dictionary<string, Attack>(StringComparer.Ordinal)
    {
        ["setup.py"] = new("setup-runs", scene => new SampleIndex().With(HostilePackages.SdistWhoseSetupRuns(scene.Marker)))
        {
            ExitCode = 1,
            Pip = scene => ["--target", scene.Target],
        },
        ["a build backend in the sdist"] =
            new("backend-runs", scene => new SampleIndex().With(HostilePackages.SdistWhoseBackendRuns(scene.Marker)))
        {
            ExitCode = 1,
            Pip = scene => ["--target", scene.Target],
        },
        [".pth"] = new("pth-hook", scene =>
            new SampleIndex().With(HostilePackages.WheelWithPthHook(scene.Marker))) { Innocent = StartPython },
        [".pth from .data"] = new("data-hook", scene =>
            new SampleIndex().With(HostilePackages.WheelWithPthHookInData(scene.Marker))) { Innocent = StartPython },
        [".start"] = new("start-hook", scene => new SampleIndex().With(HostilePackages.WheelWithStartHook(scene.Marker)))
        {
            Innocent = StartPython,
            PipWithstands = "the interpreter has to be 3.15 or later (PEP 829)",
        },
        ["sitecustomize"] = new("site-customizer", scene => new SampleIndex().With(HostilePackages.WheelWithSitecustomize(scene.Marker)))
        {
            // A distribution may have a sitecustomize of its own in the standard library, which then comes first except before PYTHONPATH.
            Pip = scene => ["--target", scene.Target],
            Innocent = scene => ["/usr/bin/env", $"PYTHONPATH={scene.Target}", "/usr/bin/python3", "-c", "pass"],
        },
        ["usercustomize"] = new("user-customizer", scene => new SampleIndex().With(HostilePackages.WheelWithUsercustomize(scene.Marker)))
        {
            Pip = _ => ["--user"],
            Innocent = _ => ["/usr/bin/python3", "-c", "pass"],
        },
        ["a module named as one of the standard library"] =
            new("shadow", scene => new SampleIndex().With(HostilePackages.WheelThatShadowsStandardLibrary(scene.Marker)))
        {
            Pip = scene => ["--target", scene.Target],
            Innocent = scene => ["/usr/bin/env", $"PYTHONPATH={scene.Target}", "/usr/bin/python3", "-c", "import random"],
        },
        ["a module that RECORD does not list"] =
            new("stowaway", scene => new SampleIndex().With(HostilePackages.WheelWithUnlistedFile(scene.Marker)))
        {
            Innocent = scene => [Path.Combine(scene.Target, "bin/python"), "-c", "import stowaway_hidden"],
        },
        ["a lie in RECORD"] = new("record-liar", _ => new SampleIndex().With(HostilePackages.WheelThatLiesInRecord()))
        {
            Bites = scene => File.Exists(Path.Combine(scene.SitePackages, "record_liar.py")),
        },
        ["a script named python"] = new(
            "python-replacer", scene => new SampleIndex().With(HostilePackages.WheelThatReplacesPython(scene.Marker)))
        {
            Pip = _ => ["--user"],
            Innocent = scene => ["/usr/bin/env", $"PATH={scene.Victim.Home}/.local/bin:/usr/bin:/bin", "python", "-c", "pass"],
        },
        ["pyvenv.cfg"] = new("cfg-writer", scene => new SampleIndex().With(HostilePackages.WheelThatWritesPyvenvCfg(scene.FalseHome)))
        {
            Bites = scene => File.ReadAllText(Path.Combine(scene.Target, "pyvenv.cfg")).Contains(scene.FalseHome, StringComparison.Ordinal),
        },
        ["a command whose name is a path"] =
            new("script-outside", scene => new SampleIndex().With(HostilePackages.WheelWithScriptOutside(scene.Marker)))
        {
            Bites = scene => File.Exists(Path.Combine(scene.Target, "script-outside")),
            PipWithstands =
                "CVE-2026-8643: old ones happen to read only the name's last part, and 26.1.2 refuses it; those between are bitten",
        },
        ["another package's file"] = new("neighbour-overwriter",
            scene => new SampleIndex().With(OrdinaryPackages.Pebble())
                .With(HostilePackages.WheelOverAnotherPackage("pebble", scene.Marker)))
        {
            Innocent = scene => [Path.Combine(scene.Target, "bin/python"), "-c", "import pebble"],
        },
        ["a member that leaves the archive"] = new("zip-slip", _ => new SampleIndex().With(HostilePackages.ZipSlip("../../slipped.txt")))
        {
            Bites = scene => Directory.GetFiles(scene.Victim.Place, "slipped.txt", SearchOption.AllDirectories).Length > 0,
            PipWithstands = "pip compares every member's path with the destination",
        },
    }.ToImmutableSortedDictionary(StringComparer.Ordinal);

    private static ImmutableArray<string> IntoVirtualEnvironment(Scene scene)
    {
        Outcome made = scene.Victim.Run(["/usr/bin/python3", "-m", "venv", "--without-pip", scene.Target]);
        Assert.True(made.ExitCode == 0, $"{made}");
        return [];
    }

    private static ImmutableArray<string> StartPython(Scene scene) => [Path.Combine(scene.Target, "bin/python"), "-c", "pass"];
}
