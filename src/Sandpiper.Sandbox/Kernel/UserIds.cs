using System.Runtime.InteropServices;

namespace Sandpiper.Sandbox.Kernel;

/// <summary>Who this process is.</summary>
internal static partial class UserIds
{
    [LibraryImport("libc", EntryPoint = "getuid")]
    public static partial uint Real();

    [LibraryImport("libc", EntryPoint = "geteuid")]
    public static partial uint Effective();

    [LibraryImport("libc", EntryPoint = "getgid")]
    public static partial uint RealGroup();
}
