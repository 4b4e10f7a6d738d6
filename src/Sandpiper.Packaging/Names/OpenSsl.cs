using System.Security.Cryptography;

namespace Sandpiper.Packaging.Names;

/// <summary>When the base library's hashing, which is OpenSSL's, is worth its loading.</summary>
/// <remarks>
/// It is seven times as fast as managed code, once it is there; to load it takes 2.4 ms, in which managed code hashes more than most
/// commands ever do. So it is loaded when as much has been hashed without it as that would have cost, and stays the one that is asked.
/// </remarks>
public static class OpenSsl
{
    // Bytes that managed code hashes in the time.
    internal const int Loading = 512 << 10;

    private static long _hashedWithout;

    /// <summary>Much will be hashed, and something else is waited for meanwhile: it is loaded beside that.</summary>
    public static void ExpectMuch()
    {
        if (Interlocked.Exchange(ref _hashedWithout, Loading) < Loading) _ = Task.Run(() => SHA256.HashData(ReadOnlySpan<byte>.Empty));
    }

    internal static bool IsWorthLoading(int bytes) =>
        Volatile.Read(ref _hashedWithout) >= Loading || Interlocked.Add(ref _hashedWithout, bytes) >= Loading;
}
