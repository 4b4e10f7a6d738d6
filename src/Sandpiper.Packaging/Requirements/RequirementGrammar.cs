using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using Sandpiper.Packaging.Names;
using Sandpiper.Packaging.Versions;

namespace Sandpiper.Packaging.Requirements;

/// <summary>
/// Reads <c>name [extras] (clauses) ; marker</c> and <c>name [extras] @ URL ; marker</c> (PyPA "Dependency specifiers", "Grammar").
/// </summary>
internal static class RequirementGrammar
{
    /// <param name="repairs">Null: to the letter. Else broken clauses are mended, and what was done is added here.</param>
    public static bool TryParse(
        ReadOnlySpan<char> text, List<string>? repairs, [NotNullWhen(true)] out Requirement? requirement, out ParseProblem problem)
    {
        requirement = null;
        var cursor = new AsciiCursor(text);
        cursor.SkipBlanks();
        if (!TryTakeName(ref cursor, out var name, out problem)) return false;
        cursor.SkipBlanks();
        if (!TryTakeExtras(ref cursor, out var extras, out problem)) return false;
        cursor.SkipBlanks();
        var specifiers = SpecifierSet.Any;
        string? url = null;
        if (cursor.TryTake('@'))
        {
            if (!TryTakeUrl(ref cursor, out url, out problem)) return false;
        }
        else if (!TryTakeClauses(ref cursor, repairs, out specifiers, out problem))
        {
            return false;
        }
        if (!TryTakeMarker(ref cursor, out var marker, out problem)) return false;
        requirement = new Requirement(name, extras, specifiers, url, marker);
        return true;
    }

    private static bool TryTakeName(ref AsciiCursor cursor, out PackageName name, out ParseProblem problem)
    {
        int start = cursor.Position;
        if (PackageName.TryParse(cursor.TakeWhile(PackageName.IsNameCharacter), out name, out problem)) return true;
        problem = problem with { Position = problem.Position + start };
        return false;
    }

    private static bool TryTakeExtras(ref AsciiCursor cursor, out ImmutableArray<PackageName> extras, out ParseProblem problem)
    {
        extras = [];
        problem = default;
        if (!cursor.TryTake('[')) return true;
        var found = new List<PackageName>();
        cursor.SkipBlanks();
        if (cursor.TryTake(']')) return true;
        do
        {
            cursor.SkipBlanks();
            if (!TryTakeName(ref cursor, out var extra, out problem)) return false;
            if (!found.Contains(extra)) found.Add(extra);
            cursor.SkipBlanks();
        }
        while (found.Count <= Requirement.MaxExtras && cursor.TryTake(','));
        if (found.Count > Requirement.MaxExtras) problem = cursor.Problem($"at most {Requirement.MaxExtras} extras");
        else if (!cursor.TryTake(']')) problem = cursor.Problem("',' or ']'");
        if (problem != default) return false;
        extras = [.. found];
        return true;
    }

    private static bool TryTakeUrl(ref AsciiCursor cursor, out string? url, out ParseProblem problem)
    {
        cursor.SkipBlanks();
        url = cursor.TakeWhile(c => !char.IsWhiteSpace(c) && !char.IsControl(c)).ToString();
        // "pkg @ https://x/y;python_version<'3'" is one URL: only a semicolon behind white space begins a marker.
        bool isComplete = url.Length > 0 && (cursor.AtEnd || cursor.SkipBlanks());
        problem = isComplete ? default : cursor.Problem("a URL, and a blank or the end behind it");
        return isComplete;
    }

    private static bool TryTakeClauses(ref AsciiCursor cursor, List<string>? repairs, out SpecifierSet specifiers, out ParseProblem problem)
    {
        bool hasParenthesis = cursor.TryTake('(');
        int start = cursor.Position;
        char end = hasParenthesis ? ')' : ';';
        // Only blanks are white space within a requirement: a line break would let a second line ride along.
        var text = cursor.TakeWhile(c => c != end && (c == '\t' || !char.IsControl(c)));
        if (TryParseClauses(text, repairs, out specifiers, out problem))
        {
            if (!hasParenthesis || cursor.TryTake(')')) return true;
            problem = cursor.Problem("')'");
            return false;
        }
        problem = problem with { Position = problem.Position + start };
        return false;
    }

    private static bool TryParseClauses(
        ReadOnlySpan<char> text, List<string>? repairs, out SpecifierSet specifiers, out ParseProblem problem)
    {
        ImmutableArray<string> made = [];
        bool parsed = repairs is null
            ? SpecifierSet.TryParse(text, out var set, out problem)
            : SpecifierSet.TryParseRepaired(text, out set, out made, out problem);
        repairs?.AddRange(made);
        specifiers = set ?? SpecifierSet.Any;
        return parsed;
    }

    private static bool TryTakeMarker(ref AsciiCursor cursor, out Marker? marker, out ParseProblem problem)
    {
        marker = null;
        problem = default;
        cursor.SkipBlanks();
        if (cursor.AtEnd) return true;
        if (!cursor.TryTake(';'))
        {
            problem = cursor.Problem("';' or the end of the requirement");
            return false;
        }
        if (!MarkerGrammar.TryTake(ref cursor, out var node, out problem)) return false;
        marker = new Marker(node);
        if (cursor.AtEnd) return true;
        problem = cursor.Problem("'and', 'or' or the end of the requirement");
        return false;
    }
}
