using System.Collections.Concurrent;
using System.Collections.Immutable;
using Sandpiper.Policies;

namespace Sandpiper.Wheels;

/// <summary>
/// What is found while one wheel is inspected. What nobody could accept ends the inspection; everything else is gathered, for it is not
/// the inspection that decides. Safe for several threads.
/// </summary>
public sealed class InspectionReport
{
    private readonly ConcurrentQueue<Finding> _findings = new();
    private readonly ConcurrentQueue<string> _notes = new();

    /// <summary>By rule and path, whichever thread came first.</summary>
    public ImmutableArray<Finding> Findings =>
        [.. _findings.OrderBy(f => f.Rule, StringComparer.Ordinal).ThenBy(f => f.Path, StringComparer.Ordinal).ThenBy(f => f.Fault)];

    /// <summary>In the order in which they were made.</summary>
    public ImmutableArray<string> Notes => [.. _notes];

    public void Note(string what) => _notes.Enqueue(what);

    /// <exception cref="RefusedException">Nobody could accept it.</exception>
    public void Add(Finding finding)
    {
        if (!finding.MayBeAccepted) throw new RefusedException(finding);
        _findings.Enqueue(finding);
    }
}
