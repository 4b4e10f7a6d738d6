using System.Formats.Tar;
using System.IO.Compression;

namespace Sandpiper.Samples.Tests;

public sealed class SampleSdistTests
{
    private static readonly SampleSdist Crab = new SampleSdist("Small-Crab", "0.1")
        .WithSetup("pass\n")
        .WithFile("crab/__init__.py", "")
        .WithStaticMetadata();

    [Fact]
    public void Everything_is_in_one_folder_named_as_the_file() =>
        Assert.Equal(
            ["small_crab-0.1/PKG-INFO", "small_crab-0.1/setup.py", "small_crab-0.1/crab/__init__.py"],
            Entries(Crab.Build()).Select(entry => entry.Name));

    [Fact]
    public void The_same_description_gives_the_same_bytes() => Assert.Equal(Crab.Build(), Crab.Build());

    [Fact]
    public void Nothing_depends_on_the_clock() =>
        Assert.All(Entries(Crab.Build()), entry => Assert.Equal(new(2024, 1, 1, 0, 0, 0, TimeSpan.Zero), entry.ModificationTime));

    private static List<TarEntry> Entries(byte[] sdist)
    {
        using var tar = new TarReader(new GZipStream(new MemoryStream(sdist), CompressionMode.Decompress));
        var entries = new List<TarEntry>();
        while (tar.GetNextEntry(copyData: true) is { } entry) entries.Add(entry);
        return entries;
    }
}
