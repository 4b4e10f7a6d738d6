using System.Globalization;

namespace Sandpiper.Kernel.Files;

/// <summary>Which file it is, whatever its name: hard links of one file have the same identity.</summary>
public readonly record struct FileIdentity(uint DeviceMajor, uint DeviceMinor, ulong Inode)
{
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{DeviceMajor}:{DeviceMinor}:{Inode}");

    /// <summary>Reads what <see cref="ToString"/> wrote.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out FileIdentity identity)
    {
        identity = default;
        Span<Range> parts = stackalloc Range[4];
        if (text.Split(parts, ':') != 3) return false;
        if (!uint.TryParse(text[parts[0]], NumberStyles.None, CultureInfo.InvariantCulture, out uint major)
            || !uint.TryParse(text[parts[1]], NumberStyles.None, CultureInfo.InvariantCulture, out uint minor)
            || !ulong.TryParse(text[parts[2]], NumberStyles.None, CultureInfo.InvariantCulture, out ulong inode))
        {
            return false;
        }
        identity = new FileIdentity(major, minor, inode);
        return true;
    }
}
