using System.Text;
using CsCheck;
using Sandpiper.Samples;

namespace Sandpiper.Archives.Tests.Zip;

public sealed class HonestArchiveTests
{
    private static readonly Gen<SampleMember> AnyMember =
        from folder in Gen.Int[0, 5]
        from file in Gen.Int[0, 1_000_000]
        from content in Gen.OneOf(Gen.Byte.Array[0, 300], Gen.Byte.Select(value => Enumerable.Repeat(value, 5_000).ToArray()))
        from isStored in Gen.Bool
        from hasDescriptor in Gen.Bool
        from isExecutable in Gen.Bool
        let member = new SampleMember($"d{folder}/ä{file}", content) { IsStored = isStored, HasDescriptor = hasDescriptor && !isStored }
        select isExecutable ? member.AsExecutable() : member;

    private static readonly Gen<ZipBytes> AnyArchive =
        from members in AnyMember.List[0, 12]
        from comment in Gen.String.AlphaNumeric
        from hasZip64End in Gen.Bool
        select new ZipBytes
        {
            Members = [.. members.DistinctBy(member => member.Name)],
            Comment = Encoding.ASCII.GetBytes(comment),
            HasZip64End = hasZip64End,
        };

    [Fact]
    public void What_is_put_in_comes_out() => AnyArchive.Sample(archive =>
        Assert.Equal(
            archive.Members.Select(member => (member.Name, Encoding.Latin1.GetString(member.Content.Span))),
            Unzipping.Unzip(archive.Build())));
}
