using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;

namespace Sandpiper.Packaging.Requirements;

/// <summary>
/// Requirements of published metadata, each text read once: a thousand versions of a project repeat the same dozen. Safe for many threads.
/// </summary>
public sealed class RequirementPool
{
    // Both keep what somebody else wrote from living longer than what was made of it.
    private const int MaxTexts = 50_000;
    private const int MaxLength = 256;

    private readonly ConcurrentDictionary<string, Known> _known = new(StringComparer.Ordinal);

    /// <summary>As <see cref="Requirement.TryParseRepaired"/>; the same text gives the same object.</summary>
    public bool TryParseRepaired(
        string text, [NotNullWhen(true)] out Requirement? requirement, out ImmutableArray<string> repairs, out ParseProblem problem)
    {
        problem = default;
        if (_known.TryGetValue(text, out Known? known))
        {
            (requirement, repairs) = known;
            return true;
        }
        if (!Requirement.TryParseRepaired(text, out requirement, out repairs, out problem)) return false;
        if (text.Length > MaxLength || _known.Count >= MaxTexts) return true;
        (requirement, repairs) = _known.GetOrAdd(text, new Known(requirement, repairs));
        return true;
    }

    private sealed record Known(Requirement Requirement, ImmutableArray<string> Repairs);
}
