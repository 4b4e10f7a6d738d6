using System.Collections.Immutable;

namespace Sandpiper.Packaging.Tags;

/// <summary>Every tag an interpreter accepts, best first (the order of <c>packaging.tags</c> 26.3). Immutable.</summary>
public sealed class SupportedTags
{
    // Some versions of Python and libc above today's; a target that claims more would make lists without end.
    private const int MaxMinor = 250;
    private const string AnyPlatform = "any";

    private readonly Dictionary<Tag, int> _ranks;
    private readonly HashSet<string>.AlternateLookup<ReadOnlySpan<char>> _interpreters, _abis, _platforms;

    private SupportedTags(ImmutableArray<Tag> ordered, ImmutableArray<string> platforms)
    {
        Ordered = ordered;
        _ranks = new Dictionary<Tag, int>(ordered.Length);
        var interpreters = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        var abis = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        Tag last = default;
        for (int rank = 0; rank < ordered.Length; rank++)
        {
            _ranks.TryAdd(ordered[rank], rank);
            // A thousand tags have sixty words, each many times in a row.
            if (!ReferenceEquals(ordered[rank].Interpreter, last.Interpreter)) interpreters.Add(ordered[rank].Interpreter);
            if (!ReferenceEquals(ordered[rank].Abi, last.Abi)) abis.Add(ordered[rank].Abi);
            last = ordered[rank];
        }
        _interpreters = interpreters.GetAlternateLookup<ReadOnlySpan<char>>();
        _abis = abis.GetAlternateLookup<ReadOnlySpan<char>>();
        _platforms = platforms.Append(AnyPlatform).ToHashSet(StringComparer.OrdinalIgnoreCase).GetAlternateLookup<ReadOnlySpan<char>>();
    }

    public ImmutableArray<Tag> Ordered { get; }

    /// <exception cref="ArgumentOutOfRangeException">A version that no interpreter and no C library has.</exception>
    public static SupportedTags Of(TagTarget target)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(target.Libc.Minor, MaxMinor, nameof(target));
        return Of(target, [.. LinuxPlatforms.Of(target.Architecture, target.Libc)]);
    }

    internal static SupportedTags Of(TagTarget target, ImmutableArray<string> platforms)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(target.Minor, MaxMinor, nameof(target));
        var native = target.Implementation is "cpython" ? CPython(target, platforms) : OtherPython(target, platforms);
        return new SupportedTags([.. native, .. AnyPython(target, platforms)], platforms);
    }

    /// <summary>The best place in the order that any of <paramref name="tags"/> has (0 = best), or null when none is accepted.</summary>
    public int? Rank(ImmutableArray<Tag> tags)
    {
        int? best = null;
        foreach (var tag in tags)
        {
            if (_ranks.TryGetValue(tag, out int rank) && !(rank >= best)) best = rank;
        }
        return best;
    }

    /// <summary>
    /// False where a wheel of this file name certainly has no tag that is accepted: of the hundred wheels that a release can have, one or
    /// two are worth taking apart.
    /// </summary>
    public bool MayFit(ReadOnlySpan<char> fileName)
    {
        ReadOnlySpan<char> rest = fileName.EndsWith(".whl", StringComparison.Ordinal) ? fileName[..^".whl".Length] : fileName;
        return TakesLast(ref rest, _platforms) && TakesLast(ref rest, _abis) && TakesLast(ref rest, _interpreters);
    }

    // Behind the last hyphen there are words with dots between them: whether any of them is known.
    private static bool TakesLast(ref ReadOnlySpan<char> rest, HashSet<string>.AlternateLookup<ReadOnlySpan<char>> known)
    {
        int hyphen = rest.LastIndexOf('-');
        ReadOnlySpan<char> words = rest[(hyphen + 1)..];
        rest = rest[..Math.Max(hyphen, 0)];
        foreach (Range word in words.Split('.'))
        {
            if (known.Contains(words[word])) return true;
        }
        return false;
    }

    private static IEnumerable<Tag> CPython(TagTarget target, ImmutableArray<string> platforms)
    {
        bool freeThreaded = target.FreeThreaded && target.Minor >= 13;      // PEP 703; the variable means nothing before
        // PEP 803: a free-threaded interpreter has objects of another layout, so it loads abi3t and never abi3.
        string stableAbi = freeThreaded ? "abi3t" : "abi3";
        string own = $"cp{target.Major}{target.Minor}";
        foreach (string abi in OwnAbis(target, own, freeThreaded).Append(stableAbi).Append("none"))
        {
            foreach (string platform in platforms) yield return new Tag(own, abi, platform);
        }
        for (int minor = target.Minor - 1; minor >= 2; minor--)             // PEP 384: the stable ABI begins with 3.2
        {
            foreach (string platform in platforms) yield return new Tag($"cp{target.Major}{minor}", stableAbi, platform);
        }
    }

    private static IEnumerable<string> OwnAbis(TagTarget target, string own, bool freeThreaded)
    {
        string threading = freeThreaded ? "t" : "";
        string debug = target.Debug ? "d" : "";
        if (target.Minor < 8)
        {
            yield return $"{own}{debug}m";      // pymalloc left the ABI with 3.8
            yield break;
        }
        yield return own + threading + debug;
        if (target.Debug) yield return own + threading;     // since 3.8 a debug build loads ordinary extension modules
    }

    // What the extension modules of other implementations are called cannot be told without asking them, so none is accepted.
    private static IEnumerable<Tag> OtherPython(TagTarget target, ImmutableArray<string> platforms)
    {
        string name = target.Implementation is "pypy" ? "pp" : target.Implementation;
        foreach (string platform in platforms) yield return new Tag($"{name}{target.Major}{target.Minor}", "none", platform);
    }

    private static IEnumerable<Tag> AnyPython(TagTarget target, ImmutableArray<string> platforms)
    {
        string[] interpreters = [.. OlderInterpreters(target)];
        foreach (string interpreter in interpreters)
        {
            foreach (string platform in platforms) yield return new Tag(interpreter, "none", platform);
        }
        if (target.Implementation is "cpython") yield return new Tag($"cp{target.Major}{target.Minor}", "none", AnyPlatform);
        else if (target.Implementation is "pypy") yield return new Tag($"pp{target.Major}", "none", AnyPlatform);
        foreach (string interpreter in interpreters) yield return new Tag(interpreter, "none", AnyPlatform);
    }

    private static IEnumerable<string> OlderInterpreters(TagTarget target)
    {
        yield return $"py{target.Major}{target.Minor}";
        yield return $"py{target.Major}";
        for (int minor = target.Minor - 1; minor >= 0; minor--) yield return $"py{target.Major}{minor}";
    }
}
