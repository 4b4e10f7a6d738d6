using System.Collections.Immutable;

namespace Sandpiper.Packaging.Versions;

/// <summary>One clause, such as <c>~=2.2</c> or <c>==1.*</c>.</summary>
public sealed class VersionSpecifier
{
    /// <summary>One of <c>~= == != &lt;= &gt;= &lt; &gt; ===</c>.</summary>
    public string Operator => throw new NotImplementedException();

    /// <summary>What stands behind the operator, wildcard included.</summary>
    public string VersionText => throw new NotImplementedException();

    /// <summary><c>==V</c> without a wildcard, or <c>===V</c>: the user named one version.</summary>
    public bool IsExact => throw new NotImplementedException();

    /// <summary>Whether the version named here is itself a pre-release: then pre-releases are meant.</summary>
    public bool NamesPrerelease => throw new NotImplementedException();
}

/// <summary>Clauses joined by commas; all must hold. The empty set holds always. Immutable.</summary>
public sealed class SpecifierSet : IEquatable<SpecifierSet>
{
    public static SpecifierSet Any => throw new NotImplementedException();

    public ImmutableArray<VersionSpecifier> Clauses => throw new NotImplementedException();

    public static bool TryParse(ReadOnlySpan<char> text, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out SpecifierSet? set, out ParseProblem problem) => throw new NotImplementedException();

    public static SpecifierSet Parse(string text) => throw new NotImplementedException();

    /// <summary>Whether one version satisfies every clause, pre-releases being judged like any other version.</summary>
    public bool Contains(Pep440Version version) => throw new NotImplementedException();

    /// <summary>
    /// The versions that satisfy every clause, in the given order: final and post-releases where any satisfies, otherwise the
    /// pre-releases that do (PyPA "Handling of pre-releases"). <paramref name="prereleases"/> true: all that satisfy; false: never
    /// a pre-release; null: the standard's rule.
    /// </summary>
    public IEnumerable<Pep440Version> Filter(IEnumerable<Pep440Version> versions, bool? prereleases = null) => throw new NotImplementedException();

    public SpecifierSet And(SpecifierSet other) => throw new NotImplementedException();

    public bool Equals(SpecifierSet? other) => throw new NotImplementedException();

    public override bool Equals(object? obj) => Equals(obj as SpecifierSet);

    public override int GetHashCode() => throw new NotImplementedException();

    public override string ToString() => throw new NotImplementedException();
}
