using System.Collections.Immutable;
using System.Formats.Tar;
using System.IO.Compression;
using System.Text;

namespace Sandpiper.Samples;

/// <summary>A made-up source distribution (<c>.tar.gz</c>); the same description always gives the same bytes.</summary>
public sealed record SampleSdist(string Name, string Version)
{
    private static readonly DateTimeOffset Packed = new(2024, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private MetadataText CoreMetadata { get; init; } = new(Name, Version);

    private ImmutableArray<(string Path, ReadOnlyMemory<byte> Content)> Files { get; init; } = [];

    public string FileName => $"{Folder}.tar.gz";

    /// <summary>The content of PKG-INFO.</summary>
    public ReadOnlyMemory<byte> Metadata => Encoding.UTF8.GetBytes(CoreMetadata.ToString());

    public string? RequiresPython => CoreMetadata.RequiresPython;

    public SampleSdist WithFile(string path, string text) => WithFile(path, Encoding.UTF8.GetBytes(text));

    public SampleSdist WithFile(string path, ReadOnlyMemory<byte> content) => this with { Files = Files.Add((path, content)) };

    public SampleSdist WithSetup(string text) => WithFile("setup.py", text);

    public SampleSdist WithPyProject(string text) => WithFile("pyproject.toml", text);

    public SampleSdist WithRequires(params IEnumerable<string> requirements) =>
        this with { CoreMetadata = CoreMetadata with { Requires = CoreMetadata.Requires.AddRange(requirements) } };

    public SampleSdist WithRequiresPython(string specifiers) =>
        this with { CoreMetadata = CoreMetadata with { RequiresPython = specifiers } };

    /// <summary>Metadata 2.2, where what is not named dynamic can be relied on without a build (PEP 643).</summary>
    public SampleSdist WithStaticMetadata() => this with { CoreMetadata = CoreMetadata with { MetadataVersion = "2.2" } };

    public byte[] Build()
    {
        using var bytes = new MemoryStream();
        using (var gzip = new GZipStream(bytes, CompressionLevel.Optimal, leaveOpen: true))
        using (var tar = new TarWriter(gzip, TarEntryFormat.Ustar))
        {
            foreach (var (path, content) in Files.Insert(0, ("PKG-INFO", Metadata)))
            {
                using var data = new MemoryStream(content.ToArray());
                tar.WriteEntry(new UstarTarEntry(TarEntryType.RegularFile, $"{Folder}/{path}")
                {
                    DataStream = data,
                    ModificationTime = Packed,
                    Mode = (UnixFileMode)0x1A4, // 0644
                });
            }
        }
        return bytes.ToArray();
    }

    private string Folder => $"{SampleName.InFileName(Name)}-{Version}";
}
