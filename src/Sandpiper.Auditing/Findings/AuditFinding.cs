using System.Collections.Immutable;
using System.Globalization;

namespace Sandpiper.Auditing.Findings;

/// <summary>One thing that was found: facts, no sentence.</summary>
/// <param name="Path">Absolute. Bytes that are no UTF-8 are spelled <c>\xNN</c>; everything else is as it is, escapes included.</param>
public sealed record AuditFinding(AuditKind Kind, Gravity Gravity, string Path)
{
    /// <summary>What users quote.</summary>
    public string Rule => string.Create(CultureInfo.InvariantCulture, $"SP-AUDIT-{(int)Kind:00}");

    /// <summary>The packages in question, with their versions.</summary>
    public ImmutableArray<string> Packages { get; init; } = [];

    /// <summary>What of it a person has to see: code, a target, a reason, the id of a record.</summary>
    public string? Seen { get; init; }

    /// <summary>Who: users, groups with their members.</summary>
    public ImmutableArray<string> People { get; init; } = [];

    /// <summary>How many files it is about.</summary>
    public int Count { get; init; } = 1;
}
