namespace Sandpiper.Environments.Ledger;

/// <summary>An environment has generations, and its link does not say which of them is current. Nothing was changed.</summary>
/// <param name="environment">Its name.</param>
/// <param name="link">Which is gone, or leads elsewhere.</param>
/// <param name="last">The generation that was current last, as far as can be told.</param>
/// <param name="generations">How many are there.</param>
public sealed class CurrentLostException(string environment, string link, int last, int generations)
    : Exception($"{link} does not say what is current")
{
    public string Environment { get; } = environment;

    public string Link { get; } = link;

    public int Last { get; } = last;

    public int Generations { get; } = generations;
}
