using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using Sandpiper.Packaging.Versions;

namespace Sandpiper.Packaging.Requirements;

/// <summary>
/// Requirements of published metadata, each text read once: a thousand versions of a project repeat the same dozen. Safe for many threads.
/// </summary>
public sealed class RequirementPool
{
    // Both keep what somebody else wrote from living longer than what was made of it.
    private const int MaxTexts = 50_000;
    private const int MaxLength = 256;

    private readonly ConcurrentDictionary<string, Known<Requirement>> _requirements = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, Known<SpecifierSet>> _pythons = new(StringComparer.Ordinal);

    private delegate bool Parser<T>(
        ReadOnlySpan<char> text, [NotNullWhen(true)] out T? parsed, out ImmutableArray<string> repairs, out ParseProblem problem)
        where T : class;

    /// <summary>As <see cref="Requirement.TryParseRepaired"/>; the same text gives the same object.</summary>
    public bool TryParseRepaired(
        string text, [NotNullWhen(true)] out Requirement? requirement, out ImmutableArray<string> repairs, out ParseProblem problem) =>
        TryParse(_requirements, Requirement.TryParseRepaired, text, out requirement, out repairs, out problem);

    /// <summary>As <see cref="SpecifierSet.TryParseRepaired"/>, of a Requires-Python; the same text gives the same object.</summary>
    public bool TryParsePythonRepaired(
        string text, [NotNullWhen(true)] out SpecifierSet? python, out ImmutableArray<string> repairs, out ParseProblem problem) =>
        TryParse(_pythons, SpecifierSet.TryParseRepaired, text, out python, out repairs, out problem);

    private static bool TryParse<T>(
        ConcurrentDictionary<string, Known<T>> known, Parser<T> parse, string text, [NotNullWhen(true)] out T? parsed,
        out ImmutableArray<string> repairs, out ParseProblem problem) where T : class
    {
        problem = default;
        if (known.TryGetValue(text, out Known<T>? before))
        {
            (parsed, repairs) = before;
            return true;
        }
        if (!parse(text, out parsed, out repairs, out problem)) return false;
        if (text.Length > MaxLength || known.Count >= MaxTexts) return true;
        (parsed, repairs) = known.GetOrAdd(text, new Known<T>(parsed, repairs));
        return true;
    }

    private sealed record Known<T>(T Parsed, ImmutableArray<string> Repairs);
}
