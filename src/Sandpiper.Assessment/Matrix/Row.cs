using System.Collections.Immutable;
using Sandpiper.Assessment.Probes;
using Sandpiper.Assessment.Replicas;
using Sandpiper.Assessment.Trials;

namespace Sandpiper.Assessment.Matrix;

/// <summary>What one approach exposes.</summary>
/// <param name="Id">Stable.</param>
/// <param name="Label">A few words, with the asker's number where it has one.</param>
/// <param name="Trials">Everything that was tried.</param>
public sealed record Row(string Id, string Label, ImmutableArray<TrialOutcome> Trials)
{
    /// <summary>Why nothing was tried; null when it was.</summary>
    public string? Missing { get; init; }

    /// <summary>Commands and man pages of packages arrive where they belong; null: not known.</summary>
    public bool? KeepsFurniture { get; init; }

    /// <summary>Rows of which this one is the worse of each cell; empty when it was tried itself.</summary>
    public ImmutableArray<string> WorseOf { get; init; } = [];

    /// <summary>The row whose trials were taken over for the kinds that this one cannot change; null: none.</summary>
    public string? TakenOverFrom { get; init; }

    public ImmutableArray<Cell> Cells { get; } = [.. AssetNames.All.Select(asset => Cell.Of(asset, Trials))];

    public Cell this[Asset asset] => Cells.First(c => c.Asset == asset);

    /// <summary>With whose rights hostile code still runs, after the package was removed or the directory made anew.</summary>
    /// <param name="moment"><see cref="Moment.AfterUninstall"/> or <see cref="Moment.AfterRebuild"/>.</param>
    public ImmutableArray<Person> StillRunsAs(Moment moment) =>
        [.. Trials.SelectMany(t => t.Reaches).Where(r => r.Moment == moment).Select(r => r.RunsAs).Distinct().Order()];

    /// <summary>
    /// The same for what takes your next sudo, which in a trial comes after everything was made anew; without those who need none.
    /// </summary>
    public ImmutableArray<Person> StillRunsBySudoAs =>
        [.. Trials.SelectMany(t => t.Reaches).Where(r => r.Moment is Moment.SudoKeepingHome or Moment.SudoFromShell)
            .Select(r => r.RunsAs).Distinct().Except(StillRunsAs(Moment.AfterRebuild)).Order()];

    /// <summary>Something could not be installed: that nothing was seen of it is no sign of safety.</summary>
    public bool HasGap => Trials.Length == 0 || Trials.Any(t => t.Installed == Installed.Failed);

    /// <summary>With whose rights code ran while installing.</summary>
    public ImmutableArray<Person> InstallsAs =>
        [.. Trials.SelectMany(t => t.Reaches).Where(r => r.Moment is Moment.Resolve or Moment.Install).Select(r => r.RunsAs).Distinct()
            .Order()];
}
