using System.Text;
using Sandpiper.Packaging.Elf;

namespace Sandpiper.Interpreters;

/// <summary>What the header of a program says: for which processor it is, and which loader starts it.</summary>
/// <param name="Architecture">As <c>platform_machine</c> and wheel tags have it: <c>x86_64</c>, <c>aarch64</c>.</param>
/// <param name="Loader">Path of the dynamic loader (PT_INTERP); null when it is linked statically.</param>
internal sealed record ElfExecutable(string Architecture, bool Is64Bit, string? Loader)
{
    private const int HeaderSize = 64;
    private const int MaxProgramHeaders = 128;      // real programs have a dozen
    private const int MaxLoaderPath = 4096;         // PATH_MAX
    private const uint InterpreterSegment = 3;      // PT_INTERP
    private const uint ArmHardFloat = 0x400;        // EF_ARM_ABI_FLOAT_HARD

    /// <summary>Reads the ELF header and the program headers (System V ABI, chapters 4 and 5), nothing else of the file.</summary>
    /// <returns>False: it is a script, or a program for something that no wheel is published for.</returns>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static bool TryRead(Stream file, out ElfExecutable? executable)
    {
        executable = null;
        Span<byte> header = stackalloc byte[HeaderSize];
        if (file.ReadAtLeast(header, HeaderSize, throwOnEndOfStream: false) < HeaderSize) return false;
        if (header[0] != 0x7f || !header[1..4].SequenceEqual("ELF"u8)) return false;
        if (header[4] is not (1 or 2) || header[5] is not (1 or 2)) return false;     // EI_CLASS, EI_DATA

        var layout = new ElfLayout(Is64Bit: header[4] == 2, IsBigEndian: header[5] == 2);
        uint flags = layout.Word(header[(layout.Is64Bit ? 48 : 36)..]);
        if (ArchitectureOf(layout.HalfWord(header[18..]), layout, flags) is not { } architecture)
            return false;
        if (!TryReadLoader(file, header, layout, out string? loader)) return false;
        executable = new ElfExecutable(architecture, layout.Is64Bit, loader);
        return true;
    }

    private static bool TryReadLoader(Stream file, ReadOnlySpan<byte> header, ElfLayout layout, out string? loader)
    {
        loader = null;
        ulong table = layout.Address(header[(layout.Is64Bit ? 32 : 28)..]);
        int entrySize = layout.HalfWord(header[(layout.Is64Bit ? 54 : 42)..]);
        int count = layout.HalfWord(header[(layout.Is64Bit ? 56 : 44)..]);
        int expectedSize = layout.Is64Bit ? 56 : 32;
        if (entrySize != expectedSize || count > MaxProgramHeaders || table > (ulong)file.Length) return false;

        Span<byte> entry = stackalloc byte[56];
        entry = entry[..expectedSize];
        for (int i = 0; i < count; i++)
        {
            file.Position = (long)table + (long)i * entrySize;
            if (file.ReadAtLeast(entry, entrySize, throwOnEndOfStream: false) < entrySize) return false;
            if (layout.Word(entry) != InterpreterSegment) continue;
            return TryReadPath(file, layout.Address(entry[(layout.Is64Bit ? 8 : 4)..]), layout.Address(entry[(layout.Is64Bit ? 32 : 16)..]),
                out loader);
        }
        return true;
    }

    private static bool TryReadPath(Stream file, ulong offset, ulong size, out string? path)
    {
        path = null;
        if (size is 0 or > MaxLoaderPath || offset > (ulong)file.Length) return false;
        byte[] bytes = new byte[(int)size];
        file.Position = (long)offset;
        if (file.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false) < bytes.Length) return false;
        int end = bytes.AsSpan().IndexOf((byte)0);
        if (end <= 0 || bytes[0] != '/') return false;
        path = Encoding.UTF8.GetString(bytes, 0, end);
        return true;
    }

    // e_machine, elf.h. Names as `uname -m` has them, for wheels are tagged so.
    private static string? ArchitectureOf(int machine, ElfLayout layout, uint flags) => machine switch
    {
        62 => layout.Is64Bit ? "x86_64" : null,     // x32 has no wheels
        183 => layout.IsBigEndian ? null : "aarch64",
        3 => "i686",
        40 => (flags & ArmHardFloat) != 0 && !layout.IsBigEndian ? "armv7l" : null,
        21 => layout.IsBigEndian ? "ppc64" : "ppc64le",
        22 => layout.Is64Bit ? "s390x" : null,
        243 => layout.Is64Bit ? "riscv64" : null,
        258 => layout.Is64Bit ? "loongarch64" : null,
        _ => null,
    };
}
