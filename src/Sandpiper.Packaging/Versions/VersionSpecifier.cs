using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace Sandpiper.Packaging.Versions;

/// <summary>One clause, such as <c>~=2.2</c> or <c>==1.*</c> (PyPA "Version specifiers"). Immutable.</summary>
/// <remarks>Equal when operator and version are: <c>==2.8</c> equals <c>==2.8.0</c>.</remarks>
public sealed class VersionSpecifier : IEquatable<VersionSpecifier>
{
    private readonly Comparison _comparison;
    private readonly Pep440Version _version;    // without the wildcard; the default for ===, which compares text

    // For <V. Pre-releases of V are not below V unless V is one itself ("Exclusive ordered comparison"), and V.dev0 is the first of them.
    // So 1.0a1 IS below 1.0.post1, whose only pre-releases are its own .devN (packaging 26.1; older tools went by the release).
    private readonly VersionKey? _ceiling;

    private VersionSpecifier(Comparison comparison, string versionText, Pep440Version version, bool isWildcard)
    {
        _comparison = comparison;
        _version = version;
        VersionText = versionText;
        IsWildcard = isWildcard;
        NamesPrerelease = comparison != Comparison.NotEqual && version.IsPrerelease;
        if (comparison == Comparison.Below) _ceiling = version.IsPrerelease ? version.Key : version.Key with { Dev = 0 };
    }

    /// <summary>One of <c>~= == != &lt;= &gt;= &lt; &gt; ===</c>.</summary>
    public string Operator => _comparison.Text();

    /// <summary>What stands behind the operator, wildcard included.</summary>
    public string VersionText { get; }

    /// <summary><c>==V.*</c> or <c>!=V.*</c>.</summary>
    public bool IsWildcard { get; }

    /// <summary>The version behind the operator, without the wildcard; null for <c>===</c>, which names a text.</summary>
    public Pep440Version? Version => _comparison == Comparison.Arbitrary ? null : _version;

    /// <summary><c>==V</c> without a wildcard, or <c>===V</c>: the user named one version.</summary>
    public bool IsExact => _comparison == Comparison.Arbitrary || (_comparison == Comparison.Equal && !IsWildcard);

    /// <summary>Whether the version named here is itself a pre-release: then pre-releases are meant. Never for <c>!=</c>.</summary>
    public bool NamesPrerelease { get; private init; }

    /// <summary>Reads one clause; white space around operator and version is allowed.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, [NotNullWhen(true)] out VersionSpecifier? specifier, out ParseProblem problem)
    {
        specifier = null;
        var cursor = new AsciiCursor(text);
        cursor.TakeWhile(char.IsWhiteSpace);
        if (!cursor.TryTakeComparison(out var comparison))
        {
            problem = cursor.Problem("a comparison operator");
            return false;
        }
        cursor.TakeWhile(char.IsWhiteSpace);
        var operand = cursor.Rest.TrimEnd();
        if (TryParseOperand(comparison, operand, out specifier, out problem)) return true;
        problem = problem with { Position = problem.Position + cursor.Position };
        return false;
    }

    /// <summary>Whether <paramref name="version"/> satisfies the clause, pre-releases being judged like any other version.</summary>
    public bool Contains(Pep440Version version)
    {
        var (candidate, named) = (version.Key, _version.Key);
        return _comparison switch
        {
            Comparison.Arbitrary => Ascii.EqualsIgnoreCase(version.Original, VersionText),
            Comparison.Equal => IsEqual(candidate, named),
            Comparison.NotEqual => !IsEqual(candidate, named),
            Comparison.Compatible => candidate.ComparePublic(named) >= 0 && candidate.HasPrefix(named, named.Release.Length - 1),
            Comparison.AtMost => candidate.ComparePublic(named) <= 0,
            Comparison.AtLeast => candidate.ComparePublic(named) >= 0,
            Comparison.Below => candidate.ComparePublic(_ceiling!) < 0,     // set by the constructor for this operator
            _ => IsAbove(candidate, named),
        };
    }

    /// <summary>As <see cref="SpecifierSet.SideOf"/>, for this clause.</summary>
    internal int SideOf(Pep440Version version)
    {
        var (candidate, named) = (version.Key, _version.Key);
        return _comparison switch
        {
            Comparison.Equal when !IsWildcard => candidate.ComparePublic(named),
            Comparison.AtLeast or Comparison.Compatible or Comparison.Above => Math.Min(candidate.ComparePublic(named), 0),
            Comparison.AtMost => Math.Max(candidate.ComparePublic(named), 0),
            Comparison.Below => candidate.ComparePublic(_ceiling!) < 0 ? 0 : 1,     // set by the constructor for this operator
            _ => 0,
        };
    }

    public bool Equals(VersionSpecifier? other) => other is not null && _comparison == other._comparison && IsWildcard == other.IsWildcard
        && (_comparison == Comparison.Arbitrary
            ? string.Equals(VersionText, other.VersionText, StringComparison.Ordinal)
            : _version == other._version)
        && (!CountsZeros || _version.Release.Length == other._version.Release.Length);

    public override bool Equals(object? obj) => Equals(obj as VersionSpecifier);

    public override int GetHashCode() => _comparison == Comparison.Arbitrary
        ? VersionText.GetHashCode(StringComparison.Ordinal)
        : HashCode.Combine(_comparison, _version);

    public override string ToString() => Operator + VersionText;

    // ~=1.0 is not ~=1.0.0, nor is ==1.* the same as ==1.0.*.
    private bool CountsZeros => IsWildcard || _comparison == Comparison.Compatible;

    /// <summary>No white space and nothing that ends a clause in a requirement line.</summary>
    internal static bool IsPartOfClause(char c) => !char.IsWhiteSpace(c) && c is not (',' or ';' or ')');

    private static bool TryParseOperand(
        Comparison comparison, ReadOnlySpan<char> operand, [NotNullWhen(true)] out VersionSpecifier? specifier, out ParseProblem problem)
    {
        specifier = null;
        if (comparison == Comparison.Arbitrary) return TryParseArbitrary(operand, out specifier, out problem);
        bool isWildcard = operand.EndsWith(".*", StringComparison.Ordinal);
        if (!VersionGrammar.TryParse(isWildcard ? operand[..^2] : operand, out var key, out problem)) return false;
        bool takesMore = comparison is Comparison.Equal or Comparison.NotEqual;
        if (isWildcard && !takesMore)
            problem = new ParseProblem(operand.Length - 2, "no wildcard: only == and != take one");
        else if (isWildcard && (key.IsPrerelease || key.Post is not null || !key.Local.IsEmpty))
            problem = new ParseProblem(operand.Length - 2, "no wildcard: it only follows a release");
        else if (!key.Local.IsEmpty && !takesMore)
            problem = new ParseProblem(operand.IndexOf('+'), "no local version: only == and != take one");
        else if (comparison == Comparison.Compatible && key.Release.Length < 2)
            problem = new ParseProblem(operand.Length, "a release of two numbers or more");
        if (problem != default) return false;
        string text = operand.ToString();
        specifier = new VersionSpecifier(comparison, text, new Pep440Version(key, text), isWildcard);
        return true;
    }

    private static bool TryParseArbitrary(
        ReadOnlySpan<char> operand, [NotNullWhen(true)] out VersionSpecifier? specifier, out ParseProblem problem)
    {
        specifier = null;
        problem = default;
        var cursor = new AsciiCursor(operand);
        if (cursor.TakeWhile(IsPartOfClause).IsEmpty) problem = cursor.Problem("a version");
        else if (!cursor.AtEnd) problem = cursor.Problem("the end of the clause");
        if (problem != default) return false;
        bool namesPrerelease = VersionGrammar.TryParse(operand, out var key, out _) && key.IsPrerelease;
        specifier = new VersionSpecifier(Comparison.Arbitrary, operand.ToString(), default, false) { NamesPrerelease = namesPrerelease };
        return true;
    }

    private bool IsEqual(VersionKey candidate, VersionKey named) => IsWildcard ? candidate.HasPrefix(named, named.Release.Length)
        : named.Local.IsEmpty ? candidate.ComparePublic(named) == 0
        : candidate.CompareTo(named) == 0;

    // Local versions of V are not above V, nor are its post-releases, unless V is one (or a development release, which has none).
    private static bool IsAbove(VersionKey candidate, VersionKey named) => candidate.ComparePublic(named) > 0
        && (named.Post is not null || named.Dev is not null || candidate.Post is null || !candidate.SharesReleaseAndPre(named));
}
