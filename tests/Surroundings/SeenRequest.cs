namespace Sandpiper.Surroundings;

/// <summary>A request as it arrived.</summary>
/// <param name="Path">As sent, query included.</param>
/// <param name="Headers">By name in any case; of repeated ones the last.</param>
internal sealed record SeenRequest(string Path, IReadOnlyDictionary<string, string> Headers);
