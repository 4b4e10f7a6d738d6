using System.Runtime.InteropServices;

namespace Sandpiper.Kernel;

/// <summary>A call that failed, as the base library would have thrown it: the error number is the exception's <c>HResult</c>.</summary>
public static class KernelFailure
{
    public static IOException Of(int error, string call, string path) => new($"{Marshal.GetPInvokeErrorMessage(error)}: {call}, {path}", error);

    /// <summary>For a call that has just returned <paramref name="result"/>; -1 is a failure.</summary>
    public static void ThrowIfFailed(int result, string call, string path)
    {
        if (result == -1) throw Of(Marshal.GetLastPInvokeError(), call, path);
    }
}
