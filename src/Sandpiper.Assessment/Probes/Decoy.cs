namespace Sandpiper.Assessment.Probes;

/// <summary>A file that stands in for an asset. It exists before a trial, and a probe may add one line to it or read it.</summary>
/// <param name="Asset">What it stands for.</param>
/// <param name="Path">Absolute, as the people of the replica see it.</param>
/// <param name="IsSecret">It holds the trial's canary, and counts when that comes back; otherwise it counts when a tag is in it.</param>
internal sealed record Decoy(Asset Asset, string Path, bool IsSecret);
