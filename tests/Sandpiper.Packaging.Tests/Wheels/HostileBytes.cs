using System.Text;
using CsCheck;

namespace Sandpiper.Packaging.Tests.Wheels;

/// <summary>Bytes as an attacker or a bad disk would make them from good ones.</summary>
internal static class HostileBytes
{
    private static readonly Gen<byte> AnyByte = Gen.OneOf(Gen.Byte, Gen.OneOf("\0\t\n\r \"'#%&,-./:;<=>@[\\]_{}\u007f"u8.ToArray()));

    private static readonly Gen<Func<byte[], byte[]>> Edit =
        Gen.Select(Gen.Int[0, 3], Gen.Double[0, 1], Gen.Double[0, 1], AnyByte.Array[1, 6],
        (kind, from, to, bytes) => (Func<byte[], byte[]>)(text =>
        {
            int a = (int)(from * text.Length), b = (int)(to * text.Length);
            (a, b) = (Math.Min(a, b), Math.Max(a, b));
            return kind switch
            {
                0 => [.. text[..a], .. bytes, .. text[a..]],                                // put in
                1 => [.. text[..a], .. bytes, .. text[Math.Min(text.Length, a + bytes.Length)..]],      // put over
                2 => [.. text[..a], .. text[Math.Min(text.Length, a + (b - a) / 4)..]],     // cut out
                _ => [.. text[..b], .. text[a..b], .. text[b..]],                           // say twice
            };
        }));

    /// <summary>One of the seeds after a few edits.</summary>
    public static Gen<byte[]> From(params string[] seeds) =>
        Gen.Select(Gen.OneOf(seeds), Edit.Array[1, 5], (seed, edits) =>
            edits.Aggregate(Encoding.UTF8.GetBytes(seed), (text, edit) => edit(text)));

    /// <summary>Bytes that follow no plan, or one of the seeds after a few edits.</summary>
    public static Gen<byte[]> Any(params string[] seeds) => Gen.OneOf(AnyByte.Array[0, 200], From(seeds));
}
