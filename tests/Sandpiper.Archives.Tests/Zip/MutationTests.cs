using System.IO.Compression;
using System.Text;
using CsCheck;
using Sandpiper.Samples;

namespace Sandpiper.Archives.Tests.Zip;

/// <summary>Archives altered at random: refused, or read exactly as the base library, a lenient reader, reads them.</summary>
public sealed class MutationTests
{
    private static readonly byte[][] Seeds =
    [
        ZipBytes.Empty.With("a.py", "x = 1\n").With("b/c.txt", string.Concat(Enumerable.Repeat("data ", 50))).Build(),
        (ZipBytes.Empty.With(SampleMember.Text("s", "stored") with { IsStored = true }) with { HasZip64End = true }).Build(),
        ZipBytes.Empty
            .With(SampleMember.Text("d", "streamed streamed streamed") with { HasDescriptor = true })
            .With(SampleMember.Directory("e/")).Build(),
        (ZipBytes.Empty.With(SampleMember.Text("x", "extra") with { Local = new() { Extra = ZipBytes.Zip64Field(5, 7) } }) with
        {
            Comment = "text"u8.ToArray(),
        }).Build(),
        OrdinaryPackages.Tide().Build(),
    ];

    private static readonly Gen<byte[]> Seed = Among(Seeds);

    private static readonly Gen<byte> Telling = Gen.OneOf(
        Gen.Byte,
        Among<byte>(0, 1, 2, 3, 4, 5, 6, 7, 8, 0x7F, 0x80, 0xFF, (byte)'P', (byte)'K', (byte)'/', (byte)'.'));

    private static readonly Gen<byte[]> WithBytesChanged =
        from seed in Seed
        from changes in Gen.Select(Gen.Int[0, seed.Length - 1], Telling).List[1, 4]
        select changes.Aggregate((byte[])[.. seed], (bytes, change) =>
        {
            bytes[change.Item1] = change.Item2;
            return bytes;
        });

    private static readonly Gen<byte[]> WithOneBitFlipped =
        from seed in Seed
        from bit in Gen.Int[0, seed.Length * 8 - 1]
        select seed.Select((value, i) => i == bit / 8 ? (byte)(value ^ (1 << bit % 8)) : value).ToArray();

    private static readonly Gen<byte[]> Spliced =
        from one in Seed
        from other in Seed
        from to in Gen.Int[0, one.Length]
        from a in Gen.Int[0, other.Length]
        from b in Gen.Int[0, other.Length]
        from kept in Gen.Int[0, one.Length]
        select (byte[])[.. one[..to], .. other[Math.Min(a, b)..Math.Max(a, b)], .. one[kept..]];

    // The numbers that describe the archive stand in the last bytes and in the headers: swap two that are equally wide.
    private static readonly Gen<byte[]> WithNumbersSwapped =
        from seed in Seed
        from width in Among(2, 4, 8)
        from a in Gen.Int[0, seed.Length - 8]
        from b in Gen.Int[0, seed.Length - 8]
        select Swap(seed, a, b, width);

    [Fact]
    public void Changed_bytes() => WithBytesChanged.Sample(MustBeRefusedOrReadAlike, iter: 20_000, threads: 1);

    [Fact]
    public void Flipped_bits() => WithOneBitFlipped.Sample(MustBeRefusedOrReadAlike, iter: 20_000, threads: 1);

    [Fact]
    public void Splices() => Spliced.Sample(MustBeRefusedOrReadAlike, iter: 10_000, threads: 1);

    [Fact]
    public void Swapped_numbers() => WithNumbersSwapped.Sample(MustBeRefusedOrReadAlike, iter: 10_000, threads: 1);

    [Fact]
    public void Noise() => Gen.Byte.Array[0, 200].Sample(MustBeRefusedOrReadAlike, iter: 5_000, threads: 1);

    [Fact]
    public void Every_seed_is_taken() => Assert.All(Seeds, seed => Assert.NotEmpty(Unzipping.Unzip(seed)));

    private static void MustBeRefusedOrReadAlike(byte[] archive)
    {
        List<(string Name, string Content)> ours;
        try
        {
            ours = Unzipping.Unzip(archive);
        }
        catch (ArchiveRefusedException)
        {
            return;
        }
        Assert.Equal(ReadByTheBaseLibrary(archive), ours);
    }

    private static List<(string Name, string Content)> ReadByTheBaseLibrary(byte[] archive)
    {
        using var zip = new ZipArchive(new MemoryStream(archive));
        return [.. zip.Entries.Select(entry => (entry.FullName.TrimEnd('/'), ContentOf(entry)))];
    }

    private static string ContentOf(ZipArchiveEntry entry)
    {
        using var content = new MemoryStream();
        using (var stream = entry.Open()) stream.CopyTo(content);
        return Encoding.Latin1.GetString(content.ToArray());
    }

    private static Gen<T> Among<T>(params T[] values) => Gen.Int[0, values.Length - 1].Select(i => values[i]);

    private static byte[] Swap(byte[] seed, int a, int b, int width)
    {
        byte[] bytes = [.. seed];
        seed.AsSpan(a, width).CopyTo(bytes.AsSpan(b));
        seed.AsSpan(b, width).CopyTo(bytes.AsSpan(a));
        return bytes;
    }
}
