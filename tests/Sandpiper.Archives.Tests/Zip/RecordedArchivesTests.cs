using System.IO.Compression;
using System.Text.Json;
using Sandpiper.Archives.Zip;
using Sandpiper.Samples;
using Sandpiper.Surroundings;

namespace Sandpiper.Archives.Tests.Zip;

/// <summary>Archives that others made to mislead readers; whole, every member inflated.</summary>
public sealed class RecordedArchivesTests
{
    // Archives on which their authors disagree, or which they call odd. We take what every reader reads alike.
    private static readonly Dictionary<string, (bool IsTaken, string Why)> Choices = new(StringComparer.Ordinal)
    {
        ["async-zip/accept/empty-with-max-comment.zip"] = (true, "a comment that is text hides nothing"),
        ["async-zip/accept/empty.zip"] = (true, "nothing in it, for everybody"),
        ["malo-deflate/iffy/nonzero_padding.deflate"] = (true, "no reader looks at the bits that fill the last byte"),
        ["malo-zip/iffy/comment_cdsize_0.zip"] = (false, "the end record gives the directory another size than it has"),
        ["malo-zip/iffy/crc_collision_empty_nonempty.zip"] = (true, "two members with one checksum are still two members"),
        ["malo-zip/iffy/crc_collision_two_nonempty.zip"] = (true, "two members with one checksum are still two members"),
        ["malo-zip/iffy/data_descriptor_flag_off.zip"] = (false, "a descriptor that is not announced is bytes of nobody"),
        ["malo-zip/iffy/data_descriptor_no_sig.zip"] = (false, "a reader that insists on the signature goes astray"),
        ["malo-zip/iffy/data_descriptor_zero.zip"] = (false, "the descriptor is not the directory's"),
        ["malo-zip/iffy/data_descriptor_zero_cmt_0.zip"] = (false, "the descriptor is not the directory's"),
        ["malo-zip/iffy/data_descriptor_zero_cmt_abc123.zip"] = (false, "the descriptor is not the directory's"),
        ["malo-zip/iffy/data_descriptor_zero_cmt_hello.zip"] = (false, "the descriptor is not the directory's"),
        ["malo-zip/iffy/data_descriptor_zero_cmt_meta.zip"] = (false, "the descriptor is not the directory's"),
        ["malo-zip/iffy/data_descriptor_zero_cmt_packets.zip"] = (false, "the descriptor is not the directory's"),
        ["malo-zip/iffy/data_descriptor_zero_cmt_warehouse.zip"] = (false, "the descriptor is not the directory's"),
        ["malo-zip/iffy/data_descriptor_zero_cmt_zz.zip"] = (false, "the descriptor is not the directory's"),
        ["malo-zip/iffy/non_ascii_original_name.zip"] = (false, "spelled in two ways: by its bytes and by the extra field"),
        ["malo-zip/iffy/nosubdir.zip"] = (true, "wheels have no directory entries"),
        ["malo-zip/iffy/prefix.zip"] = (false, "bytes of nobody before the first member"),
        ["malo-zip/iffy/prefix_crc_collision_two_nonempty.zip"] = (false, "bytes of nobody before the first member"),
        ["malo-zip/iffy/prefix_data_descriptor.zip"] = (false, "bytes of nobody before the first member"),
        ["malo-zip/iffy/prefix_data_descriptor_zip64.zip"] = (false, "bytes of nobody before the first member"),
        ["malo-zip/iffy/prefix_deflate.zip"] = (false, "bytes of nobody before the first member"),
        ["malo-zip/iffy/prefix_normal_deflate_zip64_extra.zip"] = (false, "bytes of nobody before the first member"),
        ["malo-zip/iffy/prefix_store.zip"] = (false, "bytes of nobody before the first member"),
        ["malo-zip/iffy/store_cdsize_1.zip"] = (false, "the end record gives the directory another size than it has"),
        ["malo-zip/iffy/store_cdsize_3.zip"] = (false, "the end record gives the directory another size than it has"),
        ["malo-zip/iffy/store_cdsize_4.zip"] = (false, "the end record gives the directory another size than it has"),
        ["malo-zip/iffy/suffix_not_comment.zip"] = (false, "bytes behind the end record"),
        ["malo-zip/iffy/trailing_slash_attr_mismatch.zip"] = (false, "a directory to some readers, a file to others"),
        ["malo-zip/iffy/zip64_extra_too_long.zip"] = (false, "a second size, which only some readers use"),
        ["malo-zip/iffy/zip64_extra_too_short.zip"] = (false, "a number is missing"),
        ["warehouse-zip/accept/nosubdir.zip"] = (true, "wheels have no directory entries"),
        ["warehouse-zip/reject/data_descriptor.zip"] = (true, "the descriptor says what the directory says"),
        ["warehouse-zip/reject/data_descriptor_zip64.zip"] = (true, "the descriptor says what the directory says"),
        ["warehouse-zip/reject/non_ascii_original_name.zip"] = (false, "spelled in two ways: by its bytes and by the extra field"),
        ["warehouse-zip/reject/prefix.zip"] = (false, "bytes of nobody before the first member"),
        ["warehouse-zip/reject/suffix_not_comment.zip"] = (false, "bytes behind the end record"),
        ["warehouse-zip/reject/zip64_extra_too_long.zip"] = (false, "a second size, which only some readers use"),
        ["warehouse-zip/reject/zip64_extra_too_short.zip"] = (false, "a number is missing"),
    };

    public static TheoryData<string, bool, string> Archives() => Expectations(".zip", ".whl");

    public static TheoryData<string, bool, string> Deflated() => Expectations(".deflate");

    [Theory]
    [MemberData(nameof(Archives))]
    public void An_archive_is_taken_only_when_every_reader_would_read_the_same(string path, bool isTaken, string why)
    {
        byte[] archive = File.ReadAllBytes(Recorded.Path($"vectors/archives/{path}"));
        MustBe(isTaken, why, archive);
    }

    [Theory]
    [MemberData(nameof(Deflated))]
    public void A_deflate_stream_is_taken_only_when_it_is_one_and_nothing_else(string path, bool isTaken, string why)
    {
        byte[] stream = File.ReadAllBytes(Recorded.Path($"vectors/archives/{path}"));
        // Checksum and size are those of as much as can be inflated: only the stream itself is left to be wrong.
        var member = new SampleMember("member", WhatCanBeInflated(stream)) { Data = stream };
        MustBe(isTaken, why, ZipBytes.Empty.With(member).Build());
    }

    private static void MustBe(bool taken, string why, byte[] archive)
    {
        var refusal = Record.Exception(() => Unzipping.Unzip(archive));
        Assert.True(refusal is null or ArchiveRefusedException, $"{refusal}");
        Assert.True(taken == refusal is null, $"{(taken ? "to be taken" : "to be refused")}: {why}; {refusal?.Message ?? "was taken"}");
    }

    private static TheoryData<string, bool, string> Expectations(params string[] extensions)
    {
        var data = new TheoryData<string, bool, string>();
        if (Recorded.Find("vectors/archives/expect.json") is not { } list)
        {
            // A theory without rows counts as failed; this row skips itself, and says why.
            data.Add("expect.json", true, "");
            return data;
        }
        using var document = JsonDocument.Parse(File.ReadAllText(list));
        var root = document.RootElement.TryGetProperty("files", out var files) ? files : document.RootElement;
        foreach (var entry in root.EnumerateObject().Where(e => extensions.Contains(Path.GetExtension(e.Name), StringComparer.Ordinal)))
        {
            string expect = entry.Value.GetProperty("expect").GetString()!;
            if (expect is "accept" or "reject") data.Add(entry.Name, expect is "accept", entry.Value.GetProperty("reason").GetString()!);
            else if (Choices.TryGetValue(entry.Name, out var choice)) data.Add(entry.Name, choice.IsTaken, choice.Why);
        }
        return data;
    }

    private static byte[] WhatCanBeInflated(byte[] stream)
    {
        using var inflate = new DeflateStream(new MemoryStream(stream), CompressionMode.Decompress);
        using var content = new MemoryStream();
        // Byte by byte: a longer read would lose what comes before the error.
        byte[] one = new byte[1];
        while (Record.Exception(() => inflate.ReadExactly(one)) is null) content.Write(one);
        return content.ToArray();
    }
}
