using System.Buffers.Binary;
using System.Text;
using CsCheck;

namespace Sandpiper.Wheels.Tests;

public sealed class NativeLibrariesTests
{
    private static readonly HashSet<string> Directories = new(StringComparer.Ordinal) { "pkg", "pkg/core", "pkg.libs" };

    [Theory]
    [InlineData("$ORIGIN", false)]
    [InlineData("$ORIGIN/../../pkg.libs", false)]
    [InlineData("${ORIGIN}/../../pkg.libs/", false)]
    [InlineData("/opt/elsewhere:$ORIGIN/..", false)]
    [InlineData("$ORIGIN/../../../other", true)]        // out of the wheel
    [InlineData("$ORIGIN/../../other/lib", true)]       // beside it, where another wheel has its libraries
    [InlineData("$ORIGIN:$ORIGIN/../../nvidia/lib", true)]
    [InlineData("$ORIGIN/$LIB", true)]                  // the loader's to say
    [InlineData("$ORIGINS", true)]
    public void A_run_path_is_followed_inside_the_wheel(string runPath, bool reachesOut)
    {
        foreach (ulong tag in (ReadOnlySpan<ulong>)[15, 29])
        {
            Assert.Equal(reachesOut, ReachesOut(Library((tag, runPath))));
            Assert.Equal(reachesOut, ReachesOut(Library32(((uint)tag, runPath))));
        }
    }

    [Fact]
    public void A_library_that_is_named_with_its_place_counts_as_well()
    {
        Assert.False(ReachesOut(Library((1, "libc.so.6"), (1, "$ORIGIN/x.so"))));
        Assert.True(ReachesOut(Library((1, "$ORIGIN/../../other/x.so"))));
    }

    [Fact]
    public void What_is_not_understood_may_reach_anywhere()
    {
        byte[] honest = Library((29, "$ORIGIN"));
        Assert.False(ReachesOut(honest));
        Assert.True(ReachesOut(honest[..^1]));                          // its text has no end
        Assert.True(ReachesOut([0x7f, (byte)'E', (byte)'L', (byte)'F']));
        byte[] table = [.. honest];
        BinaryPrimitives.WriteUInt64LittleEndian(table.AsSpan(32), ulong.MaxValue);
        Assert.True(ReachesOut(table));
    }

    [Fact]
    public void The_machines_own_libraries_are_read()
    {
        string? library = Directory.Exists("/usr/lib/x86_64-linux-gnu")
            ? Directory.EnumerateFiles("/usr/lib/x86_64-linux-gnu", "libc.so.6").FirstOrDefault() : null;
        Assert.SkipWhen(library is null, "there is no libc where it is looked for");
        using var file = File.OpenHandle(library);
        Assert.Empty(NativeLibraries.Origins(file)!.Value);
    }

    [Fact]
    public void Whatever_the_bytes_are_reading_ends_with_an_answer()
    {
        byte[] honest = Library((29, "$ORIGIN/../../pkg.libs"), (1, "libm.so.6"));
        Gen.Select(Gen.Int[0, honest.Length - 1], Gen.Byte).Array[1, 8].Sample(mutations =>
        {
            byte[] bytes = [.. honest];
            foreach (var (at, value) in mutations) bytes[at] = value;
            _ = ReachesOut(bytes);
        }, iter: 2_000, threads: 1);
    }

    private static bool ReachesOut(byte[] content)
    {
        string path = Path.Combine(Path.GetTempPath(), $"sandpiper-{Guid.NewGuid():N}.so");
        File.WriteAllBytes(path, content);
        try
        {
            using var file = File.OpenHandle(path);
            return NativeLibraries.ReachOut(file, "pkg/core/x.so", Directories);
        }
        finally
        {
            File.Delete(path);
        }
    }

    // ELF header, one PT_LOAD over all of it (at address 4096) and one PT_DYNAMIC, the dynamic section, its texts.
    private static byte[] Library(params (ulong Tag, string Text)[] entries)
    {
        var (texts, offsets) = Texts(entries.Select(e => e.Text));
        const int SectionAt = 64 + 2 * 56;
        int textsAt = SectionAt + (entries.Length + 2) * 16;
        byte[] bytes = new byte[textsAt + texts.Length];
        var at = bytes.AsSpan();
        Begin(at, is64Bit: true);
        BinaryPrimitives.WriteUInt64LittleEndian(at[32..], 64);
        (at[54], at[56]) = (56, 2);
        Segment(at[64..], 1, 0, 4096, (ulong)bytes.Length);
        Segment(at[120..], 2, SectionAt, 4096 + SectionAt, (ulong)((entries.Length + 2) * 16));
        Entry(at[SectionAt..], 5, (ulong)(4096 + textsAt));
        for (int i = 0; i < entries.Length; i++) Entry(at[(SectionAt + (i + 1) * 16)..], entries[i].Tag, (ulong)offsets[i]);
        texts.CopyTo(at[textsAt..]);
        return bytes;

        static void Segment(Span<byte> at, uint type, ulong offset, ulong address, ulong size)
        {
            BinaryPrimitives.WriteUInt32LittleEndian(at, type);
            BinaryPrimitives.WriteUInt64LittleEndian(at[8..], offset);
            BinaryPrimitives.WriteUInt64LittleEndian(at[16..], address);
            BinaryPrimitives.WriteUInt64LittleEndian(at[32..], size);
        }

        static void Entry(Span<byte> at, ulong tag, ulong value)
        {
            BinaryPrimitives.WriteUInt64LittleEndian(at, tag);
            BinaryPrimitives.WriteUInt64LittleEndian(at[8..], value);
        }
    }

    private static byte[] Library32(params (uint Tag, string Text)[] entries)
    {
        var (texts, offsets) = Texts(entries.Select(e => e.Text));
        const int SectionAt = 64 + 2 * 32;
        int textsAt = SectionAt + (entries.Length + 2) * 8;
        byte[] bytes = new byte[textsAt + texts.Length];
        var at = bytes.AsSpan();
        Begin(at, is64Bit: false);
        BinaryPrimitives.WriteUInt32LittleEndian(at[28..], 64);
        (at[42], at[44]) = (32, 2);
        Segment(at[64..], 1, 0, 4096, (uint)bytes.Length);
        Segment(at[96..], 2, SectionAt, 4096 + SectionAt, (uint)((entries.Length + 2) * 8));
        Entry(at[SectionAt..], 5, (uint)(4096 + textsAt));
        for (int i = 0; i < entries.Length; i++) Entry(at[(SectionAt + (i + 1) * 8)..], entries[i].Tag, (uint)offsets[i]);
        texts.CopyTo(at[textsAt..]);
        return bytes;

        static void Segment(Span<byte> at, uint type, uint offset, uint address, uint size)
        {
            BinaryPrimitives.WriteUInt32LittleEndian(at, type);
            BinaryPrimitives.WriteUInt32LittleEndian(at[4..], offset);
            BinaryPrimitives.WriteUInt32LittleEndian(at[8..], address);
            BinaryPrimitives.WriteUInt32LittleEndian(at[16..], size);
        }

        static void Entry(Span<byte> at, uint tag, uint value)
        {
            BinaryPrimitives.WriteUInt32LittleEndian(at, tag);
            BinaryPrimitives.WriteUInt32LittleEndian(at[4..], value);
        }
    }

    private static void Begin(Span<byte> header, bool is64Bit)
    {
        NativeLibraries.Magic.CopyTo(header);
        (header[4], header[5], header[6]) = ((byte)(is64Bit ? 2 : 1), 1, 1);
    }

    private static (byte[] Texts, List<int> Offsets) Texts(IEnumerable<string> texts)
    {
        var all = new List<byte> { 0 };
        var offsets = new List<int>();
        foreach (string text in texts)
        {
            offsets.Add(all.Count);
            all.AddRange(Encoding.Latin1.GetBytes(text));
            all.Add(0);
        }
        return ([.. all], offsets);
    }
}
