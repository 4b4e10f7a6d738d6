using System.Buffers;
using Sandpiper.Kernel.Files;
using Sandpiper.Packaging.Names;

namespace Sandpiper.Store;

/// <summary>Reads a file of a sealed entry, knowing that somebody may have changed it.</summary>
public static class StoreFile
{
    /// <exception cref="StoreDamagedException">It is gone, cannot be read, or is longer than <paramref name="maxBytes"/>.</exception>
    public static byte[] Read(string path, int maxBytes, Sha256Digest entry) =>
        Read(path, maxBytes, entry, size => GC.AllocateUninitializedArray<byte>(size)).Array!;

    /// <summary>The same for who looks at it once: in lent memory, to be given back to the shared pool.</summary>
    /// <inheritdoc cref="Read(string, int, Sha256Digest)" path="/exception"/>
    public static ArraySegment<byte> Borrow(string path, int maxBytes, Sha256Digest entry) =>
        Read(path, maxBytes, entry, ArrayPool<byte>.Shared.Rent);

    private static ArraySegment<byte> Read(string path, int maxBytes, Sha256Digest entry, Func<int, byte[]> memory)
    {
        try
        {
            using var file = RegularFile.TryOpen(path, out var status)
                ?? throw new StoreDamagedException(entry, $"{Path.GetFileName(path)} is gone, or no file");
            if (status.Size > maxBytes)
                throw new StoreDamagedException(entry, $"{Path.GetFileName(path)} has grown to {status.Size} bytes");
            var content = new ArraySegment<byte>(memory((int)status.Size), 0, (int)status.Size);
            return RegularFile.Read(file, content) == content.Count
                ? content : throw new StoreDamagedException(entry, $"{Path.GetFileName(path)} became shorter while it was read");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StoreDamagedException(entry, $"{Path.GetFileName(path)} cannot be read");
        }
    }
}
