using System.Collections.Immutable;
using Sandpiper.Kernel.Files;

namespace Sandpiper.Sandbox.Bubblewrap;

/// <summary>The descriptors that bubblewrap reads from and writes to, by number.</summary>
/// <param name="Status">Where it reports.</param>
/// <param name="Plan">What the second stage has to find and to do.</param>
/// <param name="Report">Where the second stage reports.</param>
/// <param name="OwnProgram">What the second stage is copied from; null when it is shown from its place.</param>
/// <param name="MadeUp">Path inside and content of each file made up.</param>
internal sealed record HandedOver(
    int Status, int Plan, int Report, int? OwnProgram, ImmutableArray<(string Path, int Descriptor)> MadeUp)
{
    /// <summary>The path of the terminal that the program has to itself; null: it has none, or that has no name.</summary>
    public string? Terminal { get; init; }
}
