using System.Runtime.InteropServices;

namespace Sandpiper.Kernel.Processes;

/// <summary>Who started this process, or, when that one is gone, who got it for a child: getppid(2).</summary>
public static partial class ParentProcess
{
    public static int Id => Parent();

    [LibraryImport("libc", EntryPoint = "getppid")]
    private static partial int Parent();
}
