using System.Globalization;
using System.Text;
using Sandpiper.Policies;

namespace Sandpiper.Wheels;

/// <summary>
/// Finds two paths that some file system takes for one: letters in either case (APFS, NTFS, ext4 with casefold), letters with accents in
/// one code point or in several (APFS, HFS+). Also a file that stands where another path needs a directory.
/// </summary>
public sealed class PathCollisions
{
    private readonly Dictionary<string, Seen> _byFold = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Seen> _bySkeleton = new(StringComparer.Ordinal);
    private readonly HashSet<string> _directories = new(StringComparer.Ordinal);

    /// <exception cref="RefusedException">SP-WHEEL-13.</exception>
    public void AddFile(string path, string member)
    {
        for (int slash = path.IndexOf('/', StringComparison.Ordinal); slash >= 0; slash = path.IndexOf('/', slash + 1))
        {
            string directory = path[..slash];
            if (_directories.Add(directory)) Add(directory, member, isDirectory: true);
        }
        Add(path, member, isDirectory: false);
    }

    private void Add(string path, string member, bool isDirectory)
    {
        var seen = new Seen(path, IsComposed(path));
        if (!_byFold.TryAdd(path.ToUpperInvariant(), seen)) throw Refuse(_byFold[path.ToUpperInvariant()]);
        if (Ascii.IsValid(path)) return;
        string skeleton = Skeleton(path);
        if (_bySkeleton.TryAdd(skeleton, seen)) return;
        var other = _bySkeleton[skeleton];
        if (!seen.IsComposed || !other.IsComposed) throw Refuse(other);

        RefusedException Refuse(Seen other) => new(new Finding(
            isDirectory || _directories.Contains(other.Path) ? Fault.DirectoriesThatAreOne : Fault.FilesThatAreOne, member, other.Path));
    }

    // .NET without ICU cannot normalise. So: two names that differ only in what is not ASCII are taken for one as soon as either of them
    // holds a code point that normalisation would change. That is stricter than NFC, and only for such pairs.
    private static string Skeleton(string path)
    {
        var skeleton = new StringBuilder(path.Length);
        foreach (var rune in path.EnumerateRunes())
        {
            if (rune.IsAscii) skeleton.Append((char)Rune.ToUpperInvariant(rune).Value);
            else if (IsMark(rune) && skeleton.Length > 0) skeleton[^1] = '\uFFFD';
            else if (!IsTrailingJamo(rune)) skeleton.Append('\uFFFD');
        }
        return skeleton.ToString();
    }

    private static bool IsComposed(string path)
    {
        foreach (var rune in path.EnumerateRunes())
        {
            if (!rune.IsAscii && (IsMark(rune) || IsJamo(rune) || IsSingleton(rune.Value))) return false;
        }
        return true;
    }

    private static bool IsMark(Rune rune) =>
        Rune.GetUnicodeCategory(rune) is UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark
            or UnicodeCategory.EnclosingMark;

    private static bool IsJamo(Rune rune) => rune.Value is >= 0x1100 and <= 0x11FF;

    private static bool IsTrailingJamo(Rune rune) => rune.Value is >= 0x1160 and <= 0x11FF;

    // Single code points that NFC replaces by another single one, or takes apart (UAX #15, "singletons" and composition exclusions).
    private static bool IsSingleton(int value) =>
        value is 0x0374 or 0x037E or 0x0387 or (>= 0x0958 and <= 0x095F) or (>= 0x1F71 and <= 0x1FFD)
            or 0x2000 or 0x2001 or 0x2126 or 0x212A or 0x212B or 0x2329 or 0x232A or 0x2ADC or (>= 0xF900 and <= 0xFB4F)
            or (>= 0x2F800 and <= 0x2FA1F);

    private readonly record struct Seen(string Path, bool IsComposed);
}
