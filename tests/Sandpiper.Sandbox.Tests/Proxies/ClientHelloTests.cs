using System.Buffers.Binary;
using System.Text;
using CsCheck;
using Sandpiper.Sandbox.Proxies;
using Sandpiper.Surroundings;

namespace Sandpiper.Sandbox.Tests.Proxies;

public sealed class ClientHelloTests
{
    private static byte[] Sized(int bytes, byte[] content)
    {
        byte[] length = new byte[4];
        BinaryPrimitives.WriteInt32BigEndian(length, content.Length);
        return [.. length[^bytes..], .. content];
    }

    private static byte[] Extension(int kind, byte[] content) => [(byte)(kind >> 8), (byte)(kind & 255), .. Sized(2, content)];

    private static byte[] Name(string name, byte kind = 0) => Extension(0, Sized(2, [kind, .. Sized(2, Encoding.Latin1.GetBytes(name))]));

    private static byte[] Message(byte[] extensions) =>
        [1, .. Sized(3, [3, 3, .. new byte[32], .. Sized(1, new byte[32]), .. Sized(2, [0x13, 1]), .. Sized(1, [0]),
            .. Sized(2, extensions)])];

    private static byte[] Record(byte[] message) => [22, 3, 1, .. Sized(2, message)];

    private static (ServerNameKind, string) Read(byte[] record) => (ClientHello.Read(record, out string name), name);

    private static readonly byte[] Groups = Extension(10, [0, 2, 0, 29]);

    [Fact]
    public void The_one_name_is_found_among_other_extensions() =>
        Assert.Equal((ServerNameKind.Named, "Example.org"), Read(Record(Message([.. Groups, .. Name("Example.org"), .. Groups]))));

    [Fact]
    public void Without_one_there_is_none() => Assert.Equal(ServerNameKind.None, Read(Record(Message(Groups))).Item1);

    [Theory]
    [InlineData(0xfe0d)]
    [InlineData(0xffce)]
    public void A_name_beside_an_encrypted_one_may_be_a_cover(int kind)
    {
        Assert.Equal(ServerNameKind.Hidden, Read(Record(Message([.. Name("example.org"), .. Extension(kind, [0])]))).Item1);
        Assert.Equal(ServerNameKind.Hidden, Read(Record(Message([.. Extension(kind, []), .. Name("example.org")]))).Item1);
    }

    [Fact]
    public void Two_names_or_two_messages_or_pieces_of_one_are_not_understood()
    {
        byte[] whole = Message(Name("example.org"));
        foreach (byte[] record in (byte[][])[
            Record(Message([.. Name("example.org"), .. Name("other.example")])),
            Record(Message(Extension(0, Sized(2, [0, .. Sized(2, "a.b"u8.ToArray()), 0, .. Sized(2, "c.d"u8.ToArray())])))),
            Record(Message(Name("example.org", kind: 1))),
            Record(Message(Name(""))),
            Record(Message(Extension(0, []))),
            Record([.. whole, .. whole]),
            Record(whole[..20]),
            [.. Record(whole[..20]), .. Record(whole[20..])],
            [.. Record(whole), 22],
            [23, .. Record(whole)[1..]],
            [22, 2, .. Record(whole)[2..]],
            Record([2, .. whole[1..]]),
            Record([]),
            [],
            [22, 3, 1, 0xff, 0xff, .. whole]])
        {
            Assert.Equal(ServerNameKind.NotUnderstood, Read(record).Item1);
        }
    }

    // Cut or changed anywhere, it is never another name with the rest intact.
    [Fact]
    public void Any_bytes_are_read_to_their_end_and_no_further()
    {
        byte[] good = Record(Message([.. Groups, .. Name("example.org")]));
        Gen.Select(Gen.Byte.Array[0, 200], Gen.Int[0, good.Length - 1], Gen.Byte, Gen.Int[0, good.Length]).Sample((noise, at, value, cut) =>
        {
            _ = ClientHello.Read(noise, out _);
            _ = ClientHello.Read([22, 3, 1, .. Sized(2, noise)], out _);
            byte[] changed = [.. good];
            changed[at] = value;
            _ = ClientHello.Read(changed, out _);
            return cut == good.Length || ClientHello.Read(good.AsSpan(0, cut), out _) is ServerNameKind.NotUnderstood;
        }, iter: Fuzz.Inputs);
    }

    [Fact]
    public void A_request_of_SOCKS_names_its_host_or_nothing()
    {
        byte[] named = [5, 1, 0, 3, 11, .. "example.org"u8, 1, 187];
        Assert.Equal(named.Length, SocksRequest.RequestBytes(named));
        Assert.Equal("example.org:443", $"{SocksRequest.Read(named)}");
        Assert.Equal("10.1.2.3:80", $"{SocksRequest.Read([5, 1, 0, 1, 10, 1, 2, 3, 0, 80])}");
        Assert.Null(SocksRequest.Read([5, 1, 0, 3, 15, .. "evil\0.example.o"u8, 1, 187]));
        Assert.Null(SocksRequest.Read([5, 1, 0, 1, 10, 1, 2, 3, 0, 0]));
        foreach (byte[] other in (byte[][])
            [[5, 2, 0, 1, 9], [5, 3, 0, 1, 9], [4, 1, 0, 1, 9], [5, 1, 1, 1, 9], [5, 1, 0, 2, 9], [5, 1, 0, 3, 0]])
            Assert.Equal(0, SocksRequest.RequestBytes(other));
        Gen.Byte.Array[0, 300].Sample(bytes =>
        {
            byte[] request = [5, 1, 0, .. bytes];
            int length = SocksRequest.RequestBytes(request);
            if (length > 0 && length <= request.Length) _ = SocksRequest.Read(request.AsSpan(0, length));
            return length is 0 or (>= 5 and <= 262);
        }, iter: Fuzz.Inputs);
    }
}
