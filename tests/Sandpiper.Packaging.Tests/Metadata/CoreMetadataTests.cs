using System.Text;
using CsCheck;
using Sandpiper.Packaging.Metadata;
using Sandpiper.Packaging.Tests.Wheels;

namespace Sandpiper.Packaging.Tests.Metadata;

public sealed class CoreMetadataTests
{
    private const string Usual = """
        Metadata-Version: 2.4
        Name: Foo.Bar
        Version: 1.0
        Summary: Does foo to bars
        Author-email: Jürgen <j@example.test>
        License-Expression: MIT
        Project-URL: Source, https://example.test/source
        Project-URL: Home-Page, https://example.test/
        Requires-Python: >=3.8
        Provides-Extra: test
        Provides-Extra: Docs_All
        Requires-Dist: packaging>=20
        Requires-Dist: pytest; extra == "test"
        Description-Content-Type: text/markdown

        Requires-Dist: this is the description
        """;

    [Fact]
    public void The_usual_file_says_what_installing_needs()
    {
        var metadata = Read(Usual);
        Assert.Equal(("foo-bar", "Foo.Bar", "1.0"), (metadata.Name.Normalized, metadata.Name.Original, metadata.Version.ToString()));
        Assert.Equal(("Does foo to bars", "MIT", "https://example.test/"), (metadata.Summary, metadata.License, metadata.HomePage));
        Assert.Equal(["packaging", "pytest"], metadata.RequiresDist.Select(requirement => requirement.Name.Normalized));
        Assert.Equal(["test", "docs-all"], metadata.ProvidesExtra.Select(extra => extra.Normalized));
        Assert.Equal(">=3.8", metadata.RequiresPython?.ToString());
        Assert.True(metadata.IsStatic);
        Assert.Empty(metadata.Repairs);
    }

    [Theory]
    [InlineData("1.0")]
    [InlineData("1.1")]
    [InlineData("1.2")]
    [InlineData("2.0")]
    [InlineData("2.1")]
    [InlineData("2.2")]
    [InlineData("2.3")]
    [InlineData("2.4")]
    [InlineData("2.5")]
    [InlineData("2.6")]
    public void Every_published_version_of_the_format_is_read(string version) =>
        Assert.Empty(Read($"Metadata-Version: {version}\nName: a\nVersion: 1\n").Repairs);

    [Fact]
    public void A_newer_minor_version_is_read_and_noted() =>
        Assert.Equal(["Metadata-Version 2.7 was read as 2.6"], Read("Metadata-Version: 2.7\nName: a\nVersion: 1\n").Repairs);

    [Theory]
    [InlineData("", "METADATA has no readable Metadata-Version")]
    [InlineData("Name: a\nVersion: 1\n", "METADATA has no readable Metadata-Version")]
    [InlineData("Metadata-Version: 2\nName: a\nVersion: 1\n", "METADATA has no readable Metadata-Version")]
    [InlineData("Metadata-Version: 3.0\nName: a\nVersion: 1\n", "METADATA has the unknown Metadata-Version 3.0")]
    [InlineData("Metadata-Version: 0.9\nName: a\nVersion: 1\n", "METADATA has the unknown Metadata-Version 0.9")]
    [InlineData("Metadata-Version: 2.1\nVersion: 1\n", "METADATA has no readable Name")]
    [InlineData("Metadata-Version: 2.1\nName: -a\nVersion: 1\n", "METADATA has no readable Name")]
    [InlineData("Metadata-Version: 2.1\nName: a\n", "METADATA has no readable Version")]
    [InlineData("Metadata-Version: 2.1\nName: a\nVersion: one\n", "METADATA has no readable Version")]
    [InlineData("Metadata-Version: 2.1\nName: a\n\nVersion: 1\n", "METADATA has no readable Version")]
    [InlineData("Metadata-Version: 2.1\nName: a\nVersion: 1\nRequires-Python: three\n", "METADATA has an unreadable Requires-Python")]
    [InlineData("Metadata-Version: 2.1\nName: a\nVersion: 1\nRequires-Dist: -b\n", "METADATA has an unreadable Requires-Dist, -b")]
    public void A_file_that_leaves_open_what_decides_is_refused(string text, string because)
    {
        Assert.False(CoreMetadata.TryParse(Encoding.UTF8.GetBytes(text), out _, out string problem));
        Assert.StartsWith(because, problem);
    }

    [Theory]
    [InlineData("Metadata-Version: 2.1")]
    [InlineData("Name: b")]
    [InlineData("vErsion: 2")]
    [InlineData("Requires-Python: >=3")]
    [InlineData("Summary: else")]
    [InlineData("License-Expression: MIT")]
    public void A_field_that_may_stand_once_stands_once(string field) =>
        Assert.False(CoreMetadata.TryParse(Encoding.UTF8.GetBytes(field + "\n" + Usual), out _, out _));

    [Fact]
    public void A_tool_that_had_nothing_to_say_said_nothing()
    {
        var metadata = Read("Metadata-Version: 1.1\nName: a\nVersion: 1\nSummary: UNKNOWN\nHome-page: UNKNOWN\nLicense:\n");
        Assert.Equal((null, null, null), (metadata.Summary, metadata.HomePage, metadata.License));
    }

    [Fact]
    public void Old_spellings_are_repaired_and_noted()
    {
        var metadata = Read("Metadata-Version: 2.0\nName: a\nVersion: 1\nRequires-Dist: b (>=1)\nRequires-Dist: c>=1.*\n");
        Assert.Equal(["b>=1", "c>=1"], metadata.RequiresDist.Select(requirement => requirement.ToString()));
        Assert.StartsWith("Requires-Dist c>=1.*: ", Assert.Single(metadata.Repairs), StringComparison.Ordinal);
    }

    // As old tools wrote it, and as indexes are full of it.
    [Theory]
    [InlineData(">=3.6.*", ">=3.6")]
    [InlineData(">= 3.5.*", ">=3.5")]
    [InlineData(">=3.6, !=3.0*", ">=3.6,!=3.0.*")]
    [InlineData(">3.6.*", ">3.6")]
    [InlineData(">=3.6<5", ">=3.6,<5")]
    [InlineData(">=3.6, !=3.1.*, <5.0.*", ">=3.6,!=3.1.*,<5.0")]
    [InlineData("<3.6.*", "<3.6")]
    public void Old_spellings_of_Requires_Python_are_repaired_and_noted(string written, string meant)
    {
        var metadata = Read($"Metadata-Version: 2.1\nName: a\nVersion: 1\nRequires-Python: {written}\n");
        Assert.Equal(meant, metadata.RequiresPython!.ToString());
        Assert.StartsWith($"Requires-Python {written}: ", metadata.Repairs[0], StringComparison.Ordinal);
    }

    [Fact]
    public void Extras_are_told_apart_as_names_are()
    {
        var metadata =
            Read("Metadata-Version: 2.1\nName: a\nVersion: 1\nProvides-Extra: x-y\nProvides-Extra: X_Y\nProvides-Extra: :python\n");
        Assert.Equal(["x-y"], metadata.ProvidesExtra.Select(extra => extra.Normalized));
        Assert.Equal(["Provides-Extra :python was left out: it is no name"], metadata.Repairs);
    }

    [Theory]
    [InlineData("Metadata-Version: 2.1", "", false)]
    [InlineData("Metadata-Version: 2.2", "", true)]
    [InlineData("Metadata-Version: 2.2", "Dynamic: Summary\n", true)]
    [InlineData("Metadata-Version: 2.2", "Dynamic: Summary\nDynamic: requires-dist\n", false)]
    [InlineData("Metadata-Version: 2.6", "Dynamic: Provides-Extra\n", false)]
    public void Dependencies_are_known_without_a_build_where_they_are_not_dynamic(string format, string dynamic, bool isStatic) =>
        Assert.Equal(isStatic, Read($"{format}\nName: a\nVersion: 1\n{dynamic}").IsStatic);

    [Theory]
    [InlineData("Foo.Bar", "foo_bar", null)]
    [InlineData("Version: 1.0", "Version: 1.0.0", null)]
    [InlineData("Does foo", "Does something else", null)]
    [InlineData("Requires-Dist: packaging>=20\nRequires-Dist: pytest; extra == \"test\"",
        "Requires-Dist: pytest ;extra=='test'\nRequires-Dist: Packaging >= 20\nRequires-Dist: packaging>=20", null)]
    [InlineData("Name: Foo.Bar", "Name: Foo", "Name")]
    [InlineData("Version: 1.0", "Version: 1.1", "Version")]
    [InlineData("packaging>=20", "packaging>=21", "Requires-Dist")]
    [InlineData("Requires-Dist: packaging>=20\n", "", "Requires-Dist")]
    [InlineData("extra == \"test\"", "extra == \"docs\"", "Requires-Dist")]
    [InlineData("Requires-Python: >=3.8", "Requires-Python: >=3.9", "Requires-Python")]
    [InlineData("Requires-Python: >=3.8\n", "", "Requires-Python")]
    [InlineData("Provides-Extra: Docs_All", "Provides-Extra: docs", "Provides-Extra")]
    public void The_first_difference_in_meaning_is_named(string from, string to, string? field)
    {
        CoreMetadata one = Read(Usual), other = Read(Usual.Replace(from, to, StringComparison.Ordinal));
        Assert.Equal(field, one.FirstDifference(other));
        Assert.Equal(field, other.FirstDifference(one));
    }

    [Fact]
    public void Endless_files_are_refused()
    {
        Assert.False(CoreMetadata.TryParse(Encoding.UTF8.GetBytes(Usual + new string('x', 9 << 20)), out _, out _));
        Assert.False(
            CoreMetadata.TryParse(Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat("Requires-Dist: a\n", 30_000)) + Usual), out _,
                out _));
    }

    [Fact]
    public void Any_bytes_are_read_or_refused_and_equal_themselves() => HostileBytes.Any(Usual).Sample(bytes =>
        CoreMetadata.TryParse(bytes, out var metadata, out string problem)
            ? metadata.FirstDifference(metadata) is null : problem.Length > 0, iter: 5000);

    private static CoreMetadata Read(string text)
    {
        Assert.True(CoreMetadata.TryParse(Encoding.UTF8.GetBytes(text), out var metadata, out string problem), problem);
        return metadata;
    }
}
