using System.Text;
using Sandpiper.Archives;
using Sandpiper.Commands;
using Sandpiper.Policies;
using Sandpiper.Samples;

namespace Sandpiper.Tests.Commands;

/// <summary>METADATA out of a wheel, for indexes that do not offer it beside: whatever the wheel holds, it costs little (P9).</summary>
public sealed class OpenIndexesTests : IDisposable
{
    private const int Megabyte = 1 << 20;
    private readonly string _directory = Directory.CreateTempSubdirectory("sandpiper-test-").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public void It_is_the_document_byte_for_byte()
    {
        SampleWheel wheel = OrdinaryPackages.Tide();
        Assert.Equal(wheel.Metadata.ToArray(), OpenIndexes.MetadataOf(Written(wheel), wheel.FileName, ArchiveLimits.Default).ToArray());
    }

    [Fact]
    public void More_than_eight_megabytes_of_it_are_refused_and_never_unpacked()
    {
        SampleWheel wheel = OrdinaryPackages.Tide();
        wheel = wheel.WithDistInfoFile("METADATA", Encoding.UTF8.GetString(wheel.Metadata.Span) + "\n" + new string('x', 32 * Megabyte));
        string path = Written(wheel);

        long before = GC.GetAllocatedBytesForCurrentThread();
        var refusal = Assert.Throws<RefusedException>(() => OpenIndexes.MetadataOf(path, wheel.FileName, ArchiveLimits.Default));
        long used = GC.GetAllocatedBytesForCurrentThread() - before;

        Assert.Equal(("SP-WHEEL-03", "tide 2.0"), (refusal.Rule, refusal.Refusal.Artifact?.ToString()));
        Assert.InRange(used, 0, 8 * Megabyte);
    }

    [Fact]
    public void A_wheel_without_it_is_refused()
    {
        SampleWheel wheel = OrdinaryPackages.Tide().WithoutMetadataFile();
        string path = Written(wheel);
        var refusal = Assert.Throws<RefusedException>(() => OpenIndexes.MetadataOf(path, wheel.FileName, ArchiveLimits.Default));
        Assert.Equal("SP-WHEEL-03", refusal.Rule);
    }

    private string Written(SampleWheel wheel)
    {
        string path = Path.Combine(_directory, wheel.FileName);
        File.WriteAllBytes(path, wheel.Build());
        return path;
    }
}
