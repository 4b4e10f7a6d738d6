using System.Runtime.InteropServices;

namespace Sandpiper.Kernel;

/// <summary>A call of the kernel that has to succeed did not: which, and why.</summary>
/// <remarks>The error number is the <c>HResult</c>, too, as the base library has it.</remarks>
public sealed class KernelException : IOException
{
    /// <summary>A step on this process: of root's rights, of a sandbox.</summary>
    public KernelException(string call, int errno) : base($"{call}: errno {errno}", errno) => (Call, Errno) = (call, errno);

    /// <summary>On a file.</summary>
    public KernelException(string call, int errno, string path) : base($"{Marshal.GetPInvokeErrorMessage(errno)}: {call}, {path}", errno) =>
        (Call, Errno, Path) = (call, errno, path);

    /// <summary>Its name, with what it was asked where that tells more.</summary>
    public string Call { get; }

    public int Errno { get; }

    /// <summary>Null where it was about no file.</summary>
    public string? Path { get; }

    /// <summary>For a call on a file that has just returned <paramref name="result"/>; -1 is a failure.</summary>
    internal static void ThrowIfFailed(int result, string call, string path)
    {
        if (result == -1) throw new KernelException(call, Marshal.GetLastPInvokeError(), path);
    }
}
