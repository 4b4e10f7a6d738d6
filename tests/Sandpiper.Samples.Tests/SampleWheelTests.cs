using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;

namespace Sandpiper.Samples.Tests;

public sealed class SampleWheelTests
{
    private static readonly SampleWheel Gull = new SampleWheel("Grey.Gull", "1.0")
        .WithFile("gull/__init__.py", "x = 1\n")
        .WithRequires("six>=1", "tide")
        .WithExtra("fast", "wings>2 ; python_version >= '3.8'", "feathers")
        .WithRequiresPython(">=3.9")
        .WithConsoleScript("gull", "gull:main")
        .WithScript("gull-sh", "#!/bin/sh\n")
        .WithData("share/gull.txt", "cry"u8.ToArray());

    [Fact]
    public void The_same_description_gives_the_same_bytes() => Assert.Equal(Gull.Build(), Gull.Build());

    [Fact]
    public void File_and_folder_names_use_the_normal_form() => Assert.Equal(
        ["gull/__init__.py", "grey_gull-1.0.data/scripts/gull-sh", "grey_gull-1.0.data/data/share/gull.txt",
            "grey_gull-1.0.dist-info/METADATA", "grey_gull-1.0.dist-info/WHEEL", "grey_gull-1.0.dist-info/entry_points.txt",
            "grey_gull-1.0.dist-info/RECORD"],
        Texts(Gull).Keys);

    [Fact]
    public void Metadata_is_what_was_asked_for()
    {
        const string expected = """
            Metadata-Version: 2.1
            Name: Grey.Gull
            Version: 1.0
            Summary: A made-up package
            Requires-Python: >=3.9
            Requires-Dist: six>=1
            Requires-Dist: tide
            Requires-Dist: wings>2 ; (python_version >= '3.8') and extra == 'fast'
            Requires-Dist: feathers ; extra == 'fast'
            Provides-Extra: fast

            """;
        Assert.Equal(expected, Texts(Gull)["grey_gull-1.0.dist-info/METADATA"]);
        Assert.Equal(expected, Encoding.UTF8.GetString(Gull.Metadata.Span));
    }

    [Fact]
    public void Compressed_tags_are_expanded_in_WHEEL()
    {
        var wheel = Gull.WithTag("py2.py3-none-any");
        Assert.Equal("grey_gull-1.0-py2.py3-none-any.whl", wheel.FileName);
        Assert.EndsWith("Root-Is-Purelib: true\nTag: py2-none-any\nTag: py3-none-any\n", Texts(wheel)["grey_gull-1.0.dist-info/WHEEL"],
            StringComparison.Ordinal);
    }

    [Fact]
    public void RECORD_is_true_of_every_file()
    {
        var texts = Texts(Gull);
        string[] rows = texts["grey_gull-1.0.dist-info/RECORD"].TrimEnd().Split('\n');
        Assert.Equal(texts.Keys, rows.Select(row => row.Split(',')[0]));
        foreach (string[] row in rows.SkipLast(1).Select(row => row.Split(',')))
        {
            byte[] content = Encoding.UTF8.GetBytes(texts[row[0]]);
            string hash = Convert.ToBase64String(SHA256.HashData(content)).TrimEnd('=').Replace('+', '-').Replace('/', '_');
            Assert.Equal((hash, $"{content.Length}"), (row[1]["sha256=".Length..], row[2]));
        }
        Assert.Equal("grey_gull-1.0.dist-info/RECORD,,", rows[^1]);
    }

    [Fact]
    public void RECORD_lies_as_told()
    {
        const string init = "gull/__init__.py", record = "grey_gull-1.0.dist-info/RECORD";
        string truth = Row(Gull);
        Assert.DoesNotContain(init, Texts(Gull.WithoutRecordRow(init))[record], StringComparison.Ordinal);
        Assert.Equal(truth + "0", Row(Gull.WithWrongSizeInRecord(init)));
        Assert.NotEqual(truth, Row(Gull.WithWrongHashInRecord(init)));
        Assert.Contains("\nghost.py,sha256=AA,1\n", Texts(Gull.WithRecordRow("ghost.py", "sha256=AA", "1"))[record],
            StringComparison.Ordinal);

        static string Row(SampleWheel wheel) =>
            Texts(wheel)[record].Split('\n').Single(row => row.StartsWith(init, StringComparison.Ordinal));
    }

    [Fact]
    public void A_dist_info_file_can_be_replaced_added_and_left_out()
    {
        var texts = Texts(Gull.WithoutMetadataFile().WithoutRecordFile().WithDistInfoFile("WHEEL", "odd\n")
            .WithDistInfoFile("extra.txt", "more\n"));
        Assert.Equal("odd\n", texts["grey_gull-1.0.dist-info/WHEEL"]);
        Assert.Equal("more\n", texts["grey_gull-1.0.dist-info/extra.txt"]);
        Assert.DoesNotContain("grey_gull-1.0.dist-info/METADATA", texts.Keys);
        Assert.DoesNotContain("grey_gull-1.0.dist-info/RECORD", texts.Keys);
    }

    private static OrderedDictionary<string, string> Texts(SampleWheel wheel)
    {
        using var archive = new ZipArchive(new MemoryStream(wheel.Build()));
        var texts = new OrderedDictionary<string, string>();
        foreach (var entry in archive.Entries)
        {
            using var reader = new StreamReader(entry.Open());
            texts.Add(entry.FullName, reader.ReadToEnd());
        }
        return texts;
    }
}
