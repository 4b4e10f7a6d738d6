using CsCheck;
using Sandpiper.Packaging.Versions;

namespace Sandpiper.Packaging.Tests.Versions;

/// <summary>Generated versions: few numbers, so that equal and neighbouring ones meet often.</summary>
internal static class AnyVersion
{
    private static readonly Gen<string> Number =
        Gen.OneOf(Gen.Int[0, 3].Select(n => $"{n}"), Gen.OneOf("00", "01", "10", "999999999999999999"));

    private static readonly Gen<string> Separator = Gen.OneOf("", ".", "-", "_");

    private static readonly Gen<string> Pre = Suffix(Gen.OneOf("a", "b", "rc", "alpha", "BETA", "c", "pre", "Preview"));

    private static readonly Gen<string> Post = Gen.OneOf(Suffix(Gen.OneOf("post", "rev", "R")), Number.Select(n => $"-{n}"));

    private static readonly Gen<string> Dev = Suffix(Gen.OneOf("dev", "DEV"));

    private static readonly Gen<string> Local = Gen.Select(Gen.OneOf("abc", "1", "0a", "Ubuntu", "01", "9"), Separator, Number)
        .Select((first, separator, second) => separator.Length == 0 ? $"+{first}" : $"+{first}{separator}{second}");

    public static Gen<string> Text { get; } = Gen.Select(
        Optional(Number.Select(n => $"{n}!")), Number.Array[1, 4].Select(n => string.Join('.', n)), Optional(Pre), Optional(Post),
            Optional(Dev), Optional(Local))
        .Select((epoch, release, pre, post, dev, local) => $"{epoch}{release}{pre}{post}{dev}{local}");

    public static Gen<Pep440Version> Value { get; } = Text.Select(Pep440Version.Parse);

    /// <summary><paramref name="text"/> with one character replaced, removed or added.</summary>
    public static Gen<string> Mutated(Gen<string> text) =>
        Gen.Select(text, Gen.Int[0, 1000], Gen.OneOf(Gen.Char, Gen.Char["0.+-!*=<>~,;()[]'\" \t\n\\@#$_aA"]), Gen.Int[0, 2])
            .Select((original, at, c, how) =>
        {
            int place = at % (original.Length + 1);
            string head = original[..place], tail = original[place..];
            return how == 0 ? $"{head}{c}{tail}" : tail.Length == 0 ? head : how == 1 ? $"{head}{c}{tail[1..]}" : $"{head}{tail[1..]}";
        });

    private static Gen<string> Suffix(Gen<string> word) =>
        Gen.Select(Separator, word, Separator, Optional(Number)).Select((a, b, c, d) => $"{a}{b}{(d.Length > 0 ? c : "")}{d}");

    private static Gen<string> Optional(Gen<string> part) => Gen.OneOf(Gen.Const(""), part);
}
