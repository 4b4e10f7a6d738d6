using System.Collections.Concurrent;
using System.Collections.Immutable;

namespace Sandpiper.Wheels;

/// <summary>Raises what is wrong with one wheel: a refusal, or a note where a user has waived the rule. Safe for several threads.</summary>
public sealed class Objections(IReadOnlySet<string> waivedRules)
{
    // What RECORD or .metadata say wrongly can be set aside: the bytes are still those the index named. Without the other rules nobody
    // could say which package, which files or which places it is about.
    public static ImmutableHashSet<string> WaivableRules { get; } =
        ["SP-WHEEL-06", "SP-WHEEL-07", "SP-WHEEL-08", "SP-WHEEL-09", "SP-WHEEL-14"];

    private readonly ConcurrentQueue<string> _notes = new();

    public static bool MayBeWaived(string rule) => WaivableRules.Contains(rule);

    /// <summary>In the order in which they were made.</summary>
    public ImmutableArray<string> Notes => [.. _notes];

    public void Note(string what) => _notes.Enqueue(what);

    /// <summary>Returns only when the rule has been waived.</summary>
    /// <exception cref="WheelRefusedException">It has not.</exception>
    public void Raise(string rule, string because, string? member, string? evidence = null)
    {
        if (!MayBeWaived(rule) || !waivedRules.Contains(rule)) throw new WheelRefusedException(rule, because, member, evidence);
        Note($"waived {rule}: {because}: {member}");
    }
}
