using System.Runtime.InteropServices;

namespace Sandpiper.Kernel;

/// <summary>Calls by number, for which not every libc has a name.</summary>
internal static partial class SystemCall
{
    /// <summary>ioctl(2), whose libc prototype has a variable number of arguments.</summary>
    public static nint Ioctl { get; } = RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? 29 : 16; // asm/unistd.h

    /// <returns>Negative when it failed; the last error says why.</returns>
    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
    public static partial nint Invoke(
        nint number, nuint first, nuint second, nuint third, nuint fourth, nuint fifth, nuint sixth = 0);
}
