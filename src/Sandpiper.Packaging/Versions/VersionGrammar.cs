using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;

namespace Sandpiper.Packaging.Versions;

/// <summary>
/// Reads <c>[N!]N(.N)*[{a|b|rc}N][.postN][.devN][+local]</c> and its tolerated spellings (PEP 440, appendix B) in one pass.
/// </summary>
internal static class VersionGrammar
{
    // No standard bounds a version, but it is part of file names, and those end at 255 bytes.
    private const int MaxLength = 255;

    // A longer word stands before its own beginning.
    private static readonly (string Word, Phase Phase)[] PreWords =
    [
        ("alpha", Phase.Alpha), ("a", Phase.Alpha), ("beta", Phase.Beta), ("b", Phase.Beta),
        ("preview", Phase.Candidate), ("pre", Phase.Candidate), ("rc", Phase.Candidate), ("c", Phase.Candidate),
    ];

    private static readonly string[] PostWords = ["post", "rev", "r"];

    public static bool TryParse(ReadOnlySpan<char> text, [NotNullWhen(true)] out VersionKey? key, out ParseProblem problem)
    {
        key = null;
        if (text.Length > MaxLength)
        {
            problem = new ParseProblem(MaxLength, $"a version of at most {MaxLength} characters");
            return false;
        }
        var cursor = new AsciiCursor(text);
        if (!TryTakeVersion(ref cursor, out key, out problem)) return false;
        if (cursor.AtEnd) return true;
        key = null;
        problem = cursor.Problem("the end of the version");
        return false;
    }

    private static bool TryTakeVersion(ref AsciiCursor cursor, [NotNullWhen(true)] out VersionKey? key, out ParseProblem problem)
    {
        key = null;
        problem = default;
        cursor.TryTakeIgnoringCase("v");
        bool isRelease = TryTakeRelease(ref cursor, out ulong epoch, out var release);
        if (isRelease && cursor.AtEnd)      // most versions: no word need be looked for
        {
            key = new VersionKey { Epoch = epoch, Release = release };
            return true;
        }
        if (!isRelease
            || !TryTakePre(ref cursor, out var pre)
            || !TryTakePost(ref cursor, out ulong? post)
            || !TryTakeSuffix(ref cursor, "dev", out ulong? dev))
        {
            problem = cursor.Problem("a number of at most 18 digits");
            return false;
        }
        ImmutableArray<LocalSegment> local = [];
        if (cursor.TryTake('+') && !TryTakeLocal(ref cursor, out local))
        {
            problem = cursor.Problem("a letter or a number of at most 18 digits");
            return false;
        }
        key = new VersionKey { Epoch = epoch, Release = release, Pre = pre, Post = post, Dev = dev, Local = local };
        return true;
    }

    private static bool TryTakeRelease(ref AsciiCursor cursor, out ulong epoch, out ImmutableArray<ulong> release)
    {
        epoch = 0;
        release = [];
        if (!cursor.TryTakeNumber(out ulong number)) return false;
        if (cursor.TryTake('!'))
        {
            epoch = number;
            if (!cursor.TryTakeNumber(out number)) return false;
        }
        Span<ulong> numbers = stackalloc ulong[(MaxLength + 1) / 2];    // each has a digit, and a dot before the next
        int count = 0;
        numbers[count++] = number;
        while (cursor.Rest is ['.', >= '0' and <= '9', ..])
        {
            cursor.TryTake('.');
            if (!cursor.TryTakeNumber(out number)) return false;
            numbers[count++] = number;
        }
        release = [.. numbers[..count]];
        return true;
    }

    private static bool TryTakePre(ref AsciiCursor cursor, out Prerelease? pre)
    {
        pre = null;
        foreach (var (word, phase) in PreWords)
        {
            if (!TryTakeSuffix(ref cursor, word, out ulong? number)) return false;
            if (number is null) continue;
            pre = new Prerelease(phase, number.Value);
            break;
        }
        return true;
    }

    private static bool TryTakePost(ref AsciiCursor cursor, out ulong? post)
    {
        post = null;
        if (cursor.Rest is ['-', >= '0' and <= '9', ..])    // "1.0-1" is 1.0.post1; "1.0-" is nothing
        {
            cursor.TryTake('-');
            if (!cursor.TryTakeNumber(out ulong number)) return false;
            post = number;
            return true;
        }
        foreach (string word in PostWords)
        {
            if (!TryTakeSuffix(ref cursor, word, out post)) return false;
            if (post is not null) break;
        }
        return true;
    }

    // [separator] word [separator] [number]; a missing number is zero. False only for a number that is too long.
    private static bool TryTakeSuffix(ref AsciiCursor cursor, string word, out ulong? number)
    {
        number = null;
        int start = cursor.Position;
        SkipSeparator(ref cursor);
        if (!cursor.TryTakeIgnoringCase(word))
        {
            cursor.Position = start;
            return true;
        }
        SkipSeparator(ref cursor);
        number = 0;
        if (!char.IsAsciiDigit(cursor.Current)) return true;
        if (!cursor.TryTakeNumber(out ulong given)) return false;
        number = given;
        return true;
    }

    private static bool TryTakeLocal(ref AsciiCursor cursor, out ImmutableArray<LocalSegment> local)
    {
        local = [];
        var segments = ImmutableArray.CreateBuilder<LocalSegment>(2);
        do
        {
            int start = cursor.Position;
            var segment = cursor.TakeWhile(char.IsAsciiLetterOrDigit);
            if (segment.IsEmpty) return false;
            if (segment.ContainsAnyExceptInRange('0', '9'))
            {
                segments.Add(new LocalSegment(0, segment.ToString().ToLowerInvariant()));
                continue;
            }
            cursor.Position = start;
            if (!cursor.TryTakeNumber(out ulong number)) return false;
            segments.Add(new LocalSegment(number, null));
        }
        while (SkipSeparator(ref cursor));
        local = segments.DrainToImmutable();
        return true;
    }

    private static bool SkipSeparator(ref AsciiCursor cursor) => cursor.TryTake('.') || cursor.TryTake('-') || cursor.TryTake('_');
}
