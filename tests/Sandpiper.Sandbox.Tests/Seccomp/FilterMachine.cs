using System.Buffers.Binary;

namespace Sandpiper.Sandbox.Tests.Seccomp;

/// <summary>Runs a filter as the kernel would, for the architectures that this machine is not.</summary>
internal static class FilterMachine
{
    public static uint Run(ReadOnlySpan<byte> program, uint architecture, uint call, params ReadOnlySpan<ulong> arguments)
    {
        Span<byte> data = stackalloc byte[64]; // struct seccomp_data
        BinaryPrimitives.WriteUInt32LittleEndian(data, call);
        BinaryPrimitives.WriteUInt32LittleEndian(data[4..], architecture);
        for (int i = 0; i < arguments.Length; i++) BinaryPrimitives.WriteUInt64LittleEndian(data[(16 + 8 * i)..], arguments[i]);

        uint accumulator = 0;
        for (int at = 0; ; at++)
        {
            ReadOnlySpan<byte> instruction = program.Slice(at * 8, 8);
            uint value = BinaryPrimitives.ReadUInt32LittleEndian(instruction[4..]);
            switch (BinaryPrimitives.ReadUInt16LittleEndian(instruction))
            {
                case 0x20: accumulator = BinaryPrimitives.ReadUInt32LittleEndian(data[(int)value..]); break;
                case 0x15: at += accumulator == value ? instruction[2] : instruction[3]; break;
                case 0x35: at += accumulator >= value ? instruction[2] : instruction[3]; break;
                case 0x45: at += (accumulator & value) != 0 ? instruction[2] : instruction[3]; break;
                case 0x06: return value;
                case var code: throw new InvalidDataException($"code {code:x} at {at}");
            }
        }
    }
}
