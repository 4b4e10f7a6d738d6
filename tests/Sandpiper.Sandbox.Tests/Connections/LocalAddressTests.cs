using CsCheck;
using Sandpiper.Sandbox.Connections;
using Sandpiper.Surroundings;

namespace Sandpiper.Sandbox.Tests.Connections;

public sealed class LocalAddressTests
{
    private static (LocalAddressKind, string) Read(byte[] address)
    {
        LocalAddressKind kind = LocalAddress.Read(address, out ReadOnlySpan<byte> path);
        return (kind, System.Text.Encoding.Latin1.GetString(path));
    }

    [Fact]
    public void A_name_ends_at_the_first_zero_or_with_the_address()
    {
        Assert.Equal((LocalAddressKind.Path, "a/b"), Read([1, 0, .. "a/b"u8]));
        Assert.Equal((LocalAddressKind.Path, "a"), Read([1, 0, .. "a\0/etc"u8]));
    }

    [Fact]
    public void A_name_that_begins_with_a_zero_is_abstract() => Assert.Equal((LocalAddressKind.Abstract, ""), Read([1, 0, 0, .. "a"u8]));

    [Fact]
    public void Another_family_or_no_name_is_none()
    {
        foreach (byte[] address in (byte[][])[[], [1], [1, 0], [0, 0, 97], [2, 0, 97], [1, 1, 97], [0, 1, 97]])
        {
            Assert.Equal((LocalAddressKind.None, ""), Read(address));
        }
    }

    [Fact]
    public void Any_bytes_are_one_of_the_three_and_a_path_has_no_zero_in_it() => Gen.Byte.Array[0, 128].Sample(address =>
    {
        (LocalAddressKind kind, string path) = Read(address);
        return (kind is LocalAddressKind.Path) == (path.Length > 0) && !path.Contains('\0');
    }, iter: Fuzz.Inputs);
}
