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
            using var file = RegularFile.TryOpen(path) ?? throw new StoreDamagedException(entry, $"{Path.GetFileName(path)} is gone, or no file");
            long length = RandomAccess.GetLength(file);
            if (length > maxBytes) throw new StoreDamagedException(entry, $"{Path.GetFileName(path)} has grown to {length} bytes");
            byte[] content = new byte[length];
            int filled = 0;
            while (filled < content.Length)
            {
                int count = RandomAccess.Read(file, content.AsSpan(filled), filled);
                if (count == 0) throw new StoreDamagedException(entry, $"{Path.GetFileName(path)} became shorter while it was read");
                filled += count;
            }
            return content;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StoreDamagedException(entry, $"{Path.GetFileName(path)} cannot be read");
        }
    }
}
