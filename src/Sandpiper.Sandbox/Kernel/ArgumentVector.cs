using System.Collections.Immutable;
using System.Runtime.InteropServices;

namespace Sandpiper.Sandbox.Kernel;

/// <summary><c>char *argv[]</c>: UTF-8, each ended by a zero byte, the whole by a null pointer.</summary>
internal sealed unsafe class ArgumentVector : IDisposable
{
    private readonly int _count;

    public ArgumentVector(ImmutableArray<string> arguments)
    {
        _count = arguments.Length;
        Pointer = (byte**)NativeMemory.AllocZeroed((nuint)_count + 1, (nuint)sizeof(byte*));
        for (int i = 0; i < _count; i++) Pointer[i] = (byte*)Marshal.StringToCoTaskMemUTF8(arguments[i]);
    }

    public byte** Pointer { get; }

    public void Dispose()
    {
        for (int i = 0; i < _count; i++) Marshal.FreeCoTaskMem((nint)Pointer[i]);
        NativeMemory.Free(Pointer);
    }
}
