using Microsoft.Win32.SafeHandles;
using Sandpiper.Kernel.Files;

namespace Sandpiper.Sandbox.Reviews;

/// <summary>Two files, byte by byte.</summary>
internal static class SameContent
{
    private const int PieceBytes = 128 << 10;

    /// <summary>False too where one of them cannot be read to its end.</summary>
    public static bool Have(SafeFileHandle one, SafeFileHandle other)
    {
        byte[] first = new byte[PieceBytes], second = new byte[PieceBytes];
        try
        {
            for (long at = 0; ; at += PieceBytes)
            {
                int length = Fill(one, first, at);
                if (length != Fill(other, second, at)) return false;
                if (!first.AsSpan(0, length).SequenceEqual(second.AsSpan(0, length))) return false;
                if (length < PieceBytes) return true;
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    /// <summary>Whether two names are regular files of the same content.</summary>
    public static bool Have(SafeFileHandle directory, byte[] path, SafeFileHandle otherDirectory, byte[] otherPath)
    {
        using SafeFileHandle one = PlaceBelow.OpenFile(directory, path), other = PlaceBelow.OpenFile(otherDirectory, otherPath);
        return !one.IsInvalid && !other.IsInvalid && FileStatus.Of(one) is { Type: FileType.Regular } first
            && FileStatus.Of(other) is { Type: FileType.Regular } second && first.Size == second.Size && Have(one, other);
    }

    private static int Fill(SafeFileHandle file, byte[] into, long at)
    {
        int filled = 0;
        while (filled < into.Length && RandomAccess.Read(file, into.AsSpan(filled), at + filled) is > 0 and var got) filled += got;
        return filled;
    }
}
