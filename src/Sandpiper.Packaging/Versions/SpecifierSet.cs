using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;

namespace Sandpiper.Packaging.Versions;

/// <summary>Clauses joined by commas; all must hold. The empty set holds always. Immutable.</summary>
public sealed class SpecifierSet : IEquatable<SpecifierSet>
{
    // The longest in the wild has about forty; the bound keeps hostile ones cheap.
    private const int MaxClauses = 512;

    private SpecifierSet(ImmutableArray<VersionSpecifier> clauses) => Clauses = clauses;

    public static SpecifierSet Any { get; } = new([]);

    public ImmutableArray<VersionSpecifier> Clauses { get; }

    public static bool TryParse(ReadOnlySpan<char> text, [NotNullWhen(true)] out SpecifierSet? set, out ParseProblem problem)
    {
        (set, problem) = (null, default);
        var clauses = ImmutableArray.CreateBuilder<VersionSpecifier>();
        int start = 0;
        while (start <= text.Length)
        {
            int comma = text[start..].IndexOf(',');
            int end = comma < 0 ? text.Length : start + comma;
            ReadOnlySpan<char> clause = text[start..end];
            // An empty clause is nothing: trailing commas are tolerated as the reference parser does.
            if (!clause.IsWhiteSpace())
            {
                if (!VersionSpecifier.TryParse(clause.Trim(), out VersionSpecifier? specifier, out ParseProblem inClause))
                {
                    problem = inClause with { Position = inClause.Position + start };
                    return false;
                }
                if (clauses.Count == MaxClauses)
                {
                    problem = new(start, $"at most {MaxClauses} clauses");
                    return false;
                }
                clauses.Add(specifier);
            }
            start = end + 1;
        }
        set = clauses.Count == 0 ? Any : new SpecifierSet(clauses.DrainToImmutable());
        return true;
    }

    /// <exception cref="FormatException">Not a set of clauses.</exception>
    public static SpecifierSet Parse(string text) =>
        TryParse(text, out SpecifierSet? set, out ParseProblem problem) ? set : throw new FormatException($"`{text}`: {problem}");

    /// <summary>Some clause names a pre-release, so pre-releases are meant.</summary>
    public bool NamesPrerelease => Clauses.Any(c => c.NamesPrerelease);

    /// <summary>Whether one version satisfies every clause, pre-releases being judged like any other version.</summary>
    public bool Contains(Pep440Version version)
    {
        foreach (VersionSpecifier clause in Clauses)
        {
            if (!clause.Contains(version)) return false;
        }
        return true;
    }

    /// <summary>
    /// The versions that satisfy every clause, in the given order: final and post-releases where any satisfies, otherwise the
    /// pre-releases that do (PyPA "Handling of pre-releases"); all of both when a clause names a pre-release.
    /// <paramref name="prereleases"/> true: all that satisfy; false: never a pre-release; null: that rule.
    /// </summary>
    public IEnumerable<Pep440Version> Filter(IEnumerable<Pep440Version> versions, bool? prereleases = null)
    {
        List<Pep440Version> fitting = [.. versions.Where(Contains)];
        bool? wanted = prereleases ?? (NamesPrerelease ? true : null);
        if (wanted == true) return fitting;
        List<Pep440Version> released = [.. fitting.Where(v => !v.IsPrerelease)];
        return released.Count > 0 || wanted == false ? released : fitting;
    }

    public SpecifierSet And(SpecifierSet other) =>
        Clauses.IsEmpty ? other : other.Clauses.IsEmpty ? this : new SpecifierSet([.. Clauses, .. other.Clauses]);

    /// <summary>Equal when both have the same clauses, in any order and however often.</summary>
    public bool Equals(SpecifierSet? other) => other is not null && Canonical().SetEquals(other.Canonical());

    public override bool Equals(object? obj) => Equals(obj as SpecifierSet);

    public override int GetHashCode()
    {
        int hash = 0;
        foreach (string clause in Canonical()) hash ^= clause.GetHashCode(StringComparison.Ordinal);
        return hash;
    }

    public override string ToString() => string.Join(',', Clauses);

    // `==1.0` and `==1` are the same clause; `===1.0` and `===1` are not, nor `~=1.0` and `~=1.0.0`.
    private ImmutableHashSet<string> Canonical() => [.. Clauses.Select(c => c.Operator is "===" or "~=" || c.VersionText.EndsWith('*')
        ? c.ToString()
        : c.Operator + TrimZeros(Pep440Version.Parse(c.VersionText)))];

    private static string TrimZeros(Pep440Version version)
    {
        VersionParts parts = version.Parts;
        int used = parts.Release.Length;
        while (used > 1 && parts.Release[used - 1] == 0) used--;
        return new VersionParts { Epoch = parts.Epoch, Release = parts.Release[..used], Pre = parts.Pre, Post = parts.Post, Dev = parts.Dev, Local = parts.Local }.ToString();
    }
}
