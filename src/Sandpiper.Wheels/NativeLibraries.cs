using System.Collections.Immutable;
using System.Text;
using Microsoft.Win32.SafeHandles;
using Sandpiper.Packaging.Elf;

namespace Sandpiper.Wheels;

/// <summary>
/// Where a program or shared object looks for libraries relative to its own place: its run path, and libraries that it names by a path
/// with <c>$ORIGIN</c> (ld.so(8), "Dynamic string tokens"; System V ABI, "Dynamic Section").
/// </summary>
/// <remarks>
/// The loader takes the origin as it was asked for, so through a link it looks where the link is, and the kernel resolves each <c>..</c>
/// where the link leads. Inside one wheel both are the same place; a directory of another wheel is found only beside the link.
/// </remarks>
public static class NativeLibraries
{
    private const int HeaderSize = 64;              // of the larger of both layouts; no native library is smaller
    private const int MaxProgramHeaders = 128;      // real ones have a dozen
    private const int MaxDynamicEntries = 8192;     // real ones have some hundreds
    private const int MaxNames = 512;               // of libraries; real ones name some dozens
    private const int MaxText = 64 << 10;           // of one run path; the longest of real ones has two kilobytes
    private const int UsualText = 256;
    private const int MaxOrigins = 1024;

    private const uint Loaded = 1, Dynamic = 2;     // PT_LOAD, PT_DYNAMIC
    private const ulong End = 0, Needed = 1, Texts = 5, OldRunPath = 15, RunPath = 29, Auxiliary = 0x7ffffffd, Filter = 0x7fffffff;

    /// <summary>How every such file begins.</summary>
    public static ReadOnlySpan<byte> Magic => "\u007fELF"u8;

    /// <summary>Whether it may find something outside its own wheel there; true where that cannot be told.</summary>
    /// <param name="path">Of the file in the wheel.</param>
    /// <param name="directories">Every directory of the wheel that has a file in it.</param>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static bool ReachOut(SafeFileHandle file, string path, IReadOnlySet<string> directories)
    {
        if (Origins(file) is not { } origins) return true;
        foreach (string origin in origins)
        {
            if (Resolve(path, origin) is not { } place || !directories.Contains(place)) return true;
        }
        return false;
    }

    /// <summary>Directories relative to that of the file; null where the file is not understood.</summary>
    /// <exception cref="IOException">It cannot be read.</exception>
    internal static ImmutableArray<string>? Origins(SafeFileHandle file)
    {
        var content = new Content(file);
        Span<byte> header = stackalloc byte[HeaderSize];
        if (!content.TryRead(0, header) || !header.StartsWith(Magic)) return null;
        if (header[4] is not (1 or 2) || header[5] is not (1 or 2)) return null;      // EI_CLASS, EI_DATA
        var layout = new ElfLayout(Is64Bit: header[4] == 2, IsBigEndian: header[5] == 2);
        if (Segments(content, header, layout) is not { } segments) return null;
        return segments.Any(s => s.Type == Dynamic) ? DynamicOrigins(content, segments, layout) : [];
    }

    private static List<Segment>? Segments(Content content, ReadOnlySpan<byte> header, ElfLayout layout)
    {
        ulong table = layout.Address(header[(layout.Is64Bit ? 32 : 28)..]);
        int size = layout.HalfWord(header[(layout.Is64Bit ? 54 : 42)..]), count = layout.HalfWord(header[(layout.Is64Bit ? 56 : 44)..]);
        if (count == 0) return [];      // an object file: nothing loads it
        if (size != (layout.Is64Bit ? 56 : 32) || count > MaxProgramHeaders) return null;
        byte[] entries = new byte[size * count];
        if (!content.TryRead(table, entries)) return null;
        var segments = new List<Segment>();
        for (int i = 0; i < count; i++)
        {
            var entry = entries.AsSpan(i * size, size);
            segments.Add(layout.Is64Bit
                ? new(layout.Word(entry), layout.Address(entry[8..]), layout.Address(entry[16..]), layout.Address(entry[32..]))
                : new(layout.Word(entry), layout.Address(entry[4..]), layout.Address(entry[8..]), layout.Address(entry[16..])));
        }
        return segments;
    }

    private static ImmutableArray<string>? DynamicOrigins(Content content, List<Segment> segments, ElfLayout layout)
    {
        var section = segments.First(s => s.Type == Dynamic);
        int word = layout.Is64Bit ? 8 : 4;
        if (section.Size > (ulong)(MaxDynamicEntries * 2 * word)) return null;
        byte[] bytes = new byte[(int)section.Size];
        if (!content.TryRead(section.Offset, bytes)) return null;
        var named = new List<(ulong Tag, ulong At)>();
        ulong? texts = null;
        for (int at = 0; at + 2 * word <= bytes.Length; at += 2 * word)
        {
            ulong tag = layout.Address(bytes.AsSpan(at)), value = layout.Address(bytes.AsSpan(at + word));
            if (tag == End) break;
            if (tag == Texts) texts = value;
            else if (tag is Needed or OldRunPath or RunPath or Auxiliary or Filter) named.Add((tag, value));
        }
        if (named.Count == 0) return [];
        if (named.Count > MaxNames) return null;
        if (texts is not { } address || OffsetOf(address, segments) is not { } offset) return null;
        var origins = ImmutableArray.CreateBuilder<string>();
        foreach (var (tag, at) in named)
        {
            if (content.Text(offset, at) is not { } text) return null;
            bool isPath = tag is OldRunPath or RunPath;
            foreach (string part in isPath ? text.Split(':') : [text])
            {
                if (!TryOrigin(isPath ? part : DirectoryOf(part), out string? origin)) return null;
                if (origin is not null) origins.Add(origin);
                if (origins.Count > MaxOrigins) return null;
            }
        }
        return origins.DrainToImmutable();
    }

    // An absolute place, or one relative to the working directory, is the same through a link.
    private static bool TryOrigin(string directory, out string? origin)
    {
        origin = null;
        if (!directory.Contains('$', StringComparison.Ordinal)) return true;
        foreach (string token in (ReadOnlySpan<string>)["$ORIGIN", "${ORIGIN}"])
        {
            if (!directory.StartsWith(token, StringComparison.Ordinal)) continue;
            string rest = directory[token.Length..];
            // $LIB and $PLATFORM are the loader's to say.
            if ((rest.Length > 0 && rest[0] != '/') || rest.Contains('$', StringComparison.Ordinal)) return false;
            origin = rest;
            return true;
        }
        return false;
    }

    /// <summary>The directory of the wheel that is meant; null where it leads out of it.</summary>
    private static string? Resolve(string path, string origin)
    {
        var place = new List<string>(DirectoryOf(path).Split('/', StringSplitOptions.RemoveEmptyEntries));
        foreach (string segment in origin.Split('/'))
        {
            if (segment is "" or ".") continue;
            if (segment is not "..") place.Add(segment);
            else if (place.Count > 0) place.RemoveAt(place.Count - 1);
            else return null;
        }
        return string.Join('/', place);
    }

    private static string DirectoryOf(string path) => path[..Math.Max(0, path.LastIndexOf('/'))];

    private static ulong? OffsetOf(ulong address, List<Segment> segments)
    {
        foreach (var segment in segments)
        {
            if (segment.Type == Loaded && address >= segment.Address && address - segment.Address < segment.Size)
                return address - segment.Address <= ulong.MaxValue - segment.Offset ? segment.Offset + (address - segment.Address) : null;
        }
        return null;
    }

    private readonly record struct Segment(uint Type, ulong Offset, ulong Address, ulong Size);

    private readonly struct Content(SafeFileHandle file)
    {
        private readonly long _length = RandomAccess.GetLength(file);

        public bool TryRead(ulong at, Span<byte> into) =>
            at <= (ulong)_length && (ulong)into.Length <= (ulong)_length - at && RandomAccess.Read(file, into, (long)at) == into.Length;

        /// <summary>Up to its zero; null where there is none in reach.</summary>
        public string? Text(ulong table, ulong at)
        {
            if (at > (ulong)_length || table > (ulong)_length - at) return null;
            return Text((long)(table + at), UsualText) ?? Text((long)(table + at), MaxText);
        }

        private string? Text(long begin, int most)
        {
            byte[] bytes = new byte[(int)Math.Min(most, _length - begin)];
            int read = RandomAccess.Read(file, bytes, begin);
            int end = bytes.AsSpan(0, read).IndexOf((byte)0);
            return end < 0 ? null : Encoding.Latin1.GetString(bytes, 0, end);
        }
    }
}
