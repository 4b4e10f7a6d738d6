using System.Buffers.Binary;
using System.Text;

namespace Sandpiper.Environments.Interpreters;

/// <summary>Reads which dynamic loader an ELF program asks for (PT_INTERP), without starting anything.</summary>
internal static class ProgramLoader
{
    private const int HeaderBytes = 4096;   // header and program headers of every linker in use fit
    private const uint Interpreter = 3;     // PT_INTERP, elf.h

    /// <summary>Its path; empty when the file is no little-endian 64-bit ELF program that names one.</summary>
    public static string Of(string path)
    {
        byte[] head = new byte[HeaderBytes];
        using var file = File.OpenHandle(path);
        int length = RandomAccess.Read(file, head, 0);
        ReadOnlySpan<byte> bytes = head.AsSpan(0, length);
        if (length < 64 || !bytes.StartsWith("\x7fELF\x02\x01"u8)) return "";

        ulong table = BinaryPrimitives.ReadUInt64LittleEndian(bytes[32..]);
        int size = BinaryPrimitives.ReadUInt16LittleEndian(bytes[54..]), count = BinaryPrimitives.ReadUInt16LittleEndian(bytes[56..]);
        for (int i = 0; i < count; i++)
        {
            ulong at = table + (ulong)(i * size);
            if (size < 56 || at > (ulong)(length - 56)) return "";
            ReadOnlySpan<byte> entry = bytes[(int)at..];
            if (BinaryPrimitives.ReadUInt32LittleEndian(entry) != Interpreter) continue;
            ulong offset = BinaryPrimitives.ReadUInt64LittleEndian(entry[8..]), bytesLong = BinaryPrimitives.ReadUInt64LittleEndian(entry[32..]);
            if (bytesLong > 256 || offset > (ulong)length - Math.Min((ulong)length, bytesLong)) return "";
            return Encoding.UTF8.GetString(bytes.Slice((int)offset, (int)bytesLong)).TrimEnd('\0');
        }
        return "";
    }
}
