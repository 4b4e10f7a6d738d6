using System.IO.Compression;
using Sandpiper.Packaging.Metadata;
using Sandpiper.Packaging.Names;
using Sandpiper.Packaging.Wheels;
using Sandpiper.Surroundings;

namespace Sandpiper.Packaging.Tests.Wheels;

public sealed class RecordedWheelTests
{
    [Theory]
    [InlineData("pypi/files")]
    [InlineData("vectors/install-oracle/wheels")]
    public void Every_recorded_wheel_is_described_by_its_own_files(string directory)
    {
        var paths = Directory.EnumerateFiles(Recorded.Path(directory), "*.whl").ToList();
        Assert.NotEmpty(paths);
        foreach (string path in paths)
        {
            using var wheel = ZipFile.OpenRead(path);
            var entries = wheel.Entries.Where(entry => !entry.FullName.EndsWith('/')).ToDictionary(entry => entry.FullName);
            string distInfo = entries.Keys.Single(
                name => name.Count(c => c == '/') == 1 && name.EndsWith(".dist-info/RECORD", StringComparison.Ordinal)).Split('/')[0];

            Assert.True(RecordFile.TryParse(Read($"{distInfo}/RECORD"), out var rows, out string problem), $"{path}: {problem}");
            Assert.Equal(entries.Keys.Order(StringComparer.Ordinal), rows.Select(row => row.Path).Order(StringComparer.Ordinal));
            foreach (var row in rows.Where(row => row.Path != $"{distInfo}/RECORD"))
            {
                byte[] content = Read(row.Path);
                Assert.Equal((Sha256Digest.Of(content), content.Length), (row.Digest, row.Size));
            }

            Assert.True(WheelInfo.TryParse(Read($"{distInfo}/WHEEL"), out var info, out problem), $"{path}: {problem}");
            Assert.Equal(1, info.MajorVersion);
            if (entries.ContainsKey($"{distInfo}/entry_points.txt"))
                Assert.True(EntryPoints.TryParseScripts(Read($"{distInfo}/entry_points.txt"), out _, out problem), $"{path}: {problem}");

            Assert.True(CoreMetadata.TryParse(Read($"{distInfo}/METADATA"), out var metadata, out problem), $"{path}: {problem}");
            Assert.True(WheelFileName.TryParse(Path.GetFileName(path), out var name, out _), path);
            Assert.Equal((name.Name, name.Version), (metadata.Name, metadata.Version));
            if (File.Exists(path + ".metadata.gz"))
            {
                Assert.True(CoreMetadata.TryParse(
                    Whole(new GZipStream(File.OpenRead(path + ".metadata.gz"), CompressionMode.Decompress)), out var offered, out _));
                Assert.Null(metadata.FirstDifference(offered));
            }

            byte[] Read(string member) => Whole(entries[member].Open());
        }
    }

    private static byte[] Whole(Stream stream)
    {
        using (stream)
        using (var content = new MemoryStream())
        {
            stream.CopyTo(content);
            return content.ToArray();
        }
    }
}
