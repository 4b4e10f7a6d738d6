using System.Collections.Immutable;
using System.Runtime.InteropServices;

namespace Sandpiper.Kernel.Processes;

/// <summary><c>char *argv[]</c>: UTF-8, each ended by a zero byte, the whole by a null pointer.</summary>
public sealed unsafe class ArgumentVector : IDisposable
{
    private readonly int _count;

    public ArgumentVector(ImmutableArray<string> arguments)
    {
        _count = arguments.Length;
        Address = (byte**)NativeMemory.AllocZeroed((nuint)_count + 1, (nuint)sizeof(byte*));
        for (int i = 0; i < _count; i++) Address[i] = (byte*)Marshal.StringToCoTaskMemUTF8(arguments[i]);
    }

    public byte** Address { get; }

    public void Dispose()
    {
        for (int i = 0; i < _count; i++) Marshal.FreeCoTaskMem((nint)Address[i]);
        NativeMemory.Free(Address);
    }
}
