using System.Buffers.Binary;
using System.Numerics;

namespace Sandpiper.Auditing.ByteCode;

/// <summary>
/// SipHash-c-d (Aumasson, Bernstein, 2012), with which Python knows sources: the magic number is one half of the key, the other nothing.
/// </summary>
internal static class SipHash
{
    public static ulong Of(ReadOnlySpan<byte> content, ulong key, ulong second, int rounds, int finalRounds)
    {
        unchecked
        {
            ulong v0 = key ^ 0x736f6d6570736575, v1 = second ^ 0x646f72616e646f6d, v2 = key ^ 0x6c7967656e657261;
            ulong v3 = second ^ 0x7465646279746573;
            ulong last = (ulong)content.Length << 56;
            for (; content.Length >= 8; content = content[8..]) Take(BinaryPrimitives.ReadUInt64LittleEndian(content));
            for (int i = 0; i < content.Length; i++) last |= (ulong)content[i] << (8 * i);
            Take(last);
            v2 ^= 0xff;
            for (int i = 0; i < finalRounds; i++) Round();
            return v0 ^ v1 ^ v2 ^ v3;

            void Take(ulong word)
            {
                v3 ^= word;
                for (int i = 0; i < rounds; i++) Round();
                v0 ^= word;
            }

            void Round()
            {
                v0 += v1;
                v1 = BitOperations.RotateLeft(v1, 13) ^ v0;
                v0 = BitOperations.RotateLeft(v0, 32);
                v2 += v3;
                v3 = BitOperations.RotateLeft(v3, 16) ^ v2;
                v0 += v3;
                v3 = BitOperations.RotateLeft(v3, 21) ^ v0;
                v2 += v1;
                v1 = BitOperations.RotateLeft(v1, 17) ^ v2;
                v2 = BitOperations.RotateLeft(v2, 32);
            }
        }
    }
}
