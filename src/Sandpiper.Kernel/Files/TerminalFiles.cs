using System.Runtime.InteropServices;

namespace Sandpiper.Kernel.Files;

/// <summary>A set of pseudo-terminals of one's own: devpts, mount(2).</summary>
public static partial class TerminalFiles
{
    private const nuint NoSetUserId = 2, NoExecution = 8;   // MS_NOSUID, MS_NOEXEC: linux/mount.h

    /// <summary>An empty one, in which anybody may make a terminal. Needs CAP_SYS_ADMIN over the namespace of mounts.</summary>
    /// <exception cref="KernelException">The kernel does not.</exception>
    public static void MountAt(string path) => KernelException.ThrowIfFailed(
        Mount("devpts", path, "devpts", NoSetUserId | NoExecution, "newinstance,ptmxmode=0666,mode=620"), "mount(devpts)", path);

    [LibraryImport("libc", EntryPoint = "mount", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Mount(string source, string target, string type, nuint flags, string options);
}
