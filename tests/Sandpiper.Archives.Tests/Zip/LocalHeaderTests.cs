using Sandpiper.Archives.Zip;
using Sandpiper.Samples;

namespace Sandpiper.Archives.Tests.Zip;

public sealed class LocalHeaderTests
{
    private static readonly SampleMember Honest = SampleMember.Text("pkg/__init__.py", "x = 1\n");
    private static readonly SampleMember Streamed = Honest with { HasDescriptor = true };

    [Fact]
    public void A_member_whose_two_headers_disagree_is_refused_by_rule_and_place()
    {
        var other = SampleMember.Text("first.py", "");
        var refusal = Unzipping.MustBeRefused(
            ZipRules.DifferentChecksum, ZipBytes.Empty.With(other).With(Honest with { Central = new() { Crc32 = 0xDEADBEEF } }));
        Assert.Equal(("SP-ZIP-07", "pkg/__init__.py", 30 + 8 + 2L), (refusal.Rule, refusal.Member, refusal.Offset));
    }

    [Fact]
    public void Different_names_are_refused() =>
        Unzipping.MustBeRefused(ZipRules.DifferentName, Honest with { Local = new() { Name = "pkg/__evil__.py"u8.ToArray() } });

    [Fact]
    public void Different_sizes_are_refused()
    {
        Unzipping.MustBeRefused(ZipRules.DifferentSize, Honest with { Local = new() { Size = 7 } });
        Unzipping.MustBeRefused(ZipRules.DifferentSize, Honest with { Local = new() { CompressedSize = 7 } });
        Unzipping.MustBeRefused(ZipRules.DifferentSize, Honest with { Local = new() { CompressedSize = 0, Size = 0 } });
    }

    [Fact]
    public void Different_methods_and_flags_are_refused()
    {
        Unzipping.MustBeRefused(ZipRules.DifferentForm, Honest with { Local = new() { Method = 0 } });
        Unzipping.MustBeRefused(ZipRules.DifferentForm, Honest with { Local = new() { Flags = 0x800 } });
        Unzipping.MustBeRefused(ZipRules.DifferentForm, Honest with { Central = new() { Flags = 8 } });
    }

    [Fact]
    public void A_pointer_to_something_else_is_refused() =>
        Unzipping.MustBeRefused(ZipRules.Gap, Honest with { Central = new() { HeaderOffset = 1 } });

    [Fact]
    public void A_compressed_size_beyond_the_file_is_refused_before_anything_is_allocated() =>
        Unzipping.MustBeRefused(ZipRules.Header, Honest with { Both = new() { CompressedSize = 0xFFFFFFF0 } });

    [Fact]
    public void A_descriptor_that_agrees_is_taken()
    {
        Unzipping.MustBeTaken(Streamed);
        // Announced by the local header alone, as one corpus has it; and with numbers in the local header already.
        Unzipping.MustBeTaken(Streamed with { Central = new() { Flags = 0 } });
        Unzipping.MustBeTaken(Streamed with { Local = new() { Size = 6 } });
        // ZIP64: empty local field, numbers of eight bytes.
        Unzipping.MustBeTaken(Streamed with { Local = new() { Extra = ZipBytes.Zip64Field() }, Descriptor = Descriptor(zip64: true) });
    }

    [Fact]
    public void A_descriptor_that_contradicts_the_directory_is_refused()
    {
        for (int i = 0; i < 16; i++)
        {
            byte[] descriptor = Descriptor(zip64: false);
            descriptor[i] ^= 1;
            Unzipping.MustBeRefused(ZipRules.Descriptor, Streamed with { Descriptor = descriptor });
        }
    }

    [Fact]
    public void A_descriptor_of_the_wrong_width_is_refused()
    {
        Unzipping.MustBeRefused(ZipRules.Descriptor, Streamed with { Descriptor = Descriptor(zip64: true) });
        Unzipping.MustBeRefused(ZipRules.Descriptor, Streamed with { Local = new() { Extra = ZipBytes.Zip64Field() } });
    }

    [Fact]
    public void A_descriptor_without_its_signature_or_unannounced_is_refused()
    {
        Unzipping.MustBeRefused(ZipRules.Descriptor, Streamed with { Descriptor = Descriptor(zip64: false).AsMemory(4) });
        Unzipping.MustBeRefused(ZipRules.Descriptor, Streamed with { Descriptor = default(ReadOnlyMemory<byte>) });
        Unzipping.MustBeRefused(ZipRules.Gap, Honest with { Descriptor = Descriptor(zip64: false) });
    }

    [Fact]
    public void Stored_content_that_only_a_descriptor_ends_is_refused() =>
        Unzipping.MustBeRefused(ZipRules.Descriptor, Streamed with { IsStored = true });

    [Fact]
    public void Numbers_in_the_header_before_a_descriptor_must_not_be_others()
    {
        Unzipping.MustBeRefused(ZipRules.DifferentSize, Streamed with { Local = new() { Size = 7 } });
        Unzipping.MustBeRefused(ZipRules.DifferentChecksum, Streamed with { Local = new() { Crc32 = 7 } });
    }

    private static byte[] Descriptor(bool zip64)
    {
        using var bytes = new MemoryStream();
        using var writer = new BinaryWriter(bytes);
        writer.Write(0x08074b50u);
        writer.Write(System.IO.Hashing.Crc32.HashToUInt32(Honest.Content.Span));
        int compressed = ZipBytes.Empty.With(Honest).Build().Length - (30 + 46 + 2 * Honest.Name.Length + 22);
        foreach (int size in new[] { compressed, Honest.Content.Length })
        {
            if (zip64) writer.Write((ulong)size);
            else writer.Write((uint)size);
        }
        return bytes.ToArray();
    }
}
