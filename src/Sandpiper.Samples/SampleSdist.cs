using System.Formats.Tar;
using System.IO.Compression;
using System.Text;

namespace Sandpiper.Samples;

/// <summary>A source distribution whose build back end is a file of its own, so that building it needs no other package.</summary>
/// <param name="Name">Project name.</param>
/// <param name="Version">Version.</param>
/// <param name="BackendCode">Python of <c>backend.py</c>; runs when somebody builds it.</param>
public sealed record SampleSdist(string Name, string Version, string BackendCode)
{
    private static readonly DateTimeOffset Time = new(2020, 1, 1, 0, 0, 0, TimeSpan.Zero);

    public string FileName => $"{Name.Replace('-', '_')}-{Version}.tar.gz";

    public byte[] Build()
    {
        string top = $"{Name.Replace('-', '_')}-{Version}";
        using var bytes = new MemoryStream();
        using (var gzip = new GZipStream(bytes, CompressionLevel.Optimal, leaveOpen: true))
        using (var tar = new TarWriter(gzip, TarEntryFormat.Pax))
        {
            Add(tar, $"{top}/PKG-INFO", $"Metadata-Version: 2.1\nName: {Name}\nVersion: {Version}\n");
            Add(tar, $"{top}/pyproject.toml", "[build-system]\nrequires = []\nbuild-backend = \"backend\"\nbackend-path = [\".\"]\n");
            Add(tar, $"{top}/backend.py", BackendCode);
        }
        return bytes.ToArray();
    }

    private static void Add(TarWriter tar, string path, string text)
    {
        using var content = new MemoryStream(Encoding.UTF8.GetBytes(text));
        tar.WriteEntry(new PaxTarEntry(TarEntryType.RegularFile, path) { DataStream = content, ModificationTime = Time, Mode = (UnixFileMode)0b110_100_100 });
    }
}
