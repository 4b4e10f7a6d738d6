using System.Collections.Immutable;
using Sandpiper.Assessment.Probes;
using Sandpiper.Assessment.Trials;

namespace Sandpiper.Assessment.Matrix;

/// <summary>What one approach exposes of one asset.</summary>
/// <param name="Asset">Which.</param>
/// <param name="Worst">When first.</param>
/// <param name="Reaches">Everything that was seen of it, the worst first; empty where there was nothing.</param>
public sealed record Cell(Asset Asset, Worst Worst, ImmutableArray<Reach> Reaches)
{
    /// <summary>It takes no more than that somebody starts a Python.</summary>
    public bool AtStart => Worst == Worst.Use && Reaches.Any(r => WorstOf(r) == Worst.Use && r.Moment is Moment.Start);

    /// <summary>How soon that is.</summary>
    public static Worst WorstOf(Reach reach) => reach switch
    {
        { Moment: Moment.Resolve or Moment.Install } => Worst.Install,
        { Moment: Moment.SudoPip or Moment.SudoKeepingHome or Moment.SudoFromShell } => Worst.Sudo,
        { IsPlanted: true } => Worst.Planted,
        _ => Worst.Use,
    };

    /// <summary>Puts together what the trials of a row saw.</summary>
    internal static Cell Of(Asset asset, IEnumerable<TrialOutcome> trials)
    {
        TrialOutcome[] all = [.. trials];
        Reach[] reaches = [.. all.SelectMany(t => t.Reaches).Where(r => r.Asset == asset).OrderBy(WorstOf).ThenBy(r => r.Moment)];
        Worst worst = reaches.Length > 0 ? WorstOf(reaches[0])
            // One that could not be installed says nothing of what it would have done: a gap is no safety.
            : all.Length == 0 || all.Any(t => t.Installed == Installed.Failed) ? Worst.Unknown
            : Worst.Never;
        return new(asset, worst, [.. reaches]);
    }
}
