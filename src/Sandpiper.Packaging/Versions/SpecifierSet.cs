using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;

namespace Sandpiper.Packaging.Versions;

/// <summary>Clauses joined by commas; all must hold. The empty set holds always. Immutable.</summary>
/// <remarks>Equal when the clauses are the same in any order; <see cref="ToString"/> keeps the written one.</remarks>
public sealed class SpecifierSet : IEquatable<SpecifierSet>
{
    /// <summary>Clauses that are read; every candidate is held against each. The longest lists in the wild have a few dozen.</summary>
    public const int MaxClauses = 512;

    private SpecifierSet(ImmutableArray<VersionSpecifier> clauses) => Clauses = clauses;

    /// <summary>The empty set: every version will do.</summary>
    public static SpecifierSet Any { get; } = new([]);

    /// <summary>In the written order, repetitions left out.</summary>
    public ImmutableArray<VersionSpecifier> Clauses { get; }

    /// <summary>Whether a clause names a pre-release, so that <see cref="Filter"/> admits pre-releases without being told to.</summary>
    public bool NamesPrerelease => Clauses.Any(clause => clause.NamesPrerelease);

    /// <summary>The set of exactly these clauses.</summary>
    public static SpecifierSet Of(IEnumerable<VersionSpecifier> clauses) =>
        clauses.Distinct().ToImmutableArray() is { IsEmpty: false } distinct ? new SpecifierSet(distinct) : Any;

    /// <exception cref="FormatException">Not a set of clauses; the message says where.</exception>
    public static SpecifierSet Parse(string text) =>
        TryParse(text, out var set, out var problem) ? set : throw new FormatException($"{problem}");

    /// <summary>Reads clauses between commas; one more comma may follow the last.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, [NotNullWhen(true)] out SpecifierSet? set, out ParseProblem problem)
    {
        set = null;
        problem = default;
        var clauses = new List<VersionSpecifier>();
        foreach (var range in text.Split(','))
        {
            int start = range.Start.Value;
            bool isLast = range.End.Value == text.Length;
            if (text[range].IsWhiteSpace() && isLast && (start == 0 || clauses.Count > 0)) continue;
            if (!VersionSpecifier.TryParse(text[range], out var clause, out problem))
            {
                problem = problem with { Position = problem.Position + start };
                return false;
            }
            if (clauses.Count == MaxClauses)
            {
                problem = new ParseProblem(start, $"at most {MaxClauses} clauses");
                return false;
            }
            clauses.Add(clause);
        }
        set = clauses switch
        {
            [] => Any,
            [var only] => new SpecifierSet([only]),
            [var first, var second] when !first.Equals(second) => new SpecifierSet([first, second]),
            _ => Of(clauses),
        };
        return true;
    }

    /// <summary>
    /// Reads what <see cref="TryParse"/> reads, and failing that some of what older tools let pass into metadata (<c>&gt;=3.5.*</c>, a
    /// missing comma, stray quotes). <paramref name="repairs"/> says what was changed; it is empty for what the standard allows.
    /// </summary>
    public static bool TryParseRepaired(
        ReadOnlySpan<char> text, [NotNullWhen(true)] out SpecifierSet? set, out ImmutableArray<string> repairs, out ParseProblem problem)
    {
        repairs = [];
        if (TryParse(text, out set, out problem)) return true;
        if (text.Length > SpecifierRepair.MaxLength) return false;
        var made = new List<string>();
        string mended = SpecifierRepair.Apply(text, made);
        // The problem stays the one of the text as it was given. Nothing left is no repair: it would admit every version.
        if (made.Count == 0 || !TryParse(mended, out set, out _) || set.Clauses.IsEmpty)
        {
            set = null;
            return false;
        }
        repairs = [.. made];
        return true;
    }

    /// <summary>Whether one version satisfies every clause, pre-releases being judged like any other version.</summary>
    public bool Contains(Pep440Version version)
    {
        foreach (var clause in Clauses)
        {
            if (!clause.Contains(version)) return false;
        }
        return true;
    }

    /// <summary>
    /// Where in an order of versions those stand that can satisfy every clause: before 0 where <paramref name="version"/> and all below it
    /// do not, beyond 0 where it and all above it do not, else 0.
    /// </summary>
    public int SideOf(Pep440Version version)
    {
        foreach (var clause in Clauses)
        {
            if (clause.SideOf(version) is not 0 and var side) return side;
        }
        return 0;
    }

    /// <summary>
    /// The versions that satisfy every clause, in the given order: final and post-releases where any satisfies, otherwise the
    /// pre-releases that do (PyPA "Handling of pre-releases"). <paramref name="prereleases"/> true: all that satisfy; false: never
    /// a pre-release; null: the standard's rule, or all that satisfy when a clause names a pre-release.
    /// </summary>
    public IEnumerable<Pep440Version> Filter(IEnumerable<Pep440Version> versions, bool? prereleases = null)
    {
        prereleases ??= NamesPrerelease ? true : null;
        bool anyFinal = false;
        var heldBack = new List<Pep440Version>();
        foreach (var version in versions)
        {
            if (!Contains(version)) continue;
            if (!version.IsPrerelease || prereleases == true)
            {
                anyFinal = true;
                yield return version;
            }
            else if (prereleases is null && !anyFinal)
            {
                heldBack.Add(version);
            }
        }
        if (anyFinal) yield break;
        foreach (var version in heldBack) yield return version;
    }

    /// <summary>The clauses of both: what satisfies it satisfies either.</summary>
    public SpecifierSet And(SpecifierSet other) =>
        Clauses.IsEmpty ? other : other.Clauses.IsEmpty ? this : Of(Clauses.Concat(other.Clauses));

    public bool Equals(SpecifierSet? other) =>
        other is not null && Clauses.Length == other.Clauses.Length && Clauses.ToHashSet().SetEquals(other.Clauses);

    public override bool Equals(object? obj) => Equals(obj as SpecifierSet);

    // Independent of the order, as equality is.
    public override int GetHashCode()
    {
        int hash = Clauses.Length;
        foreach (var clause in Clauses) hash ^= clause.GetHashCode();
        return hash;
    }

    public override string ToString() => string.Join(',', Clauses);
}
