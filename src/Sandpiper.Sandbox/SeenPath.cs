using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using Sandpiper.Kernel.Files;

namespace Sandpiper.Sandbox;

/// <summary>
/// What lay at a path when it was judged. Whoever may write above it can put a link there a moment later, and bubblewrap takes paths; so the
/// last step inside looks whether it is still the same, when nobody can change it any more.
/// </summary>
/// <param name="Path">As it was asked for; inside it appears there.</param>
/// <param name="Real">Where it really was.</param>
/// <param name="Identity">Device and inode.</param>
public sealed partial record SeenPath(string Path, string Real, string Identity)
{
    /// <returns>Null when there is nothing, or we may not look at it.</returns>
    public static SeenPath? Of(string path)
    {
        // Held open, so that place and identity are those of one thing.
        using SafeFileHandle held = Open(path, OnlyAsPlace | CloseOnExec);
        if (held.IsInvalid) return null;
        string? real = new FileInfo($"/proc/self/fd/{held.DangerousGetHandle()}").LinkTarget;
        return real is not null && System.IO.Path.Exists(real) ? new SeenPath(path, real, FileFacts.IdentityOf(held)) : null;
    }

    private const int OnlyAsPlace = 0x200000;   // O_PATH, O_CLOEXEC: asm-generic/fcntl.h
    private const int CloseOnExec = 0x80000;

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial SafeFileHandle Open(string path, int flags);
}
