using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;

namespace Sandpiper.Packaging.Versions;

/// <summary>The grammar of PEP 440, appendix B, walked once.</summary>
internal static class VersionGrammar
{
    // No version of the public index has more than a dozen numbers; the bound keeps hostile ones cheap.
    private const int MaxReleaseNumbers = 64;
    private const int MaxLocalSegments = 64;

    public static bool TryParse(ReadOnlySpan<char> text, [NotNullWhen(true)] out VersionParts? parts, out ParseProblem problem)
    {
        parts = null;
        var cursor = new AsciiCursor(text);
        if (!TryTakeRelease(ref cursor, out ulong epoch, out ImmutableArray<ulong> release, out problem)) return false;
        if (!TryTakePre(ref cursor, out (PreKind, ulong)? pre, out problem)) return false;
        if (!TryTakePost(ref cursor, out ulong? post, out problem)) return false;
        if (!TryTakeDev(ref cursor, out ulong? dev, out problem)) return false;
        if (!TryTakeLocal(ref cursor, out ImmutableArray<LocalSegment> local, out problem)) return false;
        if (!cursor.AtEnd)
        {
            problem = new(cursor.Position, "the end of the version");
            return false;
        }
        parts = new VersionParts { Epoch = epoch, Release = release, Pre = pre, Post = post, Dev = dev, Local = local };
        return true;
    }

    /// <summary>Reads <c>v1!2.0</c>, as far as a release goes.</summary>
    public static bool TryTakeRelease(ref AsciiCursor cursor, out ulong epoch, out ImmutableArray<ulong> release, out ParseProblem problem)
    {
        (epoch, release, problem) = (0, default, default);
        cursor.TryTakeWord("v");
        if (!cursor.TryTakeNumber(out ulong number)) return Expected(ref cursor, NumberExpected(cursor), out problem);
        if (cursor.TryTake('!'))
        {
            epoch = number;
            if (!cursor.TryTakeNumber(out number)) return Expected(ref cursor, NumberExpected(cursor), out problem);
        }
        var numbers = ImmutableArray.CreateBuilder<ulong>(4);
        numbers.Add(number);
        while (cursor.Peek == '.' && cursor.Rest.Length > 1 && char.IsAsciiDigit(cursor.Rest[1]))
        {
            cursor.Position++;
            if (numbers.Count == MaxReleaseNumbers) return Expected(ref cursor, $"at most {MaxReleaseNumbers} numbers", out problem);
            if (!cursor.TryTakeNumber(out number)) return Expected(ref cursor, NumberExpected(cursor), out problem);
            numbers.Add(number);
        }
        release = numbers.DrainToImmutable();
        return true;
    }

    private static string NumberExpected(in AsciiCursor cursor) => char.IsAsciiDigit(cursor.Peek) ? $"a number of at most {AsciiCursor.MaxDigits} digits" : "a digit";

    private static bool TryTakePre(ref AsciiCursor cursor, out (PreKind, ulong)? pre, out ParseProblem problem)
    {
        (pre, problem) = (null, default);
        int start = cursor.Position;
        cursor.TryTakeAnyOf("-_.");
        PreKind? kind =
            cursor.TryTakeWord("alpha") ? PreKind.Alpha :
            cursor.TryTakeWord("beta") ? PreKind.Beta :
            cursor.TryTakeWord("preview") || cursor.TryTakeWord("pre") || cursor.TryTakeWord("rc") || cursor.TryTakeWord("c") ? PreKind.Candidate :
            cursor.TryTakeWord("a") ? PreKind.Alpha :
            cursor.TryTakeWord("b") ? PreKind.Beta : null;
        if (kind is null)
        {
            cursor.Position = start;
            return true;
        }
        if (!TryTakeOptionalNumber(ref cursor, out ulong number, out problem)) return false;
        pre = (kind.Value, number);
        return true;
    }

    private static bool TryTakePost(ref AsciiCursor cursor, out ulong? post, out ParseProblem problem)
    {
        (post, problem) = (null, default);
        int start = cursor.Position;
        // The old spelling 1.0-1 means 1.0.post1, and only with a number.
        if (cursor.Peek == '-' && cursor.Rest.Length > 1 && char.IsAsciiDigit(cursor.Rest[1]))
        {
            cursor.Position++;
            if (!cursor.TryTakeNumber(out ulong old)) return Expected(ref cursor, NumberExpected(cursor), out problem);
            post = old;
            return true;
        }
        cursor.TryTakeAnyOf("-_.");
        if (!cursor.TryTakeWord("post") && !cursor.TryTakeWord("rev") && !cursor.TryTakeWord("r"))
        {
            cursor.Position = start;
            return true;
        }
        if (!TryTakeOptionalNumber(ref cursor, out ulong number, out problem)) return false;
        post = number;
        return true;
    }

    private static bool TryTakeDev(ref AsciiCursor cursor, out ulong? dev, out ParseProblem problem)
    {
        (dev, problem) = (null, default);
        int start = cursor.Position;
        cursor.TryTakeAnyOf("-_.");
        if (!cursor.TryTakeWord("dev"))
        {
            cursor.Position = start;
            return true;
        }
        if (!TryTakeOptionalNumber(ref cursor, out ulong number, out problem)) return false;
        dev = number;
        return true;
    }

    private static bool TryTakeLocal(ref AsciiCursor cursor, out ImmutableArray<LocalSegment> local, out ParseProblem problem)
    {
        (local, problem) = ([], default);
        if (!cursor.TryTake('+')) return true;
        var segments = ImmutableArray.CreateBuilder<LocalSegment>();
        do
        {
            int start = cursor.Position;
            cursor.TakeWhile(char.IsAsciiLetterOrDigit);
            ReadOnlySpan<char> text = cursor.From(start);
            if (text.IsEmpty) return Expected(ref cursor, "a letter or digit of the local version", out problem);
            if (segments.Count == MaxLocalSegments) return Expected(ref cursor, $"at most {MaxLocalSegments} parts of a local version", out problem);
            if (text.ContainsAnyExceptInRange('0', '9'))
            {
                segments.Add(new LocalSegment(text.ToString().ToLowerInvariant(), 0));
                continue;
            }
            var digits = new AsciiCursor(text);
            if (!digits.TryTakeNumber(out ulong number)) return Expected(ref cursor, $"a number of at most {AsciiCursor.MaxDigits} digits", out problem);
            segments.Add(new LocalSegment(null, number));
        }
        while (cursor.TryTakeAnyOf("-_."));
        local = segments.DrainToImmutable();
        return true;
    }

    // A pre-, post- or development release without a number is number 0; a separator may stand before the number.
    private static bool TryTakeOptionalNumber(ref AsciiCursor cursor, out ulong number, out ParseProblem problem)
    {
        (number, problem) = (0, default);
        int start = cursor.Position;
        cursor.TryTakeAnyOf("-_.");
        if (char.IsAsciiDigit(cursor.Peek))
        {
            return cursor.TryTakeNumber(out number) || Expected(ref cursor, NumberExpected(cursor), out problem);
        }
        // The separator may belong to what follows (1.0a.dev1); one at the very end belongs to nothing we know.
        cursor.Position = start;
        return true;
    }

    private static bool Expected(ref AsciiCursor cursor, string expected, out ParseProblem problem)
    {
        problem = new(cursor.Position, expected);
        return false;
    }
}
