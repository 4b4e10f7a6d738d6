using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Sandpiper.Kernel.Files;

/// <summary>Whose a file becomes: fchown(2), on what is open and not on whatever bears its name by now.</summary>
public static partial class Ownership
{
    /// <returns>False when the kernel refuses.</returns>
    public static bool TryGive(SafeFileHandle file, uint user, uint group, out int errno)
    {
        bool given = ChangeOwner(file, user, group) == 0;
        errno = given ? 0 : Marshal.GetLastPInvokeError();
        return given;
    }

    [LibraryImport("libc", EntryPoint = "fchown", SetLastError = true)]
    private static partial int ChangeOwner(SafeFileHandle file, uint user, uint group);
}
