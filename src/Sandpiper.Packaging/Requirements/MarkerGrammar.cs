using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;

namespace Sandpiper.Packaging.Requirements;

/// <summary>The grammar of markers: <c>and</c> binds tighter than <c>or</c>, constants are quoted and have no escapes.</summary>
internal static class MarkerGrammar
{
    // Deeper nesting is not seen in the wild, and an unbounded one ends the process (pip and uv both aborted on such).
    private const int MaxDepth = 64;

    public static bool TryParse(ReadOnlySpan<char> text, [NotNullWhen(true)] out MarkerNode? root, out ParseProblem problem)
    {
        var cursor = new AsciiCursor(text);
        if (!TryTakeAny(ref cursor, 0, out root, out problem)) return false;
        cursor.SkipBlanks();
        if (cursor.AtEnd) return true;
        problem = new(cursor.Position, "`and`, `or` or the end of the marker");
        return false;
    }

    private static bool TryTakeAny(ref AsciiCursor cursor, int depth, [NotNullWhen(true)] out MarkerNode? node, out ParseProblem problem)
    {
        if (!TryTakeAll(ref cursor, depth, out node, out problem)) return false;
        if (!TryTakeKeyword(ref cursor, "or")) return true;
        var parts = ImmutableArray.CreateBuilder<MarkerNode>();
        parts.Add(node);
        do
        {
            if (!TryTakeAll(ref cursor, depth, out node, out problem)) return false;
            parts.Add(node);
        }
        while (TryTakeKeyword(ref cursor, "or"));
        node = new AnyOf(parts.DrainToImmutable());
        return true;
    }

    private static bool TryTakeAll(ref AsciiCursor cursor, int depth, [NotNullWhen(true)] out MarkerNode? node, out ParseProblem problem)
    {
        if (!TryTakeOne(ref cursor, depth, out node, out problem)) return false;
        if (!TryTakeKeyword(ref cursor, "and")) return true;
        var parts = ImmutableArray.CreateBuilder<MarkerNode>();
        parts.Add(node);
        do
        {
            if (!TryTakeOne(ref cursor, depth, out node, out problem)) return false;
            parts.Add(node);
        }
        while (TryTakeKeyword(ref cursor, "and"));
        node = new AllOf(parts.DrainToImmutable());
        return true;
    }

    private static bool TryTakeOne(ref AsciiCursor cursor, int depth, [NotNullWhen(true)] out MarkerNode? node, out ParseProblem problem)
    {
        (node, problem) = (null, default);
        cursor.SkipBlanks();
        if (!cursor.TryTake('(')) return TryTakeComparison(ref cursor, out node, out problem);
        if (depth == MaxDepth)
        {
            problem = new(cursor.Position, $"at most {MaxDepth} nested parentheses");
            return false;
        }
        if (!TryTakeAny(ref cursor, depth + 1, out node, out problem)) return false;
        cursor.SkipBlanks();
        if (cursor.TryTake(')')) return true;
        problem = new(cursor.Position, "a closing parenthesis");
        return false;
    }

    private static bool TryTakeComparison(ref AsciiCursor cursor, [NotNullWhen(true)] out MarkerNode? node, out ParseProblem problem)
    {
        node = null;
        if (!TryTakeSide(ref cursor, out MarkerField? leftField, out string? leftConstant, out problem)) return false;
        if (!TryTakeOperator(ref cursor, out string? comparison, out problem)) return false;
        int right = cursor.Position;
        if (!TryTakeSide(ref cursor, out MarkerField? rightField, out string? rightConstant, out problem)) return false;
        node = (leftField, rightField) switch
        {
            ({ } field, null) => new MarkerComparison(field, comparison, rightConstant!, FieldIsLeft: true),
            (null, { } field) => new MarkerComparison(field, comparison, leftConstant!, FieldIsLeft: false),
            _ => null,
        };
        if (node is not null) return true;
        problem = new(right, leftField is null ? "a marker field on one side" : "a quoted text on one side");
        return false;
    }

    private static bool TryTakeSide(ref AsciiCursor cursor, out MarkerField? field, out string? constant, out ParseProblem problem)
    {
        (field, constant, problem) = (null, null, default);
        cursor.SkipBlanks();
        int start = cursor.Position;
        if (cursor.Peek is '\'' or '"')
        {
            char quote = cursor.Peek;
            cursor.Position++;
            int length = cursor.Rest.IndexOf(quote);
            if (length < 0)
            {
                problem = new(start, "a closing quote");
                return false;
            }
            constant = cursor.Rest[..length].ToString();
            cursor.Position += length + 1;
            return true;
        }
        cursor.TakeWhile(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '.');
        field = MarkerFields.Find(cursor.From(start));
        if (field is not null) return true;
        problem = new(start, "a marker field or a quoted text");
        return false;
    }

    private static bool TryTakeOperator(ref AsciiCursor cursor, [NotNullWhen(true)] out string? comparison, out ParseProblem problem)
    {
        problem = default;
        cursor.SkipBlanks();
        foreach (string symbol in (ReadOnlySpan<string>)["===", "==", "~=", "!=", "<=", ">=", "<", ">"])
        {
            if (!cursor.TryTakeWord(symbol)) continue;
            comparison = symbol;
            return true;
        }
        int start = cursor.Position;
        bool negated = TryTakeExactWord(ref cursor, "not");
        if (negated) cursor.SkipBlanks();
        if (TryTakeExactWord(ref cursor, "in"))
        {
            comparison = negated ? "not in" : "in";
            return true;
        }
        comparison = null;
        problem = new(start, "a comparison");
        return false;
    }

    private static bool TryTakeKeyword(ref AsciiCursor cursor, string word)
    {
        int start = cursor.Position;
        cursor.SkipBlanks();
        if (TryTakeExactWord(ref cursor, word)) return true;
        cursor.Position = start;
        return false;
    }

    // Keywords are lower case and end where letters and digits end.
    private static bool TryTakeExactWord(ref AsciiCursor cursor, string word)
    {
        if (!cursor.Rest.StartsWith(word, StringComparison.Ordinal)) return false;
        if (cursor.Rest.Length > word.Length && (char.IsAsciiLetterOrDigit(cursor.Rest[word.Length]) || cursor.Rest[word.Length] == '_')) return false;
        cursor.Position += word.Length;
        return true;
    }
}
