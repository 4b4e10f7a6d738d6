using System.Security.Cryptography;

namespace Sandpiper.Packaging.Names;

/// <summary>When the base library's hashing, which is OpenSSL's, is worth its loading.</summary>
/// <remarks>
/// It is seven times as fast as managed code, once it is there; to load it takes 2.4 ms, in which managed code hashes more than most
/// commands ever do. So it is loaded when as much has been hashed without it as that would have cost, and beside: nobody waits for it.
/// </remarks>
public static class OpenSsl
{
    // Bytes that managed code hashes in the time.
    internal const int Loading = 512 << 10;

    private static long _hashedWithout;
    private static int _isBegun;
    private static bool _isThere;

    /// <summary>Much will be hashed: it is loaded while something else is done.</summary>
    public static void ExpectMuch()
    {
        if (Interlocked.Exchange(ref _isBegun, 1) != 0) return;
        try
        {
            // By a thread of its own: those of the pool may have a hundred wheels to look at first.
            new Thread(Load) { IsBackground = true }.Start();
        }
        catch (OutOfMemoryException)
        {
            // No further thread (`ulimit -u`): then it is not loaded ahead.
        }
    }

    /// <summary>For so many bytes it is the quickest, as things are.</summary>
    internal static bool IsWorthIt(int bytes)
    {
        if (Volatile.Read(ref _isThere) || bytes >= Loading) return true;
        if (Interlocked.Add(ref _hashedWithout, bytes) >= Loading) ExpectMuch();
        return false;
    }

    private static void Load()
    {
        try
        {
            SHA256.HashData(ReadOnlySpan<byte>.Empty);
            Volatile.Write(ref _isThere, true);
        }
        catch (Exception error) when (error is TypeInitializationException or CryptographicException or OutOfMemoryException)
        {
            // Whoever cannot do without it says why.
        }
    }
}
