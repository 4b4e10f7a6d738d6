using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using Sandpiper.Packaging.Names;
using Sandpiper.Packaging.Versions;

namespace Sandpiper.Packaging.Requirements;

/// <summary>Reads markers: <c>and</c> binds tighter than <c>or</c>, comparisons do not chain, quotes are of either kind.</summary>
internal ref struct MarkerGrammar(AsciiCursor cursor)
{
    private const int MaxDepth = 32;            // parentheses; each is a call of our own
    private const int MaxComparisons = 1_000;   // a lock exporter once wrote some hundred into one marker

    private AsciiCursor _cursor = cursor;
    private int _depth;
    private int _comparisons;

    /// <summary>Takes a marker with blanks around it, up to the first character that cannot belong to it.</summary>
    public static bool TryTake(ref AsciiCursor cursor, [NotNullWhen(true)] out MarkerNode? node, out ParseProblem problem)
    {
        var grammar = new MarkerGrammar(cursor);
        bool taken = grammar.TryTakeOr(out node, out problem);
        cursor = grammar._cursor;
        return taken;
    }

    private bool TryTakeOr([NotNullWhen(true)] out MarkerNode? node, out ParseProblem problem)
    {
        node = null;
        var parts = ImmutableArray.CreateBuilder<MarkerNode>();
        do
        {
            if (!TryTakeAnd(out var part, out problem)) return false;
            Add(parts, part, isAnd: false);
        }
        while (TryTakeWord("or"));
        node = Join(parts, isAnd: false);
        return true;
    }

    private bool TryTakeAnd([NotNullWhen(true)] out MarkerNode? node, out ParseProblem problem)
    {
        node = null;
        var parts = ImmutableArray.CreateBuilder<MarkerNode>();
        do
        {
            if (!TryTakeAtom(out var part, out problem)) return false;
            Add(parts, part, isAnd: true);
        }
        while (TryTakeWord("and"));
        node = Join(parts, isAnd: true);
        return true;
    }

    private bool TryTakeAtom([NotNullWhen(true)] out MarkerNode? node, out ParseProblem problem)
    {
        _cursor.SkipBlanks();
        if (_cursor.Current != '(') return TryTakeComparison(out node, out problem);
        node = null;
        if (_depth == MaxDepth)
        {
            problem = _cursor.Problem($"at most {MaxDepth} parentheses within each other");
            return false;
        }
        _cursor.TryTake('(');
        _depth++;
        if (!TryTakeOr(out node, out problem)) return false;
        _depth--;
        if (!_cursor.TryTake(')'))
        {
            problem = _cursor.Problem("'and', 'or' or ')'");
            return false;
        }
        _cursor.SkipBlanks();
        return true;
    }

    private bool TryTakeComparison([NotNullWhen(true)] out MarkerNode? node, out ParseProblem problem)
    {
        node = null;
        if (++_comparisons > MaxComparisons)
        {
            problem = _cursor.Problem($"at most {MaxComparisons} comparisons");
            return false;
        }
        if (!TryTakeOperand(out var left, out problem)
            || !TryTakeOperator(out var @operator, out problem)
            || !TryTakeOperand(out var right, out problem)) return false;
        if (left.Field == MarkerField.Extra && right.Field is null) right = right with { Text = PackageName.Normalize(right.Text) };
        if (right.Field == MarkerField.Extra && left.Field is null) left = left with { Text = PackageName.Normalize(left.Text) };
        node = new MarkerComparison(left, @operator, right);
        return true;
    }

    private bool TryTakeOperand(out MarkerOperand operand, out ParseProblem problem)
    {
        operand = default;
        if (_cursor.Current is '"' or '\'') return TryTakeText(out operand, out problem);
        int start = _cursor.Position;
        var name = _cursor.TakeWhile(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '.');
        if (!MarkerFieldName.TryFind(name, out var field))
        {
            problem = new ParseProblem(start, "a marker field or a text in quotes");
            return false;
        }
        problem = default;
        operand = new MarkerOperand(field, "");
        _cursor.SkipBlanks();
        return true;
    }

    private bool TryTakeText(out MarkerOperand operand, out ParseProblem problem)
    {
        operand = default;
        problem = default;
        char quote = _cursor.Current;
        _cursor.TryTake(quote);
        // The grammar knows no backslash. Python's own library takes it for an escape, others for itself: two readers, two markers.
        var text = _cursor.TakeWhile(c => c != quote && c != '\\' && !char.IsControl(c));
        if (!_cursor.TryTake(quote))
        {
            problem = _cursor.Problem($"the closing {quote}");
            return false;
        }
        operand = new MarkerOperand(null, text.ToString());
        _cursor.SkipBlanks();
        return true;
    }

    private bool TryTakeOperator(out MarkerOperator @operator, out ParseProblem problem)
    {
        problem = default;
        if (_cursor.TryTakeComparison(out var comparison))
        {
            @operator = new MarkerOperator(comparison, false);
            _cursor.SkipBlanks();
            return true;
        }
        bool isNegated = TryTakeWord("not");
        @operator = new MarkerOperator(null, isNegated);
        if (TryTakeWord("in")) return true;
        problem = _cursor.Problem(isNegated ? "'in'" : "a comparison operator, 'in' or 'not in'");
        return false;
    }

    // A whole word, and the blanks behind it.
    private bool TryTakeWord(string word)
    {
        int start = _cursor.Position;
        if (!_cursor.TryTake(word)) return false;
        if (char.IsAsciiLetterOrDigit(_cursor.Current) || _cursor.Current == '_')
        {
            _cursor.Position = start;
            return false;
        }
        _cursor.SkipBlanks();
        return true;
    }

    // Parentheses that change nothing are left out, so that one meaning prints one way.
    private static void Add(ImmutableArray<MarkerNode>.Builder parts, MarkerNode part, bool isAnd)
    {
        if (part is MarkerJunction junction && junction.IsAnd == isAnd) parts.AddRange(junction.Parts);
        else parts.Add(part);
    }

    private static MarkerNode Join(ImmutableArray<MarkerNode>.Builder parts, bool isAnd) =>
        parts.Count == 1 ? parts[0] : new MarkerJunction(isAnd, parts.DrainToImmutable());
}
