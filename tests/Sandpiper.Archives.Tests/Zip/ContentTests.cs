using System.Collections.Concurrent;
using System.Text;
using Sandpiper.Archives.Zip;
using Sandpiper.Samples;

namespace Sandpiper.Archives.Tests.Zip;

public sealed class ContentTests
{
    private static readonly SampleMember Honest = SampleMember.Text("pkg/__init__.py", string.Concat(Enumerable.Range(0, 500)));

    [Fact]
    public void Content_of_another_checksum_is_refused() =>
        Unzipping.MustBeRefused(ZipRules.Content, Honest with { Both = new() { Crc32 = 1 } });

    [Fact]
    public void Content_is_refused_at_the_first_byte_beyond_the_promise()
    {
        byte[] archive = ZipBytes.Empty.With(Honest with { Both = new() { Size = 9 } }).Build();
        Unzipping.MustBeRefused(ZipRules.Content, archive);
        using var reader = Unzipping.Open(archive);
        using var written = new MemoryStream();
        Assert.Throws<ArchiveRefusedException>(() => reader.CopyTo(reader.Members[0], written));
        Assert.True(written.Length <= 9);
    }

    [Fact]
    public void Content_that_ends_too_early_is_refused() =>
        Unzipping.MustBeRefused(ZipRules.Content, Honest with { Both = new() { Size = 100_000 } });

    [Fact]
    public void Bytes_behind_the_deflate_stream_are_refused()
    {
        byte[] data = Deflated(Honest);
        Unzipping.MustBeTaken(Honest with { Data = data });
        foreach (byte[] more in new byte[][] { [0], [0, 0], new byte[100], data })
            Unzipping.MustBeRefused(ZipRules.Deflate, Honest with { Data = (byte[])[.. data, .. more] });
    }

    [Fact]
    public void A_deflate_stream_without_its_end_is_refused_even_if_all_content_is_there()
    {
        // A stored block, final or not (RFC 1951, 3.2.4), around the content.
        byte[] content = [.. Honest.Content.Span];
        byte[] Block(byte final) =>
            [final, .. Bytes(content.Length), .. Bytes(ushort.MaxValue - content.Length), .. content];
        Unzipping.MustBeTaken(Honest with { Data = Block(1) });
        Unzipping.MustBeRefused(ZipRules.Deflate, Honest with { Data = Block(0) });

        static byte[] Bytes(int number) => [(byte)(number & 0xFF), (byte)(number >> 8)];
    }

    [Fact]
    public void What_is_no_deflate_stream_is_refused()
    {
        Unzipping.MustBeRefused(ZipRules.Deflate, Honest with { Data = new byte[] { 7, 7, 7, 7 } });
        Unzipping.MustBeRefused(ZipRules.Deflate, new SampleMember("empty", default) { Data = default(ReadOnlyMemory<byte>) });
    }

    [Fact]
    public void Several_threads_may_read_at_once()
    {
        var archive = Enumerable.Range(0, 50)
            .Aggregate(ZipBytes.Empty, (zip, i) => zip.With($"{i}.txt", string.Concat(Enumerable.Repeat($"{i} ", 20_000))));
        using var reader = Unzipping.Open(archive.Build());
        var contents = new ConcurrentDictionary<string, string>(StringComparer.Ordinal);
        Parallel.ForEach(reader.Members, member => contents[member.Name] = Unzipping.Inflate(reader, member));
        Assert.All(archive.Members, member => Assert.Equal(Encoding.Latin1.GetString(member.Content.Span), contents[member.Name]));
    }

    private static byte[] Deflated(SampleMember member)
    {
        byte[] archive = ZipBytes.Empty.With(member).Build();
        return archive[(30 + member.Name.Length)..^(46 + member.Name.Length + 22)];
    }
}
