namespace Sandpiper.Indexes.Fetching;

/// <summary>How long is waited.</summary>
/// <param name="Connect">For a connection.</param>
/// <param name="Silence">For the head of an answer, and for each next piece of its body.</param>
/// <param name="Page">For a whole page or METADATA: a server that drips one byte a minute is not silent.</param>
/// <param name="Start">So long a body may be as slow as it likes; a shared line has its bad minutes.</param>
/// <param name="SlowestBytesPerSecond">
/// What it has to bring for every second after that, from its beginning: how long a file may take grows with what has arrived of it, and
/// ends with the size that was promised.
/// </param>
internal sealed record FetchLimits(TimeSpan Connect, TimeSpan Silence, TimeSpan Page, TimeSpan Start, int SlowestBytesPerSecond)
{
    /// <summary>Eight files that share a line of 256 kbit/s still come through; a wheel of 2.4 MB may take twelve minutes.</summary>
    public static FetchLimits Default { get; } =
        new(TimeSpan.FromSeconds(15), TimeSpan.FromSeconds(60), TimeSpan.FromMinutes(5), TimeSpan.FromMinutes(2), 4096);
}
