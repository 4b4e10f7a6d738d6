using System.Collections.Immutable;
using Sandpiper.Kernel.Files;

namespace Sandpiper.Sandbox.Bubblewrap;

/// <summary>The descriptors that bubblewrap reads from and writes to, by number.</summary>
/// <param name="Filter">Of system calls.</param>
/// <param name="Status">Where it reports.</param>
/// <param name="Judged">What the second stage compares with.</param>
/// <param name="OwnProgram">What the second stage is copied from; null when it is shown from its place.</param>
/// <param name="MadeUp">Path inside and content of each file made up.</param>
internal sealed record HandedOver(
    int Filter, int Status, int Judged, int? OwnProgram, ImmutableArray<(string Path, int Descriptor)> MadeUp);
