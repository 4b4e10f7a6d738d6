using System.Text.Json;
using CsCheck;
using Sandpiper.Packaging.Names;
using Sandpiper.Surroundings;

namespace Sandpiper.Packaging.Tests.Names;

public sealed class PackageNameTests
{
    private static readonly Gen<string> Spelling =
        Gen.String[Gen.Char["aZ09-_."], 0, 12].Select(Gen.Char["aZ0"], Gen.Char["bY9"], (middle, first, last) => $"{first}{middle}{last}");

    [Theory]
    [InlineData("Flask", "flask", "flask")]
    [InlineData("zope.interface", "zope-interface", "zope_interface")]
    [InlineData("A__b-.-C", "a-b-c", "a_b_c")]
    [InlineData("7", "7", "7")]
    public void Spellings_meet_in_one_normal_form(string text, string normal, string escaped)
    {
        var name = PackageName.Parse(text);
        Assert.Equal((text, normal, escaped, normal), (name.Original, name.Normalized, name.Escaped, $"{name}"));
    }

    [Theory]
    [InlineData("", 0)]
    [InlineData("-a", 0)]
    [InlineData("a-", 1)]
    [InlineData("a b", 1)]
    [InlineData("a\n", 1)]
    [InlineData("a/../b", 1)]
    [InlineData("\u212Aelvin", 0)]      // KELVIN SIGN, which lower-cases to k
    [InlineData("a\u0131b", 1)]         // DOTLESS I
    public void What_is_no_name_is_refused_with_its_place(string text, int position)
    {
        Assert.False(PackageName.TryParse(text, out _, out var problem));
        Assert.Equal(position, problem.Position);
        Assert.Throws<FormatException>(() => PackageName.Parse(text));
    }

    [Fact]
    public void A_name_that_no_file_could_bear_is_refused()
    {
        Assert.True(PackageName.TryParse(new string('a', 200), out _, out _));
        Assert.False(PackageName.TryParse(new string('a', 201), out _, out _));
    }

    [Fact]
    public void The_default_equals_no_parsed_name() => Spelling.Sample(text => PackageName.Parse(text) != default);

    [Fact]
    public void Normalising_twice_is_normalising_once() =>
        Spelling.Sample(text => PackageName.Parse(PackageName.Parse(text).Normalized) is var again
            && again == PackageName.Parse(text) && ReferenceEquals(again.Normalized, again.Original)
            && again.GetHashCode() == PackageName.Parse(text).GetHashCode());

    [Fact]
    public void Any_text_is_read_or_refused_and_never_throws() =>
        Gen.String.Sample(text => PackageName.TryParse(text, out var name, out var problem)
            ? name.Original == text : problem.Position <= text.Length && problem.Expected.Length > 0);

    [Fact]
    public void Published_vectors_agree()
    {
        using var file = JsonDocument.Parse(File.ReadAllText(Recorded.Path("vectors/packaging-utils.json")));
        int checkedRows = 0;
        foreach (var test in file.RootElement.EnumerateArray())
        {
            if (test.GetProperty("test").GetString() != "test_canonicalize_name") continue;
            foreach (var row in test.GetProperty("params")[0].GetProperty("values").EnumerateArray())
            {
                Assert.Equal(row[1].GetString(), PackageName.Parse(row[0].GetString()!).Normalized);
                checkedRows++;
            }
        }
        Assert.Equal(10, checkedRows);
    }
}
