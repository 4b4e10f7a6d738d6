using System.Buffers.Binary;
using System.Net;

namespace Sandpiper.Sandbox.Networks;

/// <summary>An address of the internet as connect(2) takes it: ip(7), ipv6(7).</summary>
internal static class InternetAddress
{
    private const byte Internet4 = 2, Internet6 = 10;   // AF_INET, AF_INET6: linux/socket.h

    /// <summary>Of whoever answers for names.</summary>
    public const int NamePort = 53;

    /// <summary>Null when it is one of another kind, or not whole.</summary>
    public static IPEndPoint? Read(ReadOnlySpan<byte> address)
    {
        if (address.Length < 2) return null;
        bool isOld = address[0] == Internet4 && address.Length >= 8, isNew = address[0] == Internet6 && address.Length >= 24;
        return address[1] == 0 && (isOld || isNew)
            ? new(new IPAddress(isOld ? address[4..8] : address[8..24]), BinaryPrimitives.ReadUInt16BigEndian(address[2..]))
            : null;
    }
}
