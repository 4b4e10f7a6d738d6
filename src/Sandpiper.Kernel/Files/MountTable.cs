using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Sandpiper.Kernel.Files;

/// <summary>One line of <c>/proc/self/mountinfo</c> (proc_pid_mountinfo(5)).</summary>
/// <param name="Id">Its number, as statx(2) tells it, too.</param>
/// <param name="Device">Major and minor number of what is mounted.</param>
/// <param name="Place">Where; absolute.</param>
/// <param name="IsReadOnly">Nobody may write through it.</param>
public sealed record MountLine(ulong Id, string Device, string Place, bool IsReadOnly)
{
    /// <summary>The number of the mount that it is on.</summary>
    public ulong Parent { get; init; }

    /// <summary>Of which kind the file system is: <c>ext4</c>, <c>nfs4</c>.</summary>
    public string Kind { get; init; } = "";

    /// <summary>No device is one through it (MS_NODEV).</summary>
    public bool IsWithoutDevices { get; init; }

    /// <summary>No program is another user's through it (MS_NOSUID).</summary>
    public bool IsWithoutSetUserId { get; init; }

    /// <summary>What is mounted in it elsewhere is not mounted here as well (MS_PRIVATE).</summary>
    public bool IsApart { get; init; }
}

/// <summary>Everything that is mounted where this process lives.</summary>
public static class MountTable
{
    /// <exception cref="IOException">It cannot be read.</exception>
    /// <exception cref="FormatException">It is not what the manual says.</exception>
    public static ImmutableArray<MountLine> Read() => Read("/proc/self/mountinfo");

    /// <summary>Where another process lives.</summary>
    /// <inheritdoc cref="Read()"/>
    public static ImmutableArray<MountLine> ReadOf(int process) =>
        Read(string.Create(CultureInfo.InvariantCulture, $"/proc/{process}/mountinfo"));

    // Each start of a program reads it twice; a reader of text costs as much again, and so does whatever reads a whole file.
    private static ImmutableArray<MountLine> Read(string path)
    {
        var lines = ImmutableArray.CreateBuilder<MountLine>();
        using SafeFileHandle table = RawFile.Open(path, RawFile.ReadOnly, out int errno);
        if (errno != 0) throw new KernelException("open", errno, path);
        byte[] bytes = new byte[4 * Environment.SystemPageSize];
        int length = 0;
        while (Descriptor.ReadAt(table, bytes.AsSpan(length), length) is > 0 and var got)
        {
            length += got;
            if (length == bytes.Length) Array.Resize(ref bytes, 2 * length);
        }
        ReadOnlySpan<char> text = Encoding.UTF8.GetString(bytes.AsSpan(0, length));
        foreach (Range line in text.Split('\n'))
        {
            if (!text[line].IsEmpty) lines.Add(Parse(text[line]));
        }
        return lines.DrainToImmutable();
    }

    internal static MountLine Parse(ReadOnlySpan<char> line)
    {
        Span<Range> fields = stackalloc Range[7];
        if (line.Split(fields, ' ') < 7 || !TryRead(line[fields[0]], out ulong id) || !TryRead(line[fields[1]], out ulong parent))
        {
            throw new FormatException($"no line of mountinfo: {line}");
        }
        // Any number of fields with a colon, a hyphen, then the kind.
        bool isAfterHyphen = false, isApart = true;
        string kind = "";
        ReadOnlySpan<char> rest = line[fields[6]], options = line[fields[5]];
        foreach (Range range in rest.Split(' '))
        {
            if (isAfterHyphen)
            {
                kind = rest[range].ToString();
                break;
            }
            isAfterHyphen = rest[range] is "-";
            if (!isAfterHyphen) isApart = false;
        }
        bool isReadOnly = false, isWithoutDevices = false, isWithoutSetUserId = false;
        foreach (Range range in options.Split(','))
        {
            isReadOnly |= options[range] is "ro";
            isWithoutDevices |= options[range] is "nodev";
            isWithoutSetUserId |= options[range] is "nosuid";
        }
        return new(id, line[fields[2]].ToString(), Unescaped(line[fields[4]].ToString()), isReadOnly)
        {
            Parent = parent,
            IsWithoutDevices = isWithoutDevices,
            IsWithoutSetUserId = isWithoutSetUserId,
            IsApart = isAfterHyphen && isApart,
            Kind = kind,
        };
    }

    private static bool TryRead(ReadOnlySpan<char> field, out ulong number) =>
        ulong.TryParse(field, NumberStyles.None, CultureInfo.InvariantCulture, out number);

    // Space, tab, newline and backslash are written as three octal digits.
    private static string Unescaped(string field)
    {
        if (!field.Contains('\\')) return field;
        var text = new StringBuilder();
        for (int i = 0; i < field.Length; i++)
        {
            bool octal = field[i] is '\\' && i + 3 < field.Length && field.AsSpan(i + 1, 3).IndexOfAnyExceptInRange('0', '7') < 0;
            text.Append(octal ? (char)(((field[i + 1] - '0') << 6) | ((field[i + 2] - '0') << 3) | (field[i + 3] - '0')) : field[i]);
            if (octal) i += 3;
        }
        return text.ToString();
    }
}
