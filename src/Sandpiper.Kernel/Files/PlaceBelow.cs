using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Sandpiper.Kernel.Files;

/// <summary>A name looked up below an open directory, and nowhere else: openat2(2), Linux 5.6.</summary>
public static unsafe class PlaceBelow
{
    /// <summary>No link is followed, a link at the end is opened itself, and nothing above the directory is reached.</summary>
    /// <returns>A handle that leads to the place and cannot be read through; invalid when there is nothing of that name.</returns>
    public static SafeFileHandle Open(SafeFileHandle directory, string relative)
    {
        return Open(directory, Encoding.UTF8.GetBytes(relative + '\0'), RawFile.AsPlace | RawFile.NoFollow, followLinks: false);
    }

    /// <summary>The same, to be read through as the flags of open(2) say.</summary>
    /// <param name="path">As the kernel has it, of whatever encoding, with its zero.</param>
    /// <param name="followLinks">Links are followed as long as they do not lead out of the directory.</param>
    /// <returns>Invalid when it cannot be opened; the last error says why.</returns>
    internal static SafeFileHandle Open(SafeFileHandle directory, ReadOnlySpan<byte> path, int flags, bool followLinks)
    {
        HowToOpen how = new() { Flags = (ulong)(flags | CloseOnExec), Resolve = followLinks ? Beneath : Beneath | NoLinks };
        fixed (byte* start = path)
        {
            nint opened = SystemCall.Invoke(
                OpenCall, (nuint)directory.DangerousGetHandle(), (nuint)start, (nuint)(&how), (nuint)sizeof(HowToOpen), 0);
            return new SafeFileHandle(opened, ownsHandle: true);
        }
    }

    /// <summary><c>struct open_how</c>, linux/openat2.h.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct HowToOpen
    {
        public ulong Flags, Mode, Resolve;
    }

    private const nint OpenCall = 437;              // the same on every architecture
    private const int CloseOnExec = 0x80000;
    private const ulong Beneath = 8, NoLinks = 4;   // RESOLVE_BENEATH, RESOLVE_NO_SYMLINKS
}
