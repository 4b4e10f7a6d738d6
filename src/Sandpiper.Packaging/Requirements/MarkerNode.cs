using System.Collections.Immutable;
using System.Diagnostics;
using System.Text;
using Sandpiper.Packaging.Names;
using Sandpiper.Packaging.Versions;

namespace Sandpiper.Packaging.Requirements;

/// <summary>
/// A part of a marker. Everything is evaluated, always: an undefined comparison makes the whole undefined wherever it stands.
/// </summary>
internal abstract record MarkerNode
{
    public abstract MarkerResult Evaluate(MarkerScope scope);
}

/// <summary>Two or more parts joined by <c>and</c> or by <c>or</c>.</summary>
internal sealed record MarkerJunction(bool IsAnd, ImmutableArray<MarkerNode> Parts) : MarkerNode
{
    public override MarkerResult Evaluate(MarkerScope scope)
    {
        var result = IsAnd ? MarkerResult.True : MarkerResult.False;
        var decisive = IsAnd ? MarkerResult.False : MarkerResult.True;
        foreach (var part in Parts)
        {
            var value = part.Evaluate(scope);
            if (value == MarkerResult.Undefined) return value;
            if (value == decisive) result = decisive;
        }
        return result;
    }

    public override string ToString() => string.Join(IsAnd ? " and " : " or ", Parts.Select(part =>
        IsAnd && part is MarkerJunction { IsAnd: false } ? $"({part})" : part.ToString()));
}

/// <summary>How a marker compares: as clauses do, or by containment.</summary>
/// <param name="Comparison">Null: <c>in</c>, or <c>not in</c> when <paramref name="IsNegated"/>.</param>
internal readonly record struct MarkerOperator(Comparison? Comparison, bool IsNegated)
{
    public override string ToString() => Comparison?.Text() ?? (IsNegated ? "not in" : "in");
}

/// <summary>One side of a comparison: a field, or a text in quotes.</summary>
internal readonly record struct MarkerOperand(MarkerField? Field, string Text)
{
    public override string ToString() => Field?.Name() ?? (Text.Contains('"', StringComparison.Ordinal) ? $"'{Text}'" : $"\"{Text}\"");
}

/// <summary><c>field operator "text"</c>, or the other way round.</summary>
internal sealed record MarkerComparison(MarkerOperand Left, MarkerOperator Operator, MarkerOperand Right) : MarkerNode
{
    public override MarkerResult Evaluate(MarkerScope scope)
    {
        if ((Left.Field ?? Right.Field) is not { } field) return MarkerResult.Undefined;    // two texts: no field, so no type to compare by
        if (field == MarkerField.Extra) return EvaluateExtra(scope);
        if (scope.Set(field) is { } set) return EvaluateSet(set);
        if (field.In(scope.Environment) is not { } value) return MarkerResult.Undefined;
        // Of two fields, the standard's library compares the first with the name of the second. A marker has to mean one thing everywhere.
        return Left.Field is null ? Compare(field, Left.Text, value) : Compare(field, value, Right.Field?.Name() ?? Right.Text);
    }

    public override string ToString() => $"{Left} {Operator} {Right}";

    // extra == "x": x is among the requested; extra != "x": it is not. Both sides are normalised (PEP 685), and never taken for versions.
    private MarkerResult EvaluateExtra(MarkerScope scope)
    {
        if (scope.IsLock) return MarkerResult.Undefined;    // PEP 751 forbids it there
        string text = PackageName.Normalize(Left.Field is null ? Left.Text : Right.Field?.Name() ?? Right.Text);
        var results = scope.ExtraValues.Select(extra => Left.Field is null ? CompareText(text, extra) : CompareText(extra, text)).ToList();
        if (results.Contains(MarkerResult.Undefined)) return MarkerResult.Undefined;
        bool mustHoldForAll = Operator.IsNegated || Operator.Comparison == Comparison.NotEqual;
        return Of(mustHoldForAll ? !results.Contains(MarkerResult.False) : results.Contains(MarkerResult.True));
    }

    // Only "x" in set is defined by the standard. A text never equals a set, but may be asked to.
    private MarkerResult EvaluateSet(IReadOnlyCollection<PackageName> set)
    {
        if (Left.Field is not null) return MarkerResult.Undefined;
        string member = PackageName.Normalize(Left.Text);
        return Operator.Comparison switch
        {
            null => Of(set.Any(name => string.Equals(name.Normalized, member, StringComparison.Ordinal)) != Operator.IsNegated),
            Comparison.NotEqual => MarkerResult.True,
            Comparison.Compatible or Comparison.Arbitrary => MarkerResult.Undefined,
            _ => MarkerResult.False,
        };
    }

    private MarkerResult Compare(MarkerField field, string left, string right)
    {
        if (!field.IsVersion() || Operator.Comparison is not { } comparison) return CompareText(left, right);
        // "===" compares texts even where they are no versions; an empty one equals nothing.
        if (comparison == Comparison.Arbitrary && right.AsSpan().IsWhiteSpace()) return MarkerResult.False;
        if (!VersionSpecifier.TryParse(comparison.Text() + right, out var clause, out _)) return CompareText(left, right);
        if (comparison == Comparison.Arbitrary) return Of(Ascii.EqualsIgnoreCase(left, clause.VersionText));
        return Of(Pep440Version.TryParse(left, out var version, out _) && clause.Contains(version));
    }

    // Texts have no order: <= and >= are equality, < and > never hold ("Marker comparisons", January 2026).
    private MarkerResult CompareText(string left, string right) => Operator.Comparison switch
    {
        null => Of(right.Contains(left, StringComparison.Ordinal) != Operator.IsNegated),
        Comparison.Equal or Comparison.AtMost or Comparison.AtLeast => Of(string.Equals(left, right, StringComparison.Ordinal)),
        Comparison.NotEqual => Of(!string.Equals(left, right, StringComparison.Ordinal)),
        Comparison.Below or Comparison.Above => MarkerResult.False,
        Comparison.Compatible or Comparison.Arbitrary => MarkerResult.Undefined,
        var other => throw new UnreachableException($"{other}"),
    };

    private static MarkerResult Of(bool holds) => holds ? MarkerResult.True : MarkerResult.False;
}
