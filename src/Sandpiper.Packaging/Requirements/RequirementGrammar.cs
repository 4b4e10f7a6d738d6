using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using Sandpiper.Packaging.Names;
using Sandpiper.Packaging.Versions;

namespace Sandpiper.Packaging.Requirements;

/// <summary>The grammar of a requirement, walked once.</summary>
internal static class RequirementGrammar
{
    public static bool TryParse(ReadOnlySpan<char> text, [NotNullWhen(true)] out Requirement? requirement, out ParseProblem problem)
    {
        requirement = null;
        if (text.Length > Requirement.MaxLength)
        {
            problem = new(Requirement.MaxLength, $"at most {Requirement.MaxLength} characters");
            return false;
        }
        var cursor = new AsciiCursor(text);
        cursor.SkipBlanks();
        if (!TryTakeName(ref cursor, out PackageName name, out problem)) return false;
        if (!TryTakeExtras(ref cursor, out ImmutableArray<PackageName> extras, out problem)) return false;
        cursor.SkipBlanks();

        SpecifierSet specifiers = SpecifierSet.Any;
        string? url = null;
        if (cursor.TryTake('@'))
        {
            if (!TryTakeUrl(ref cursor, out url, out problem)) return false;
        }
        else if (!TryTakeSpecifiers(ref cursor, out specifiers, out problem)) return false;

        if (!TryTakeMarker(ref cursor, out Marker? marker, out problem)) return false;
        requirement = new Requirement(name, extras, specifiers, url, marker);
        return true;
    }

    private static bool TryTakeName(ref AsciiCursor cursor, out PackageName name, out ParseProblem problem)
    {
        int start = cursor.Position;
        cursor.TakeWhile(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.');
        if (PackageName.TryParse(cursor.From(start), out name, out ParseProblem inName))
        {
            problem = default;
            return true;
        }
        problem = cursor.Position == start ? new(start, "the name of a package") : inName with { Position = inName.Position + start };
        return false;
    }

    private static bool TryTakeExtras(ref AsciiCursor cursor, out ImmutableArray<PackageName> extras, out ParseProblem problem)
    {
        (extras, problem) = ([], default);
        cursor.SkipBlanks();
        if (!cursor.TryTake('[')) return true;
        var found = ImmutableArray.CreateBuilder<PackageName>();
        cursor.SkipBlanks();
        while (!cursor.TryTake(']'))
        {
            if (found.Count > 0)
            {
                if (!cursor.TryTake(','))
                {
                    problem = new(cursor.Position, "a comma or a closing bracket");
                    return false;
                }
                cursor.SkipBlanks();
            }
            if (!TryTakeName(ref cursor, out PackageName extra, out problem)) return false;
            if (!found.Contains(extra)) found.Add(extra);
            cursor.SkipBlanks();
        }
        extras = found.DrainToImmutable();
        return true;
    }

    // After a URL white space must stand before the semicolon: a bare one belongs to the URL.
    private static bool TryTakeUrl(ref AsciiCursor cursor, [NotNullWhen(true)] out string? url, out ParseProblem problem)
    {
        (url, problem) = (null, default);
        cursor.SkipBlanks();
        int start = cursor.Position;
        cursor.TakeWhile(c => c is not (' ' or '\t'));
        if (cursor.Position == start)
        {
            problem = new(start, "a URL");
            return false;
        }
        url = cursor.From(start).ToString();
        return true;
    }

    private static bool TryTakeSpecifiers(ref AsciiCursor cursor, out SpecifierSet specifiers, out ParseProblem problem)
    {
        bool inParentheses = cursor.TryTake('(');
        int start = cursor.Position;
        ReadOnlySpan<char> rest = cursor.Rest;
        int length = inParentheses ? rest.IndexOf(')') : rest.IndexOf(';');
        if (inParentheses && length < 0)
        {
            (specifiers, problem) = (SpecifierSet.Any, new(start + rest.Length, "a closing parenthesis"));
            return false;
        }
        ReadOnlySpan<char> text = length < 0 ? rest : rest[..length];
        if (!TryReadClauses(text, out specifiers, out problem))
        {
            problem = problem with { Position = problem.Position + start };
            return false;
        }
        cursor.Position += text.Length + (inParentheses ? 1 : 0);
        return true;
    }

    // Stricter than a specifier set by itself: no empty clause between or before others (a trailing comma is tolerated).
    private static bool TryReadClauses(ReadOnlySpan<char> text, out SpecifierSet specifiers, out ParseProblem problem)
    {
        ReadOnlySpan<char> trimmed = text.TrimEnd();
        if (trimmed.TrimStart().StartsWith(",") || HasEmptyMiddle(trimmed))
        {
            (specifiers, problem) = (SpecifierSet.Any, new(0, "a comparison before the comma"));
            return false;
        }
        bool read = SpecifierSet.TryParse(text, out SpecifierSet? set, out problem);
        specifiers = set ?? SpecifierSet.Any;
        return read;
    }

    private static bool HasEmptyMiddle(ReadOnlySpan<char> text)
    {
        bool afterComma = false;
        foreach (char c in text)
        {
            if (c == ',' && afterComma) return true;
            if (c is not (' ' or '\t')) afterComma = c == ',';
        }
        return false;
    }

    private static bool TryTakeMarker(ref AsciiCursor cursor, out Marker? marker, out ParseProblem problem)
    {
        (marker, problem) = (null, default);
        cursor.SkipBlanks();
        if (cursor.AtEnd) return true;
        if (!cursor.TryTake(';'))
        {
            problem = new(cursor.Position, "`;` or the end");
            return false;
        }
        int start = cursor.Position;
        if (Marker.TryParse(cursor.Rest, out marker, out ParseProblem inMarker)) return true;
        problem = inMarker with { Position = inMarker.Position + start };
        return false;
    }
}
