using Sandpiper.Archives.Members;
using Sandpiper.Archives.Zip;
using Sandpiper.Samples;

namespace Sandpiper.Archives.Tests.Zip;

public sealed class ExtraFieldsTests
{
    private const uint Elsewhere = uint.MaxValue;

    private static readonly SampleMember Honest = SampleMember.Text("pkg/__init__.py", "x = 1\n") with { IsStored = true };

    [Fact]
    public void Unknown_fields_are_passed_over()
    {
        byte[] unknown = [.. ZipBytes.ExtraField(0x5455, [1, 2, 3]), .. ZipBytes.ExtraField(0x7875, [])];
        Unzipping.MustBeTaken(Honest with { Both = new() { Extra = unknown } });
    }

    [Fact]
    public void Malformed_and_repeated_fields_are_refused_in_both_headers()
    {
        byte[][] malformed =
        [
            [1],
            [1, 0, 0],
            [0x55, 0x54, 9, 0, 1],
            [.. ZipBytes.ExtraField(0x5455, [1]), .. ZipBytes.ExtraField(0x5455, [1])],
            [.. ZipBytes.Zip64Field(), .. ZipBytes.Zip64Field()],
        ];
        foreach (byte[] extra in malformed)
        {
            Unzipping.MustBeRefused(ZipRules.Extra, Honest with { Central = new() { Extra = extra } });
            Unzipping.MustBeRefused(ZipRules.Extra, Honest with { Local = new() { Extra = extra } });
        }
    }

    [Theory]
    [InlineData(0x7075)]
    [InlineData(0x6375)]
    public void A_second_name_or_comment_is_refused_even_if_it_is_the_same(ushort id)
    {
        byte[] extra = ZipBytes.ExtraField(id, [1, 0, 0, 0, 0, .. "pkg/__init__.py"u8]);
        Unzipping.MustBeRefused(ZipRules.SecondName, Honest with { Central = new() { Extra = extra } });
        Unzipping.MustBeRefused(ZipRules.SecondName, Honest with { Local = new() { Extra = extra } });
    }

    [Fact]
    public void ZIP64_numbers_replace_those_that_are_marked()
    {
        Unzipping.MustBeTaken(Honest with
        {
            Both = new() { CompressedSize = Elsewhere, Size = Elsewhere, Extra = ZipBytes.Zip64Field(6, 6) },
            Central = new() { HeaderOffset = Elsewhere, Extra = ZipBytes.Zip64Field(6, 6, 0) },
        });
        Unzipping.MustBeTaken(Honest with { Central = new() { CompressedSize = Elsewhere, Extra = ZipBytes.Zip64Field(6) } });
        Unzipping.MustBeTaken(Honest with { Both = new() { CompressedSize = Elsewhere, Extra = ZipBytes.Zip64Field(6) } });
    }

    [Fact]
    public void A_local_field_may_repeat_both_sizes_if_they_are_equal()
    {
        Unzipping.MustBeTaken(Honest with { Local = new() { Extra = ZipBytes.Zip64Field(6, 6) } });
        Unzipping.MustBeTaken(Honest with { Local = new() { Size = Elsewhere, Extra = ZipBytes.Zip64Field(6, 6) } });
        Unzipping.MustBeRefused(ZipRules.Extra, Honest with { Local = new() { Extra = ZipBytes.Zip64Field(6, 7) } });
        Unzipping.MustBeRefused(
            ZipRules.DifferentSize, Honest with { Local = new() { Size = Elsewhere, Extra = ZipBytes.Zip64Field(7, 6) } });
    }

    [Fact]
    public void ZIP64_numbers_that_are_missing_or_not_asked_for_are_refused()
    {
        HeaderLies[] lies =
        [
            new() { Size = Elsewhere },
            new() { Size = Elsewhere, Extra = ZipBytes.Zip64Field() },
            new() { Size = Elsewhere, CompressedSize = Elsewhere, Extra = ZipBytes.Zip64Field(6) },
            new() { Extra = ZipBytes.Zip64Field(6) },
            new() { Size = Elsewhere, Extra = ZipBytes.Zip64Field(ulong.MaxValue) },
            new() { Size = Elsewhere, Extra = ZipBytes.ExtraField(1, [6, 0, 0, 0]) },
        ];
        foreach (var lie in lies)
        {
            Unzipping.MustBeRefused(ZipRules.Extra, Honest with { Central = lie });
            Unzipping.MustBeRefused(ZipRules.Extra, Honest with { Local = lie });
        }
        Unzipping.MustBeRefused(ZipRules.Extra, Honest with { Central = new() { Extra = ZipBytes.Zip64Field(6, 6) } });
        Unzipping.MustBeRefused(ZipRules.Extra, Honest with { Central = new() { HeaderOffset = Elsewhere } });
    }

    [Fact]
    public void Offsets_and_sizes_near_the_largest_number_are_refused()
    {
        byte[] one = ZipBytes.Zip64Field(long.MaxValue), two = ZipBytes.Zip64Field(long.MaxValue, long.MaxValue);
        var deflated = Honest with { IsStored = false };
        Unzipping.MustBeRefused(ZipRules.Gap, Honest with { Central = new() { HeaderOffset = Elsewhere, Extra = one } });
        Unzipping.MustBeRefused(MemberRules.TooLarge,
            Honest with { Both = new() { CompressedSize = Elsewhere, Size = Elsewhere, Extra = two } });
        Unzipping.MustBeRefused(ZipRules.Header, deflated with { Both = new() { CompressedSize = Elsewhere, Extra = one } });
    }
}
