namespace Sandpiper.Demonstration;

/// <summary>One thing that is tried on both sides, and what was seen of it from outside.</summary>
/// <param name="Tried">What, in a few words.</param>
/// <param name="Pip">What came of it with plain pip; null when there is no pip.</param>
/// <param name="Sandpiper">What came of it here.</param>
/// <param name="AsPromised">It came out as we promise.</param>
internal sealed record Act(string Tried, string? Pip, string Sandpiper, bool AsPromised);
