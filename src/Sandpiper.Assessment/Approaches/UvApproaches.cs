using System.Collections.Immutable;
using Sandpiper.Assessment.Replicas;
using Sandpiper.Samples;

namespace Sandpiper.Assessment.Approaches;

/// <summary>
/// The ways of uv, where it is on this machine. The program is shown read-only, as where it belongs to root; where it lies in your home
/// it is one of your tools.
/// </summary>
/// <param name="layout">Where the system's Python keeps things.</param>
/// <param name="present">Where on this machine a program is.</param>
internal sealed class UvApproaches(Layout layout, ImmutableDictionary<string, string> present)
{
    private const string Environment = "/home/you/uv-env", Uv = $"{Replica.Service}/bin/uv", Uvx = $"{Replica.Service}/bin/uvx";
    private const string Cache = "/home/you/.cache/uv", ToolPython = $"{Replica.Service}/bin/tool-python";

    /// <summary>Those that can be tried.</summary>
    public ImmutableArray<Approach> All =>
    [
        .. present.ContainsKey("uv") ? (ImmutableArray<Approach>)[VirtualEnvironment] : [],
        .. present.ContainsKey("uv") && present.ContainsKey("uvx") ? (ImmutableArray<Approach>)
            [Tool() with { Stricter = [Tool("--no-build").WheelsOnly] }] : [],
    ];

    private ImmutableArray<(string Outside, string Inside)> Programs =>
        [(present["uv"], Uv), .. present.TryGetValue("uvx", out string? uvx) ? (ImmutableArray<(string, string)>)[(uvx, Uvx)] : []];

    private Approach VirtualEnvironment => new("uv-venv", "uv venv", Person.You)
    {
        Prepare = [Uv, "venv", "--python", layout.Python, Environment],
        Install = [Uv, "pip", "install", "--python", $"{Environment}/bin/python"],
        Uninstall = [Uv, "pip", "uninstall", "--python", $"{Environment}/bin/python"],
        Look = [Uv, "--version"],
        Python = $"{Environment}/bin/python",
        Site = $"{Environment}/lib/{layout.VersionedName}/site-packages",
        Scripts = $"{Environment}/bin",
        InstallersFiles = [$"{Cache}/decoy"],
        Programs = Programs,
    };

    // An environment for one command, in the cache. It is made by running something in it, and goes with the cache. Who takes wheels only
    // says so at each start: any of them may make it.
    private Approach Tool(params ImmutableArray<string> words) => new("uvx", "uvx", Person.You)
    {
        Install = ["/bin/sh", "-c", $"exec {Typing(words)} --from \"$1\" python -c pass", "uvx"],
        Uninstall = [Uv, "cache", "clean"],
        Look = [Uvx, "--version"],
        Python = ToolPython,
        Wrappers = [(ToolPython, $"#!/bin/sh\nexec {Typing(words)} -q --from {ProbePackages.Name} python \"$@\"\n")],
        Typed = [Uvx, .. words, "-q", "--from", ProbePackages.Name, ProbePackages.ShadowedCommand],
        Site = Cache,
        Scripts = $"{Cache}/no-such-directory",
        IsForOneCommand = true,
        NoBuild = [],
        TakesHashes = false,
        InstallersFiles = [$"{Cache}/decoy"],
        Programs = Programs,
    };

    private static string Typing(ImmutableArray<string> words) => string.Join(' ', [Uvx, .. words]);
}
