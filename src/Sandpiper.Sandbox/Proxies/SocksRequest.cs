using System.Buffers.Binary;
using System.Net;
using System.Text;
using Sandpiper.Sandbox.Networks;

namespace Sandpiper.Sandbox.Proxies;

/// <summary>What a program asks of a SOCKS proxy: RFC 1928, without authentication, to connect and nothing else.</summary>
internal static class SocksRequest
{
    public const byte Version = 5;
    private const byte NoAuthentication = 0, Connect = 1, Address4 = 1, Name = 3, Address6 = 4;

    /// <summary>What it is greeted with in turn.</summary>
    public static ReadOnlySpan<byte> Welcome => [Version, NoAuthentication];

    /// <summary>The answer to a request; the address in it is nobody's business.</summary>
    public static byte[] Answer(bool isGranted) => [Version, (byte)(isGranted ? 0 : 2), 0, Address4, 0, 0, 0, 0, 0, 0];

    /// <returns>How many bytes the greeting has, as far as it can be told; 0 when it is none that we could answer.</returns>
    public static int GreetingBytes(ReadOnlySpan<byte> greeting) =>
        greeting.Length < 2 ? 2 : greeting[1] == 0 ? 0 : 2 + greeting[1];

    /// <summary>Whether the greeting, which is whole, offers to do without a password.</summary>
    public static bool IsAnswerable(ReadOnlySpan<byte> greeting) => greeting[0] == Version && greeting[2..].Contains(NoAuthentication);

    /// <returns>How many bytes the request has, as far as it can be told; 0 when it is none.</returns>
    public static int RequestBytes(ReadOnlySpan<byte> request)
    {
        if (request.Length < 5) return 5;
        if (request[0] != Version || request[1] != Connect || request[2] != 0) return 0;
        return request[3] switch { Address4 => 10, Address6 => 22, Name when request[4] > 0 => 7 + request[4], _ => 0 };
    }

    /// <param name="request">Whole.</param>
    /// <returns>Null when it names no host and port.</returns>
    public static Destination? Read(ReadOnlySpan<byte> request)
    {
        int port = BinaryPrimitives.ReadUInt16BigEndian(request[^2..]);
        ReadOnlySpan<byte> host = request[4..^2];
        HostName? name;
        if (request[3] is Name) _ = HostName.TryParse(Encoding.Latin1.GetString(host[1..]), out name);
        else name = HostName.Of(new IPAddress(host));
        return name is null || port == 0 ? null : new Destination(name, port);
    }
}
