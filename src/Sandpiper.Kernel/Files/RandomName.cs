using System.Runtime.InteropServices;

namespace Sandpiper.Kernel.Files;

/// <summary>Names that nobody can guess: getrandom(2). The base library would load all of OpenSSL for one.</summary>
public static partial class RandomName
{
    private const int Most = 16;

    /// <param name="bytes">At most 16; each becomes two hexadecimal digits, in lower case.</param>
    /// <exception cref="KernelException">The kernel has none to give.</exception>
    public static string OfBytes(int bytes)
    {
        Span<byte> random = stackalloc byte[Most];
        random = random[..bytes];
        // So few come all at once, or not at all: random(7).
        if (GetRandom(random, (nuint)bytes, flags: 0) != bytes) throw new KernelException("getrandom", Marshal.GetLastPInvokeError());
        return Convert.ToHexStringLower(random);
    }

    [LibraryImport("libc", EntryPoint = "getrandom", SetLastError = true)]
    private static partial nint GetRandom(Span<byte> buffer, nuint length, uint flags);
}
