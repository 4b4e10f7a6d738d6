using System.Runtime.InteropServices;

namespace Sandpiper.Kernel.Users;

/// <summary>Whose rights this process has.</summary>
public static partial class UserIds
{
    public static uint Real => GetReal();

    public static uint Effective => GetEffective();

    public static uint RealGroup => GetRealGroup();

    [LibraryImport("libc", EntryPoint = "getuid")]
    private static partial uint GetReal();

    [LibraryImport("libc", EntryPoint = "geteuid")]
    private static partial uint GetEffective();

    [LibraryImport("libc", EntryPoint = "getgid")]
    private static partial uint GetRealGroup();
}
