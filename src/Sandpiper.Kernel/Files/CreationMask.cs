using System.Runtime.InteropServices;

namespace Sandpiper.Kernel.Files;

/// <summary>What is taken away from the mode of everything that this process creates: umask(2).</summary>
public static partial class CreationMask
{
    private const uint WritingByOthers = 0b000_010_010;     // 0022

    /// <summary>Nobody but the owner may write what is created from now on, whatever the caller's own mask allows.</summary>
    /// <returns>The caller's mask.</returns>
    public static uint Tighten()
    {
        uint callers = Exchange(WritingByOthers);
        _ = Exchange(callers | WritingByOthers);
        return callers;
    }

    /// <summary>022, as root has it on most systems: others may read.</summary>
    public static void Loosen() => _ = Exchange(WritingByOthers);

    /// <summary>What it is just now.</summary>
    public static uint Current
    {
        get
        {
            uint mask = Exchange(WritingByOthers);
            _ = Exchange(mask);
            return mask;
        }
    }

    /// <summary>For a program that is the caller's own business.</summary>
    public static void GiveBack(uint callers) => _ = Exchange(callers);

    [LibraryImport("libc", EntryPoint = "umask")]
    private static partial uint Exchange(uint mask);
}
