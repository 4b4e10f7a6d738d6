using System.Collections.Immutable;
using System.Globalization;
using System.Text;

namespace Sandpiper.Kernel.Files;

/// <summary>One line of <c>/proc/self/mountinfo</c> (proc_pid_mountinfo(5)).</summary>
/// <param name="Id">Its number, as statx(2) tells it, too.</param>
/// <param name="Device">Major and minor number of what is mounted.</param>
/// <param name="Place">Where; absolute.</param>
/// <param name="IsReadOnly">Nobody may write through it.</param>
public sealed record MountLine(ulong Id, string Device, string Place, bool IsReadOnly)
{
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

    private static ImmutableArray<MountLine> Read(string path) =>
        [.. File.ReadAllText(path).Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(Parse)];

    internal static MountLine Parse(string line)
    {
        string[] fields = line.Split(' ', 7);
        if (fields.Length < 7 || !ulong.TryParse(fields[0], NumberStyles.None, CultureInfo.InvariantCulture, out ulong id))
        {
            throw new FormatException($"no line of mountinfo: {line}");
        }
        // Any number of fields with a colon, a hyphen, then the kind.
        string[] rest = fields[6].Split(' ');
        int hyphen = Array.IndexOf(rest, "-");
        string[] options = fields[5].Split(',');
        return new(id, fields[2], Unescaped(fields[4]), options.Contains("ro", StringComparer.Ordinal))
        {
            IsWithoutDevices = options.Contains("nodev", StringComparer.Ordinal),
            IsWithoutSetUserId = options.Contains("nosuid", StringComparer.Ordinal),
            IsApart = hyphen == 0,
            Kind = hyphen >= 0 && hyphen + 1 < rest.Length ? rest[hyphen + 1] : "",
        };
    }

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
