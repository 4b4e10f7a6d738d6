namespace Sandpiper.Indexes.Fetching;

/// <summary>How long is waited.</summary>
/// <param name="Connect">For a connection.</param>
/// <param name="Silence">For the head of an answer, and for each next piece of its body.</param>
/// <param name="Page">For a whole page or METADATA: a server that drips one byte a minute is not silent.</param>
internal sealed record FetchLimits(TimeSpan Connect, TimeSpan Silence, TimeSpan Page)
{
    public static FetchLimits Default { get; } = new(TimeSpan.FromSeconds(15), TimeSpan.FromSeconds(60), TimeSpan.FromMinutes(5));
}
