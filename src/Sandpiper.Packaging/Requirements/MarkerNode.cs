using System.Collections.Immutable;
using Sandpiper.Packaging.Names;
using Sandpiper.Packaging.Versions;

namespace Sandpiper.Packaging.Requirements;

/// <summary>A marker as a tree: comparisons below <c>and</c> and <c>or</c>.</summary>
internal abstract record MarkerNode
{
    public abstract MarkerResult Evaluate(MarkerContext context);
}

/// <summary>All hold. One undefined part makes the whole undefined: a candidate whose marker cannot be read is not guessed at.</summary>
internal sealed record AllOf(ImmutableArray<MarkerNode> Parts) : MarkerNode
{
    public override MarkerResult Evaluate(MarkerContext context)
    {
        MarkerResult result = MarkerResult.True;
        foreach (MarkerNode part in Parts)
        {
            MarkerResult one = part.Evaluate(context);
            if (one == MarkerResult.Undefined) return one;
            if (one == MarkerResult.False) result = one;
        }
        return result;
    }

    public override string ToString() => string.Join(" and ", Parts.Select(p => p is AnyOf ? $"({p})" : p.ToString()));
}

/// <summary>Any holds.</summary>
internal sealed record AnyOf(ImmutableArray<MarkerNode> Parts) : MarkerNode
{
    public override MarkerResult Evaluate(MarkerContext context)
    {
        MarkerResult result = MarkerResult.False;
        foreach (MarkerNode part in Parts)
        {
            MarkerResult one = part.Evaluate(context);
            if (one == MarkerResult.Undefined) return one;
            if (one == MarkerResult.True) result = one;
        }
        return result;
    }

    public override string ToString() => string.Join(" or ", Parts);
}

/// <summary>A field against a constant; <paramref name="FieldIsLeft"/> says which side the field stood on.</summary>
/// <remarks>The rules are those of packaging 26.3, whose authors rewrote the standard's text in January 2026.</remarks>
internal sealed record MarkerComparison(MarkerField Field, string Operator, string Constant, bool FieldIsLeft) : MarkerNode
{
    public override MarkerResult Evaluate(MarkerContext context)
    {
        if (Field is MarkerField.Extra) return EvaluateExtra(context.Extras);
        // Sets exist in lock files only (PEP 751), which this release does not read.
        if (context.Environment.Value(Field) is not { } value) return MarkerResult.Undefined;
        (string left, string right) = FieldIsLeft ? (value, Constant) : (Constant, value);
        if (MarkerFields.IsVersion(Field) && VersionSpecifier.TryParse(Operator + right, out VersionSpecifier? specifier, out _)
            && Pep440Version.TryParse(left, out Pep440Version version, out _))
        {
            return Of(specifier.Contains(version));
        }
        return CompareText(left, right);
    }

    public override string ToString()
    {
        string quoted = Constant.Contains('"', StringComparison.Ordinal) ? $"'{Constant}'" : $"\"{Constant}\"";
        return FieldIsLeft ? $"{MarkerFields.Spell(Field)} {Operator} {quoted}" : $"{quoted} {Operator} {MarkerFields.Spell(Field)}";
    }

    private MarkerResult EvaluateExtra(IReadOnlyCollection<PackageName> extras)
    {
        // An extra that is no name is one that nobody can ask for.
        bool asked = PackageName.TryParse(Constant, out PackageName name, out _) && extras.Contains(name);
        return Operator switch
        {
            "==" or "===" => Of(asked),
            "!=" => Of(!asked),
            // Old metadata has "extra in 'a b'"; text containment, as the reference does it.
            _ => CompareText(FieldIsLeft ? extras.FirstOrDefault().Normalized : Constant, FieldIsLeft ? Constant : extras.FirstOrDefault().Normalized),
        };
    }

    // Ordering text is not defined; <= and >= mean equality, < and > never hold (spec: "Marker comparisons").
    private MarkerResult CompareText(string left, string right) => Operator switch
    {
        "==" or "<=" or ">=" => Of(string.Equals(left, right, StringComparison.Ordinal)),
        "!=" => Of(!string.Equals(left, right, StringComparison.Ordinal)),
        "<" or ">" => MarkerResult.False,
        "in" => Of(right.Contains(left, StringComparison.Ordinal)),
        "not in" => Of(!right.Contains(left, StringComparison.Ordinal)),
        _ => MarkerResult.Undefined,
    };

    private static MarkerResult Of(bool holds) => holds ? MarkerResult.True : MarkerResult.False;
}
