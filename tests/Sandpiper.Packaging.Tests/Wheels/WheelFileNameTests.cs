using System.Text;
using System.Text.Json;
using CsCheck;
using Sandpiper.Packaging.Names;
using Sandpiper.Packaging.Versions;
using Sandpiper.Packaging.Wheels;
using Sandpiper.Surroundings;

namespace Sandpiper.Packaging.Tests.Wheels;

public sealed class WheelFileNameTests
{
    [Fact]
    public void A_name_is_taken_apart()
    {
        Assert.True(WheelFileName.TryParse("Foo_Bar.baz-1.0rc1+local.1-2b-py2.py3-none-any.whl", out var wheel, out _));
        Assert.Equal(("foo-bar-baz", "1.0rc1+local.1", new BuildTag(2, "b")),
            (wheel.Name.Normalized, wheel.Version.ToString(), wheel.Build));
        Assert.Equal(["py2-none-any", "py3-none-any"], wheel.Tags.Select(tag => tag.ToString()));
    }

    [Theory]
    [InlineData("foo-1.0-py3-none-any.whl")]
    [InlineData("Foo-1.0-py3-none-any.whl")]
    [InlineData("foo-1.0.0-py3-none-any.whl")]
    [InlineData("bar-2.0-py3-none-any.whl")]
    public void What_a_wheel_most_likely_is_does_not_change_what_it_is(string fileName)
    {
        Assert.True(WheelFileName.TryParse(fileName, out var read, out _));
        Assert.True(
            WheelFileName.TryParse(fileName, PackageName.Parse("foo"), Pep440Version.Parse("1.0"), out var compared, out _));
        Assert.Equal((read.Name.Original, read.Name, read.Version.Original, read.Version),
            (compared.Name.Original, compared.Name, compared.Version.Original, compared.Version));
    }

    [Theory]
    [InlineData("foo-1.0-py3-none-any.WHL", 24)]
    [InlineData("foo-1.0-py3-none.whl", 16)]
    [InlineData("foo-1.0-py3-none-any-x86_64_v3.whl", 8)]
    [InlineData("foo-1.0-1-py3-none-any-x86_64_v3.whl", 32)]
    [InlineData("foo__bar-1.0-py3-none-any.whl", 3)]
    [InlineData("-1.0-py3-none-any.whl", 0)]
    [InlineData("foo--py3-none-any.whl", 4)]
    [InlineData("foo-1.0--none-any.whl", 8)]
    [InlineData("foo- 1.0-py3-none-any.whl", 4)]
    [InlineData("foo-1.0\n-py3-none-any.whl", 7)]
    [InlineData("a/foo-1.0-py3-none-any.whl", 1)]
    [InlineData("foo-1.0-b1-py3-none-any.whl", 8)]
    public void What_is_no_wheels_name_is_refused_where_it_goes_wrong(string fileName, int position)
    {
        Assert.False(WheelFileName.TryParse(fileName, out _, out var problem));
        Assert.Equal(position, problem.Position);
        Assert.NotEqual("", problem.Expected);
    }

    [Fact]
    public void Any_text_is_read_or_refused() =>
        HostileBytes.Any("Foo_Bar.baz-1.0rc1+local.1-2b-py2.py3-none-any.whl",
            "a-1!2.0.post3-cp39-abi3-manylinux_2_17_x86_64.manylinux2014_x86_64.whl").Sample(bytes =>
        {
            string text = Encoding.Latin1.GetString(bytes);
            if (!WheelFileName.TryParse(text, out var wheel, out var problem))
                return problem.Expected.Length > 0 && problem.Position <= text.Length;
            return wheel.FileName == text && Path.GetFileName(text) == text && !wheel.Tags.IsEmpty;
        }, iter: 5000);

    [Fact]
    public void Packagings_wheel_names_are_read_as_packaging_reads_them()
    {
        foreach (var row in Vectors.Of("packaging-utils.json", "test_parse_wheel_filename"))
        {
            string fileName = row[0].GetString()!;
            bool isAscii = fileName.All(char.IsAscii);      // the standard's names are; packaging lets "foo_bár" pass
            Assert.Equal(isAscii, WheelFileName.TryParse(fileName, out var wheel, out _));
            if (wheel is null) continue;
            Assert.Equal(row[1].GetString(), wheel.Name.Normalized);
            Assert.Equal(Pep440Version.Parse(row[2].GetProperty("args")[0].GetString()!), wheel.Version);
            Assert.Equal(row[3].GetArrayLength() == 0 ? default : new BuildTag(row[3][0].GetInt64(), row[3][1].GetString()!), wheel.Build);
            Assert.Equal(row[4].EnumerateArray().Select(Tag).Order(), wheel.Tags.Select(tag => tag.ToString()).Order());
        }

        static string Tag(JsonElement call) => string.Join('-', call.GetProperty("args").EnumerateArray().Select(part => part.GetString()));
    }

    [Fact]
    public void What_packaging_refuses_is_refused() => Assert.All(Vectors.Of("packaging-utils.json", "test_parse_wheel_invalid_filename"),
        fileName => Assert.False(WheelFileName.TryParse(fileName.GetString()!, out _, out _), fileName.GetString()));

    [Fact]
    public void Every_recorded_wheels_name_is_read()
    {
        var names = Directory.EnumerateFiles(Recorded.Path("pypi/files"), "*.whl").Select(Path.GetFileName).ToList();
        Assert.NotEmpty(names);
        Assert.All(names, name => Assert.True(WheelFileName.TryParse(name!, out _, out var problem), $"{name}: {problem}"));
    }
}
