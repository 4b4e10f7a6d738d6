namespace Sandpiper.Demonstration;

/// <summary>One thing that is tried with Sandpiper alone, and what was seen of it from outside.</summary>
/// <param name="Tried">What, in a few words.</param>
/// <param name="Seen">What came of it.</param>
/// <param name="AsPromised">It came out as we promise.</param>
internal sealed record Act(string Tried, string Seen, bool AsPromised);
