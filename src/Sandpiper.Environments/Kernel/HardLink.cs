using System.Runtime.InteropServices;

namespace Sandpiper.Environments.Kernel;

/// <summary>A second name for a file (link(2)).</summary>
internal static partial class HardLink
{
    private const int CrossDevice = 18; // EXDEV
    private const int NotPermitted = 1; // EPERM: fs.protected_hardlinks, or a file system without hard links
    private const int TooMany = 31;     // EMLINK

    /// <summary>False where the file system cannot, so that the caller copies; throws for every other failure.</summary>
    /// <exception cref="IOException">With the errno as its HResult.</exception>
    public static bool TryCreate(string existing, string added)
    {
        if (Link(existing, added) == 0) return true;
        int errno = Marshal.GetLastPInvokeError();
        return errno is CrossDevice or NotPermitted or TooMany ? false : throw new IOException($"{Marshal.GetPInvokeErrorMessage(errno)}: {added}", errno);
    }

    [LibraryImport("libc", EntryPoint = "link", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Link(string existing, string added);
}
