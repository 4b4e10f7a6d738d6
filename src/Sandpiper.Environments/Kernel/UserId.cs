using System.Runtime.InteropServices;

namespace Sandpiper.Environments.Kernel;

/// <summary>Whose rights this process has.</summary>
internal static partial class UserId
{
    public static uint Effective => GetEffective();

    [LibraryImport("libc", EntryPoint = "geteuid")]
    private static partial uint GetEffective();
}
