using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;

namespace Sandpiper.Packaging.Versions;

/// <summary>One clause, such as <c>~=2.2</c> or <c>==1.*</c> (PyPA "Version specifiers").</summary>
public sealed class VersionSpecifier
{
    // What cannot stand in an arbitrary version: the characters that end it in a requirement.
    private static readonly System.Buffers.SearchValues<char> EndsArbitrary = System.Buffers.SearchValues.Create(" \t,;()");

    private readonly Comparison _comparison;
    private readonly Pep440Version _version;    // default for ===, whose text need not be a version

    private VersionSpecifier(Comparison comparison, string text, Pep440Version version) =>
        (_comparison, VersionText, _version) = (comparison, text, version);

    private enum Comparison
    {
        Compatible,
        Equal,
        EqualPrefix,
        NotEqual,
        NotEqualPrefix,
        AtMost,
        AtLeast,
        Below,
        Above,
        Arbitrary,
    }

    /// <summary>One of <c>~= == != &lt;= &gt;= &lt; &gt; ===</c>.</summary>
    public string Operator => _comparison switch
    {
        Comparison.Compatible => "~=",
        Comparison.Equal or Comparison.EqualPrefix => "==",
        Comparison.NotEqual or Comparison.NotEqualPrefix => "!=",
        Comparison.AtMost => "<=",
        Comparison.AtLeast => ">=",
        Comparison.Below => "<",
        Comparison.Above => ">",
        _ => "===",
    };

    /// <summary>What stands behind the operator, wildcard included.</summary>
    public string VersionText { get; }

    /// <summary><c>==V</c> without a wildcard, or <c>===V</c>: the user named one version.</summary>
    public bool IsExact => _comparison is Comparison.Equal or Comparison.Arbitrary;

    /// <summary>Whether the version named here is itself a pre-release: then pre-releases are meant.</summary>
    public bool NamesPrerelease => _comparison switch
    {
        Comparison.NotEqual or Comparison.NotEqualPrefix or Comparison.EqualPrefix => false,
        Comparison.Arbitrary => Pep440Version.TryParse(VersionText, out Pep440Version version, out _) && version.IsPrerelease,
        _ => _version.IsPrerelease,
    };

    /// <summary>Whether one version satisfies the clause, pre-releases being judged like any other version.</summary>
    public bool Contains(Pep440Version version) => _comparison switch
    {
        Comparison.Equal => IsEqual(version),
        Comparison.NotEqual => !IsEqual(version),
        Comparison.EqualPrefix => HasPrefix(version, _version.Parts.Release.AsSpan()),
        Comparison.NotEqualPrefix => !HasPrefix(version, _version.Parts.Release.AsSpan()),
        Comparison.AtMost => version.Public <= _version,
        Comparison.AtLeast => version.Public >= _version,
        Comparison.Below => version < _version && !IsPrereleaseOfThis(version),
        Comparison.Above => version.Public > _version && !IsPostreleaseOfThis(version),
        Comparison.Compatible => version.Public >= _version && HasPrefix(version, _version.Parts.Release.AsSpan()[..^1]),
        // The published spelling, compared as ASCII text in either case; nothing is normalised.
        _ => System.Text.Ascii.EqualsIgnoreCase(version.Original, VersionText),
    };

    public override string ToString() => Operator + VersionText;

    /// <param name="text">Operator and version; blanks around and between.</param>
    internal static bool TryParse(ReadOnlySpan<char> text, [NotNullWhen(true)] out VersionSpecifier? specifier, out ParseProblem problem)
    {
        specifier = null;
        var cursor = new AsciiCursor(text);
        cursor.SkipBlanks();
        if (!TryTakeOperator(ref cursor, out Comparison comparison))
        {
            problem = new(cursor.Position, "one of ~= == != <= >= < > ===");
            return false;
        }
        cursor.SkipBlanks();
        int start = cursor.Position;
        ReadOnlySpan<char> versionText = cursor.Rest.TrimEnd(" \t");
        if (comparison == Comparison.Arbitrary)
        {
            problem = new(start, "a version");
            if (versionText.IsEmpty || versionText.ContainsAny(EndsArbitrary)) return false;
            specifier = new VersionSpecifier(comparison, versionText.ToString(), default);
            return true;
        }
        bool isPrefix = comparison is Comparison.Equal or Comparison.NotEqual && versionText.EndsWith(".*");
        ReadOnlySpan<char> bare = isPrefix ? versionText[..^2] : versionText;
        if (bare.ContainsAny(" \t") || !Pep440Version.TryParse(bare, out Pep440Version version, out problem))
        {
            problem = new(start, "a version");
            return false;
        }
        if (WhatIsWrong(comparison, isPrefix, version) is { } expected)
        {
            problem = new(start, expected);
            return false;
        }
        comparison = (comparison, isPrefix) switch
        {
            (Comparison.Equal, true) => Comparison.EqualPrefix,
            (Comparison.NotEqual, true) => Comparison.NotEqualPrefix,
            _ => comparison,
        };
        specifier = new VersionSpecifier(comparison, versionText.ToString(), version);
        problem = default;
        return true;
    }

    private static string? WhatIsWrong(Comparison comparison, bool isPrefix, Pep440Version version)
    {
        if (isPrefix && (version.IsPrerelease || version.IsPostrelease || version.HasLocal)) return "only a release before .*";
        if (version.HasLocal && comparison is not (Comparison.Equal or Comparison.NotEqual)) return "a version without a local part";
        if (comparison == Comparison.Compatible && version.Parts.Release.Length < 2) return "at least two numbers behind ~=";
        return null;
    }

    private static bool TryTakeOperator(ref AsciiCursor cursor, out Comparison comparison)
    {
        Comparison? taken =
            cursor.TryTakeWord("===") ? Comparison.Arbitrary :
            cursor.TryTakeWord("==") ? Comparison.Equal :
            cursor.TryTakeWord("~=") ? Comparison.Compatible :
            cursor.TryTakeWord("!=") ? Comparison.NotEqual :
            cursor.TryTakeWord("<=") ? Comparison.AtMost :
            cursor.TryTakeWord(">=") ? Comparison.AtLeast :
            cursor.TryTakeWord("<") ? Comparison.Below :
            cursor.TryTakeWord(">") ? Comparison.Above : null;
        comparison = taken ?? default;
        return taken is not null;
    }

    // A clause without a local part does not look at the candidate's.
    private bool IsEqual(Pep440Version version) => (_version.HasLocal ? version : version.Public) == _version;

    private bool HasPrefix(Pep440Version version, ReadOnlySpan<ulong> prefix)
    {
        ImmutableArray<ulong> release = version.Parts.Release;
        if (version.Parts.Epoch != _version.Parts.Epoch) return false;
        for (int i = 0; i < prefix.Length; i++)
        {
            if ((i < release.Length ? release[i] : 0) != prefix[i]) return false;
        }
        return true;
    }

    // <1.0 leaves out 1.0rc1, and <1.0.post1 leaves out 1.0.post1.dev1 but not 1.0a1 (the rule since packaging 26.1).
    private bool IsPrereleaseOfThis(Pep440Version version)
    {
        if (_version.IsPrerelease || !version.IsPrerelease || !HasSameRelease(version)) return false;
        return _version.Parts.Post is null || (version.Parts.Post == _version.Parts.Post && version.Parts.Pre is null);
    }

    // >1.0 leaves out 1.0.post1; >1.0.post1 takes later post-releases, their development releases included.
    private bool IsPostreleaseOfThis(Pep440Version version) =>
        !_version.IsPostrelease && version.IsPostrelease && HasSameRelease(version)
        && (_version.Parts.Pre is null || version.Parts.Pre == _version.Parts.Pre);

    private bool HasSameRelease(Pep440Version version) =>
        version.Parts.Epoch == _version.Parts.Epoch && VersionParts.CompareReleases(version.Parts.Release, _version.Parts.Release) == 0;
}
