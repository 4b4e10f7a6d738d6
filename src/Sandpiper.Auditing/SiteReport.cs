using System.Collections.Immutable;
using Sandpiper.Auditing.Findings;
using Sandpiper.Auditing.Places;
using Sandpiper.Auditing.Records;

namespace Sandpiper.Auditing;

/// <summary>What was found in one directory of packages.</summary>
/// <param name="Packages">That are recorded there, with their versions.</param>
/// <param name="Files">That were looked at.</param>
/// <param name="Findings">By kind and path.</param>
/// <param name="OwnedBy">Whose the directory is.</param>
public sealed record SiteReport(
    Site Site, ImmutableArray<string> Packages, int Files, ImmutableArray<AuditFinding> Findings, string OwnedBy)
{
    /// <summary>The same packages, as they are recorded.</summary>
    public ImmutableArray<Distribution> Recorded { get; init; } = [];

    /// <summary>Some of the packages did not come with the system.</summary>
    public bool HasForeignPackages { get; init; }

    public int Alarms => Findings.Count(f => f.Gravity == Gravity.Alarm);
}
