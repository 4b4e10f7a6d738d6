using System.Collections.Immutable;
using System.Runtime.InteropServices;
using Sandpiper.Kernel.Files;

namespace Sandpiper.Kernel.Processes;

/// <summary><c>char *argv[]</c>: bytes (<see cref="NativeText"/>), each ended by a zero byte, the whole by a null pointer.</summary>
public sealed unsafe class ArgumentVector : IDisposable
{
    private readonly int _count;

    public ArgumentVector(ImmutableArray<string> arguments)
    {
        _count = arguments.Length;
        Address = (byte**)NativeMemory.AllocZeroed((nuint)_count + 1, (nuint)sizeof(byte*));
        for (int i = 0; i < _count; i++)
        {
            byte[] bytes = NativeText.Bytes(arguments[i]);
            Address[i] = (byte*)NativeMemory.AllocZeroed((nuint)bytes.Length + 1);
            bytes.CopyTo(new Span<byte>(Address[i], bytes.Length));
        }
    }

    public byte** Address { get; }

    public void Dispose()
    {
        for (int i = 0; i < _count; i++) NativeMemory.Free(Address[i]);
        NativeMemory.Free(Address);
    }
}
