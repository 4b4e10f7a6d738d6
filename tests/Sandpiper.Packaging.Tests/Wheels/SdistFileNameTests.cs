using System.Text;
using CsCheck;
using Sandpiper.Packaging.Names;
using Sandpiper.Packaging.Versions;
using Sandpiper.Packaging.Wheels;

namespace Sandpiper.Packaging.Tests.Wheels;

public sealed class SdistFileNameTests
{
    [Theory]
    [InlineData("foo_bar-1.0.tar.gz", "foo-bar", "1.0")]
    [InlineData("foo-bar-1.0.zip", "foo-bar", "1.0")]
    [InlineData("Foo.Bar-1.0-1.tar.gz", "foo-bar", "1.0.post1")]
    [InlineData("foo-2-1.0.tar.gz", "foo-2", "1.0")]
    [InlineData("foo-2-1.tar.gz", "foo", "2.post1")]
    public void A_name_is_split_where_the_project_ends(string fileName, string project, string version)
    {
        Assert.True(SdistFileName.TryParse(fileName, PackageName.Parse(project), out var sdist));
        Assert.Equal((project, version), (sdist.Name.Normalized, sdist.Version.ToString()));
    }

    [Theory]
    [InlineData("bar-1.0.tar.gz")]
    [InlineData("foo-1.0.tar.bz2")]
    [InlineData("foo-1.0.tgz")]
    [InlineData("foo-1.0.TAR.GZ")]
    [InlineData("foo-.tar.gz")]
    [InlineData("foo.tar.gz")]
    [InlineData(".tar.gz")]
    [InlineData("foo- 1.0.tar.gz")]
    [InlineData("foo-1.0/../x.tar.gz")]
    public void What_is_no_release_of_the_project_is_refused(string fileName) =>
        Assert.False(SdistFileName.TryParse(fileName, PackageName.Parse("foo"), out _));

    [Fact]
    public void Packagings_names_are_read_and_refused_as_packaging_does()
    {
        foreach (var row in Vectors.Of("packaging-utils.json", "test_parse_sdist_filename"))
        {
            Assert.True(SdistFileName.TryParse(row[0].GetString()!, PackageName.Parse(row[1].GetString()!), out var sdist));
            Assert.Equal(Pep440Version.Parse(row[2].GetProperty("args")[0].GetString()!), sdist.Version);
        }
        Assert.All(Vectors.Of("packaging-utils.json", "test_parse_sdist_invalid_filename"),
            fileName => Assert.False(SdistFileName.TryParse(fileName.GetString()!, PackageName.Parse("foo"), out _)));
    }

    [Fact]
    public void Any_text_is_read_or_refused() => HostileBytes.Any("foo-1.0-1.tar.gz", "foo-bar-1.0.zip").Sample(bytes =>
    {
        string text = Encoding.Latin1.GetString(bytes);
        return !SdistFileName.TryParse(text, PackageName.Parse("foo"), out var sdist)
            || (sdist.FileName == text && sdist.Name.Normalized == "foo");
    }, iter: 3000);
}
