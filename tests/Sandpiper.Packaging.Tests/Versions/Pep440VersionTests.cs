using System.Text.Json;
using CsCheck;
using Sandpiper.Packaging.Versions;

namespace Sandpiper.Packaging.Tests.Versions;

public sealed class Pep440VersionTests
{
    [Theory]
    [InlineData("test_valid_versions", 92)]
    [InlineData("test_version_hash", 92)]
    [InlineData("test_pickle_roundtrip", 8)]
    public void Published_versions_are_read_and_their_normal_form_means_the_same(string test, int count) =>
        PackagingVectors.Hold("version", test, count, row =>
        Pep440Version.TryParse(row[0].Text(), out var version, out _)
        && Pep440Version.Parse($"{version}") == version && version.Original == row[0].Text());

    [Theory]
    [InlineData("test_invalid_versions", 20)]
    [InlineData("test_oversized_version_raises_valueerror", 2)]
    public void Published_non_versions_are_refused(string test, int count) =>
        PackagingVectors.Hold("version", test, count, row => !Pep440Version.TryParse(row[0].Text(), out _, out _));

    [Theory]
    [InlineData("test_normalized_versions", 102)]
    [InlineData("test_version_str_repr", 47)]
    public void Published_normal_forms_agree(string test, int count) =>
        PackagingVectors.Hold("version", test, count, row => $"{Pep440Version.Parse(row[0].Text())}" == row[1].Text());

    [Theory]
    [InlineData("1.0", "1.0")]
    [InlineData("0", "0")]
    [InlineData("2024.10.0.0", "2024.10.0.0")]
    [InlineData("00", "0")]
    [InlineData("01.0", "1.0")]
    [InlineData("1.00", "1.0")]
    [InlineData("1.010.2", "1.10.2")]
    [InlineData(" 1.0 ", "1.0")]
    [InlineData("v1.0", "1.0")]
    public void What_looks_like_its_normal_form_is_only_where_no_zero_is_in_front(string published, string normal) =>
        Assert.Equal(normal, Pep440Version.Parse(published).ToString());

    [Theory]
    [InlineData("test_comparison_true", 25_392, true)]
    [InlineData("test_comparison_false", 25_392, false)]
    public void Published_order_agrees(string test, int count, bool expected) => PackagingVectors.Hold("version", test, count, row =>
        Compare(Pep440Version.Parse(row[0].Text()), Pep440Version.Parse(row[1].Text()),
            row[2].GetProperty("$ref").GetString()!) == expected);

    // PyPA "Version specifiers", the examples of "Summary of permitted suffixes and relative ordering" and "Local version identifiers".
    [Fact]
    public void The_standards_own_examples_are_in_its_order()
    {
        string[] ascending =
        [
            "1.dev0", "1.0.dev456", "1.0a1", "1.0a2.dev456", "1.0a12.dev456", "1.0a12", "1.0b1.dev456", "1.0b2", "1.0b2.post345.dev456",
            "1.0b2.post345", "1.0rc1.dev456", "1.0rc1", "1.0", "1.0+abc.5", "1.0+abc.7", "1.0+5", "1.0.post456.dev34", "1.0.post456",
            "1.0.15",
            "1.1.dev1", "1!0.1",
        ];
        for (int i = 0; i < ascending.Length; i++)
        {
            for (int j = 0; j < ascending.Length; j++)
            {
                int order = Pep440Version.Parse(ascending[i]).CompareTo(Pep440Version.Parse(ascending[j]));
                Assert.True(Math.Sign(order) == Math.Sign(i.CompareTo(j)), $"{ascending[i]} and {ascending[j]}: {order}");
            }
        }
    }

    [Fact]
    public void Published_parts_agree()
    {
        Holds("test_version_public", 29, (version, expected) => $"{version.WithoutLocal()}" == expected.Text());
        Holds("test_version_epoch", 29, (version, expected) => version.Epoch == expected.GetUInt64());
        Holds("test_version_release", 29, (version, expected) =>
            version.Release.SequenceEqual(expected.EnumerateArray().Select(n => n.GetUInt64())));
        Holds("test_version_local", 29, (version, expected) => version.HasLocal == (expected.ValueKind != JsonValueKind.Null));
        Holds("test_version_is_prerelease", 22, (version, expected) => version.IsPrerelease == expected.GetBoolean());
        Holds("test_version_is_devrelease", 29, (version, expected) => version.IsDevrelease == expected.GetBoolean());
        Holds("test_version_is_postrelease", 5, (version, expected) => version.IsPostrelease == expected.GetBoolean());
        Holds("test_version_post", 29, (version, expected) => version.IsPostrelease == (expected.ValueKind != JsonValueKind.Null));
        Holds("test_version_dev", 29, (version, expected) => version.IsDevrelease == (expected.ValueKind != JsonValueKind.Null));
        static void Holds(string test, int count, Func<Pep440Version, JsonElement, bool> holds) =>
            PackagingVectors.Hold("version", test, count, row => holds(Pep440Version.Parse(row[0].Text()), row[1]));
    }

    [Theory]
    [InlineData("", 0)]
    [InlineData(" x1.0", 1)]
    [InlineData("1.0.", 3)]
    [InlineData("1.0-", 3)]
    [InlineData("1.0+", 4)]
    [InlineData("1.0+a..b", 6)]
    [InlineData("1!", 2)]
    [InlineData("1.\u0663", 1)]
    [InlineData("1.0+\u0130", 4)]
    [InlineData("1.0po\u017Ft1", 3)]         // LATIN SMALL LETTER LONG S, which upper-cases to S
    [InlineData("1.0\0", 3)]
    public void What_is_no_version_is_refused_with_its_place(string text, int position)
    {
        Assert.False(Pep440Version.TryParse(text, out _, out var problem));
        Assert.Equal(position, problem.Position);
        Assert.Throws<FormatException>(() => Pep440Version.Parse(text));
    }

    [Fact]
    public void A_number_has_at_most_18_digits()
    {
        string number = new('9', 18);
        Assert.Equal($"{number}!{number}rc{number}.post{number}.dev{number}+{number}",
            $"{Pep440Version.Parse($"{number}!{number}rc{number}.post{number}.dev{number}+{number}")}");
        foreach (string text in (string[])["", "1!", "1.", "1a", "1.post", "1-", "1.dev", "1+"])
            Assert.False(Pep440Version.TryParse($"{text}{number}9", out _, out _), text);
    }

    [Fact]
    public void The_default_is_version_0()
    {
        Assert.Equal(Pep440Version.Parse("0"), default);
        Assert.Equal(
            ("0", "0", 0),
            (default(Pep440Version).Original, $"{default(Pep440Version)}", default(Pep440Version).CompareTo(Pep440Version.Parse("0.0"))));
        Assert.Equal(Pep440Version.Parse("0.0.0").GetHashCode(), default(Pep440Version).GetHashCode());
    }

    [Fact]
    public void Order_is_antisymmetric_and_agrees_with_equality_and_hash() =>
        Gen.Select(AnyVersion.Value, AnyVersion.Value).Sample((a, b) =>
        Math.Sign(a.CompareTo(b)) == -Math.Sign(b.CompareTo(a)) && a.Equals(b) == (a.CompareTo(b) == 0)
        && (a != b || a.GetHashCode() == b.GetHashCode()), iter: 20_000);

    [Fact]
    public void Order_is_transitive() => Gen.Select(AnyVersion.Value, AnyVersion.Value, AnyVersion.Value).Sample((a, b, c) =>
        !(a <= b && b <= c) || a <= c, iter: 20_000);

    [Fact]
    public void The_normal_form_reads_back_and_prints_the_same() => AnyVersion.Text.Sample(text =>
    {
        var version = Pep440Version.Parse(text);
        var again = Pep440Version.Parse($"{version}");
        return again == version && $"{again}" == $"{version}" && again.Original == $"{version}" && version.Original == text
            && again.GetHashCode() == version.GetHashCode();
    }, iter: 5_000);

    [Fact]
    public void White_space_and_v_before_and_trailing_zeros_change_nothing() => AnyVersion.Text.Sample(text =>
        Pep440Version.Parse($" \t{(text.Contains('!', StringComparison.Ordinal) ? "" : "v")}{text}\r\n\f\v") == Pep440Version.Parse(text));

    [Fact]
    public void Any_text_is_read_or_refused_and_never_throws() =>
        Gen.OneOf(Gen.String, AnyVersion.Mutated(AnyVersion.Mutated(AnyVersion.Text))).Sample(text =>
        Pep440Version.TryParse(text, out var version, out var problem)
            ? Pep440Version.Parse($"{version}") == version
            : problem.Position >= 0 && problem.Position <= text.Length && problem.Expected.Length > 0, iter: 20_000);

    [Fact]
    public void A_very_long_text_is_refused_at_once()
    {
        Assert.False(Pep440Version.TryParse(string.Concat(Enumerable.Repeat("1.", 500_000)) + "1", out _, out _));
        Assert.False(Pep440Version.TryParse(new string('1', 1_000_000), out _, out _));
    }

    [Fact]
    public void Comparing_allocates_nothing()
    {
        var left = Pep440Version.Parse("1!2.0rc1.post2.dev3+local.4");
        var right = Pep440Version.Parse("1!2.0.0rc1.post2.dev3+local.5");
        int signs = left.CompareTo(right) + (left.Equals(right) ? 1 : 0) + left.GetHashCode();  // compiled before it is measured
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 1_000; i++)
            signs ^= left.CompareTo(right) + (left.Equals(right) ? 1 : 0) + (left < right ? 1 : 0) + (left.GetHashCode() & 1);
        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        Assert.Equal(0, allocated);
        GC.KeepAlive(signs);
    }

    private static bool Compare(Pep440Version a, Pep440Version b, string @operator) => @operator switch
    {
        "operator.lt" => a < b,
        "operator.le" => a <= b,
        "operator.eq" => a == b,
        "operator.ne" => a != b,
        "operator.ge" => a >= b,
        "operator.gt" => a > b,
        _ => throw new ArgumentOutOfRangeException(nameof(@operator)),
    };
}
