using System.Globalization;
using Microsoft.Win32.SafeHandles;

namespace Sandpiper.Kernel.Files;

/// <summary>Which driver of the kernel answers behind a device node, and for which of its devices (mknod(2)).</summary>
public readonly record struct DeviceNumber(uint Major, uint Minor)
{
    private const uint KindAndMode = 0x3;       // STATX_TYPE | STATX_MODE, linux/stat.h
    private const int TypeMask = 0xf000, CharacterDevice = 0x2000;    // S_IFMT, S_IFCHR

    /// <summary>Null when it is something else than a character device.</summary>
    public static DeviceNumber? OfCharacter(SafeFileHandle file) =>
        StatxCall.Of(file, "", StatxCall.EmptyPath, KindAndMode, out StatxCall.Answer answer) == 0
            && (answer.Mode & TypeMask) == CharacterDevice ? new(answer.SpecialMajor, answer.SpecialMinor) : null;

    /// <summary><c>226:128</c>, as /sys/dev/char names it.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Major}:{Minor}");
}
