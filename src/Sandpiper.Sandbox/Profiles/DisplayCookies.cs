using System.Buffers.Binary;
using System.Globalization;
using System.Text;

namespace Sandpiper.Sandbox.Profiles;

/// <summary>
/// What an X server asks a program for (<c>~/.Xauthority</c>, Xau(3)): of all that stand there those of one display of this machine, and
/// written so that they hold whatever the host is called, for inside it is called otherwise.
/// </summary>
internal static class DisplayCookies
{
    private const ushort ThisMachine = 256, AnyHost = 65535;    // FamilyLocal, FamilyWild: X11/Xauth.h

    /// <summary>Each record: family, then address, display, name and value, each with its length in two bytes, the larger first.</summary>
    /// <returns>Null when there are none for it, or the file is none of its kind.</returns>
    public static byte[]? ForEveryHost(ReadOnlySpan<byte> file, ushort display)
    {
        byte[] wanted = Encoding.ASCII.GetBytes(display.ToString(CultureInfo.InvariantCulture));
        using var chosen = new MemoryStream();
        while (!file.IsEmpty)
        {
            if (!BinaryPrimitives.TryReadUInt16BigEndian(file, out ushort family)) return null;
            file = file[2..];
            if (!TryTake(ref file, out _) || !TryTake(ref file, out ReadOnlySpan<byte> number)) return null;
            if (!TryTake(ref file, out ReadOnlySpan<byte> name) || !TryTake(ref file, out ReadOnlySpan<byte> value)) return null;
            if (family is not (ThisMachine or AnyHost) || !(number.IsEmpty || number.SequenceEqual(wanted))) continue;
            Write(chosen, AnyHost);
            Put(chosen, []);
            Put(chosen, wanted);
            Put(chosen, name);
            Put(chosen, value);
        }
        return chosen.Length == 0 ? null : chosen.ToArray();
    }

    private static bool TryTake(ref ReadOnlySpan<byte> file, out ReadOnlySpan<byte> field)
    {
        field = default;
        if (!BinaryPrimitives.TryReadUInt16BigEndian(file, out ushort length) || file.Length - 2 < length) return false;
        field = file.Slice(2, length);
        file = file[(2 + length)..];
        return true;
    }

    private static void Put(MemoryStream into, ReadOnlySpan<byte> field)
    {
        Write(into, (ushort)field.Length);
        into.Write(field);
    }

    private static void Write(MemoryStream into, ushort number)
    {
        into.WriteByte((byte)(number >> 8));
        into.WriteByte((byte)(number & 0xff));
    }
}
