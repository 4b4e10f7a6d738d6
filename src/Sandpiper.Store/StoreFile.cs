using Sandpiper.Kernel.Files;
using Sandpiper.Packaging.Names;

namespace Sandpiper.Store;

/// <summary>Reads a file of a sealed entry, knowing that somebody may have changed it.</summary>
public static class StoreFile
{
    /// <exception cref="StoreDamagedException">It is gone, cannot be read, or is longer than <paramref name="maxBytes"/>.</exception>
    public static byte[] Read(string path, int maxBytes, Sha256Digest entry)
    {
        try
        {
            using var file = RegularFile.TryOpen(path, out var status)
                ?? throw new StoreDamagedException(entry, $"{Path.GetFileName(path)} is gone, or no file");
            if (status.Size > maxBytes)
                throw new StoreDamagedException(entry, $"{Path.GetFileName(path)} has grown to {status.Size} bytes");
            byte[] content = RegularFile.Read(file, (int)status.Size);
            return content.Length == status.Size
                ? content : throw new StoreDamagedException(entry, $"{Path.GetFileName(path)} became shorter while it was read");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StoreDamagedException(entry, $"{Path.GetFileName(path)} cannot be read");
        }
    }
}
