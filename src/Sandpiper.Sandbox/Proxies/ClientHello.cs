using System.Buffers.Binary;
using System.Text;

namespace Sandpiper.Sandbox.Proxies;

/// <summary>What the first message of TLS says of the server that is wanted.</summary>
internal enum ServerNameKind
{
    /// <summary>No such message, or one that is cut into pieces, or says something twice.</summary>
    NotUnderstood,

    /// <summary>No name.</summary>
    None,

    /// <summary>A name that somebody else than the server can read may be a cover for another: encrypted ClientHello.</summary>
    Hidden,

    /// <summary>One name.</summary>
    Named,
}

/// <summary>The first record of a TLS connection: RFC 8446, 4.1.2 and 5.1; RFC 6066, 3.</summary>
/// <remarks>One record with one message: who cuts it into several has a reason, and it is not ours.</remarks>
internal static class ClientHello
{
    /// <summary>Bytes of a record before what it holds.</summary>
    public const int HeaderBytes = 5;

    /// <summary>Bytes of the longest record.</summary>
    public const int MostBytes = HeaderBytes + (16 << 10);

    /// <summary>What no other protocol begins with that is spoken here.</summary>
    public const byte Handshake = 22;

    private const byte IsClientHello = 1;
    private const ushort ServerName = 0, EncryptedClientHello = 0xfe0d, EncryptedServerName = 0xffce;

    /// <returns>How long the record is, with its header; 0 when it is none.</returns>
    public static int LengthOf(ReadOnlySpan<byte> header)
    {
        if (header.Length < HeaderBytes || header[0] != Handshake || header[1] != 3) return 0;
        int length = HeaderBytes + BinaryPrimitives.ReadUInt16BigEndian(header[3..]);
        return length is > HeaderBytes and <= MostBytes ? length : 0;
    }

    /// <param name="record">All of it, and nothing else.</param>
    /// <param name="name">With <see cref="ServerNameKind.Named"/>: as it stands there; any bytes.</param>
    public static ServerNameKind Read(ReadOnlySpan<byte> record, out string name)
    {
        name = "";
        var rest = new Reader(record[Math.Min(HeaderBytes, record.Length)..]);
        if (record.Length == 0 || LengthOf(record) != record.Length || rest.Byte() != IsClientHello) return ServerNameKind.NotUnderstood;
        Reader hello = rest.Vector(3);
        if (!rest.IsAtEnd) return ServerNameKind.NotUnderstood;
        hello.Skip(2 + 32); // version, random
        hello.Vector(1);    // session
        hello.Vector(2);    // cipher suites
        hello.Vector(1);    // compression
        if (hello.HasFailed) return ServerNameKind.NotUnderstood;
        if (hello.IsAtEnd) return ServerNameKind.None;
        Reader extensions = hello.Vector(2);
        if (!hello.IsAtEnd) return ServerNameKind.NotUnderstood;
        bool isHidden = false, isNamed = false;
        while (!extensions.IsAtEnd)
        {
            int kind = extensions.Number(2);
            Reader extension = extensions.Vector(2);
            if (extensions.HasFailed) return ServerNameKind.NotUnderstood;
            if (kind is EncryptedClientHello or EncryptedServerName) isHidden = true;
            if (kind is not ServerName) continue;
            if (isNamed || !TryReadName(extension, out name)) return ServerNameKind.NotUnderstood;
            isNamed = true;
        }
        if (extensions.HasFailed) return ServerNameKind.NotUnderstood;
        return isHidden ? ServerNameKind.Hidden : isNamed ? ServerNameKind.Named : ServerNameKind.None;
    }

    // A list that has ever had one kind of entry, and one of it (RFC 6066, 3).
    private static bool TryReadName(Reader extension, out string name)
    {
        Reader list = extension.Vector(2);
        bool isHost = list.Byte() == 0;
        Reader text = list.Vector(2);
        name = Encoding.Latin1.GetString(text.Rest);
        return isHost && name.Length > 0 && list.IsAtEnd && extension.IsAtEnd;
    }

    /// <summary>Takes from the front. Whatever is not there has failed, for good.</summary>
    private ref struct Reader(ReadOnlySpan<byte> bytes)
    {
        public ReadOnlySpan<byte> Rest { get; private set; } = bytes;

        public bool HasFailed { get; private set; }

        public readonly bool IsAtEnd => Rest.IsEmpty && !HasFailed;

        public int Byte() => Number(1);

        public int Number(int bytes)
        {
            int value = 0;
            foreach (byte b in Take(bytes)) value = (value << 8) | b;
            return HasFailed ? -1 : value;
        }

        public void Skip(int bytes) => Take(bytes);

        public Reader Vector(int lengthBytes)
        {
            int length = Number(lengthBytes);
            var inner = new Reader(length < 0 ? default : Take(length));
            inner.HasFailed = HasFailed;
            return inner;
        }

        private ReadOnlySpan<byte> Take(int count)
        {
            if (HasFailed || Rest.Length < count)
            {
                HasFailed = true;
                Rest = default;
                return default;
            }
            ReadOnlySpan<byte> taken = Rest[..count];
            Rest = Rest[count..];
            return taken;
        }
    }
}
