using System.Buffers;
using System.Security.Cryptography;
using Microsoft.Win32.SafeHandles;
using Sandpiper.Auditing.Records;
using Sandpiper.Kernel.Files;
using Sandpiper.Packaging.Names;

namespace Sandpiper.Auditing.Looking;

/// <summary>Whether a file is what it is said to be.</summary>
internal enum Agreement
{
    /// <summary>Every claim that says anything of the content is right, or none says anything.</summary>
    Right,

    /// <summary>One claim is right and another is not.</summary>
    RightForOne,

    Wrong,

    /// <summary>It changed while it was read, may not be read, or is too large.</summary>
    Unknown,
}

/// <summary>Holds the content of files against what is claimed of them. Safe for several threads.</summary>
internal static class Contents
{
    // The largest wheels hold some gigabytes; a file of holes is of any length and costs its maker nothing.
    private const long MostBytes = 16L << 30;
    private const int PieceBytes = 128 << 10;

    /// <param name="file">Read from its beginning.</param>
    /// <param name="before">As it was listed.</param>
    /// <param name="rightOnes">The owners whose claim holds, where several make one.</param>
    public static Agreement Compare(SafeFileHandle file, in FileStatus before, IReadOnlyList<Claim> claims, out string[] rightOnes)
    {
        rightOnes = [];
        Claim[] telling = [.. claims.Where(c => c.Digest is not null || c.Md5 is not null || c.Size is not null)];
        if (telling.Length == 0) return Agreement.Right;
        long size = before.Size;
        // Another size is another content, without reading any of it.
        Claim[] possible = [.. telling.Where(c => c.Size is null || c.Size == size)];
        if (possible.Length == 0) return Agreement.Wrong;
        if (size > MostBytes) return Agreement.Unknown;
        Sha256Digest digest = default;
        string md5 = "";
        if (possible.Any(c => c.Digest is not null || c.Md5 is not null) && !TryHash(file, possible, out digest, out md5))
            return Agreement.Unknown;
        FileStatus after = FileStatus.Of(file);
        if (after.Identity != before.Identity || after.Size != size || after.ChangedAt != before.ChangedAt) return Agreement.Unknown;
        rightOnes = [.. possible.Where(c => (c.Digest is null || c.Digest == digest)
            && (c.Md5 is null || string.Equals(c.Md5, md5, StringComparison.OrdinalIgnoreCase))).Select(c => c.Owner)];
        return rightOnes.Length == telling.Length ? Agreement.Right : rightOnes.Length > 0 ? Agreement.RightForOne : Agreement.Wrong;
    }

    private static bool TryHash(SafeFileHandle file, Claim[] claims, out Sha256Digest digest, out string md5)
    {
        (digest, md5) = (default, "");
        using IncrementalHash sha = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        // All that dpkg keeps: good against what was changed, not against who can make two files of one sum.
        using IncrementalHash? old = claims.Any(c => c.Md5 is not null) ? IncrementalHash.CreateHash(HashAlgorithmName.MD5) : null;
        byte[] piece = ArrayPool<byte>.Shared.Rent(PieceBytes);
        try
        {
            long at = 0;
            while (RandomAccess.Read(file, piece, at) is > 0 and var got)
            {
                sha.AppendData(piece, 0, got);
                old?.AppendData(piece, 0, got);
                at += got;
                if (at > MostBytes) return false;
            }
            digest = Sha256Digest.FromBytes(sha.GetHashAndReset());
            if (old is not null) md5 = Convert.ToHexString(old.GetHashAndReset());
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(piece);
        }
    }
}
