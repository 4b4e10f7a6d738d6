using Microsoft.Win32.SafeHandles;

namespace Sandpiper.Kernel.Files;

/// <summary>The memory files of one start.</summary>
public sealed class MemoryFiles : IDisposable
{
    private readonly List<SafeFileHandle> _handles = [];

    public IReadOnlyList<SafeFileHandle> Handles => _handles;

    /// <returns>Its descriptor.</returns>
    public int Add(string name, ReadOnlySpan<byte> content)
    {
        SafeFileHandle file = MemoryFile.With(name, content);
        _handles.Add(file);
        return (int)file.DangerousGetHandle();
    }

    public void Dispose()
    {
        foreach (SafeFileHandle file in _handles) file.Dispose();
    }
}
