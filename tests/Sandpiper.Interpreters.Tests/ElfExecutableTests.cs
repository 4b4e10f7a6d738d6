using System.Buffers.Binary;
using CsCheck;

namespace Sandpiper.Interpreters.Tests;

public sealed class ElfExecutableTests
{
    private const string Loader = "/lib/ld-musl-x86_64.so.1";

    [Theory]
    [InlineData(62, false, "x86_64")]
    [InlineData(183, false, "aarch64")]
    [InlineData(243, false, "riscv64")]
    [InlineData(21, false, "ppc64le")]
    [InlineData(21, true, "ppc64")]
    [InlineData(22, true, "s390x")]
    public void A_program_says_for_which_processor_it_is_and_which_loader_starts_it(int machine, bool isBigEndian, string architecture)
    {
        Assert.True(TryRead(Program(machine, isBigEndian), out var executable));
        Assert.Equal(new ElfExecutable(architecture, Is64Bit: true, Loader), executable);
    }

    [Fact]
    public void A_32_bit_program_is_told_from_its_64_bit_kin()
    {
        Assert.True(TryRead(Program32(40, flags: 0x400), out var arm));
        Assert.Equal(new ElfExecutable("armv7l", Is64Bit: false, Loader), arm);
        Assert.False(TryRead(Program32(40, flags: 0), out _));      // soft float: no wheel runs there
        Assert.True(TryRead(Program32(3, flags: 0), out var intel));
        Assert.Equal("i686", intel!.Architecture);
        Assert.False(TryRead(Program32(62, flags: 0), out _));      // x32
    }

    [Fact]
    public void A_static_program_has_no_loader()
    {
        byte[] program = Program(62, false);
        BinaryPrimitives.WriteUInt32LittleEndian(program.AsSpan(64), 1);     // PT_LOAD
        Assert.True(TryRead(program, out var executable));
        Assert.Null(executable!.Loader);
    }

    [Fact]
    public void A_script_is_no_program() => Assert.False(TryRead([.. "#!/bin/sh\n"u8, .. new byte[100]], out _));

    [Fact]
    public void The_machines_own_python_is_read()
    {
        const string Python = "/usr/bin/python3";
        Assert.SkipUnless(File.Exists(Python), $"there is no {Python}");
        using var file = File.OpenRead(Python);
        Assert.True(ElfExecutable.TryRead(file, out var executable));
        Assert.True(File.Exists(executable!.Loader));
    }

    [Fact]
    public void Whatever_the_bytes_are_reading_ends_without_an_exception_and_within_the_file()
    {
        byte[] honest = Program(62, false);
        Gen.Select(Gen.Int[0, honest.Length - 1], Gen.Byte).Array[0, 8].Sample(mutations =>
        {
            byte[] bytes = [.. honest];
            foreach (var (at, value) in mutations) bytes[at] = value;
            if (TryRead(bytes, out var executable))
                Assert.True(executable!.Loader is null || (executable.Loader[0] == '/' && executable.Loader.Length <= bytes.Length));
        }, iter: 20_000);
        Gen.Byte.Array[0, 200].Sample(bytes =>
        {
            if (TryRead([0x7f, (byte)'E', (byte)'L', (byte)'F', 2, 1, .. bytes], out var executable)) Assert.NotNull(executable);
        }, iter: 5_000);
    }

    private static bool TryRead(byte[] bytes, out ElfExecutable? executable) =>
        ElfExecutable.TryRead(new MemoryStream(bytes), out executable);

    private static byte[] Program(int machine, bool isBigEndian)
    {
        byte[] bytes = [.. new byte[64 + 56], .. System.Text.Encoding.ASCII.GetBytes(Loader + "\0")];
        new byte[] { 0x7f, (byte)'E', (byte)'L', (byte)'F', 2, (byte)(isBigEndian ? 2 : 1), 1 }.CopyTo(bytes, 0);
        Short(18, machine);
        Long(32, 64);       // e_phoff
        Short(54, 56);      // e_phentsize
        Short(56, 1);       // e_phnum
        Word(64, 3);        // PT_INTERP
        Long(72, 120);
        Long(96, Loader.Length + 1);
        return bytes;

        void Short(int at, int value)
        {
            if (isBigEndian) BinaryPrimitives.WriteUInt16BigEndian(bytes.AsSpan(at), (ushort)value);
            else BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(at), (ushort)value);
        }

        void Word(int at, int value)
        {
            if (isBigEndian) BinaryPrimitives.WriteInt32BigEndian(bytes.AsSpan(at), value);
            else BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(at), value);
        }

        void Long(int at, long value)
        {
            if (isBigEndian) BinaryPrimitives.WriteInt64BigEndian(bytes.AsSpan(at), value);
            else BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(at), value);
        }
    }

    private static byte[] Program32(int machine, uint flags)
    {
        byte[] bytes = [.. new byte[52 + 32], .. System.Text.Encoding.ASCII.GetBytes(Loader + "\0")];
        new byte[] { 0x7f, (byte)'E', (byte)'L', (byte)'F', 1, 1, 1 }.CopyTo(bytes, 0);
        BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(18), (ushort)machine);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(28), 52);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(36), flags);
        BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(42), 32);
        BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(44), 1);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(52), 3);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(56), 84);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(68), (uint)Loader.Length + 1);
        return bytes;
    }
}
