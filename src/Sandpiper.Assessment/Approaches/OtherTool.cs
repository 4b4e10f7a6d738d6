using System.Collections.Immutable;

namespace Sandpiper.Assessment.Approaches;

/// <summary>A way to install by a tool which not every machine has.</summary>
/// <param name="Id">Stable; in JSON and on the command line.</param>
/// <param name="Label">A few words.</param>
/// <param name="Program">What has to be on PATH.</param>
public sealed record OtherTool(string Id, string Label, string Program)
{
    /// <summary>In the order of the table.</summary>
    public static ImmutableArray<OtherTool> All { get; } =
        [new("pipx", "pipx", "pipx"), new("uv-venv", "uv venv", "uv"), new("uvx", "uvx", "uvx")];

    /// <summary>Why there is nothing in its row.</summary>
    /// <param name="present">Programs of <see cref="All"/> that are on this machine.</param>
    internal string Missing(ImmutableDictionary<string, string> present) =>
        present.TryGetValue(Program, out string? path)
            ? $"of {Program} only the system's ({PipxApproach.Pipx}) is tried, and yours is {path}" : $"{Program} is not on this machine";
}
