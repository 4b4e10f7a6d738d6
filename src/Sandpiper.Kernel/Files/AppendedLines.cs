namespace Sandpiper.Kernel.Files;

/// <summary>Reads a file to which other commands append whole lines, each in one write, while they do so.</summary>
public static class AppendedLines
{
    private const int MostRereads = 100;        // a second in all
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(10);

    /// <summary>All of it; null when there is no regular file of that name.</summary>
    /// <remarks>
    /// Another command may be in the middle of its line: write(2) shows what it has got so far. Only what stays cut off is.
    /// </remarks>
    /// <exception cref="IOException">It may not be read, or is longer than <paramref name="maxBytes"/>.</exception>
    /// <param name="meanwhile">What is done before it is read again; null: a little time passes.</param>
    public static byte[]? TryRead(string path, int maxBytes, Action? meanwhile = null)
    {
        meanwhile ??= () => Thread.Sleep(Pause);
        byte[]? content = RegularFile.TryRead(path, maxBytes);
        for (int again = 0; again < MostRereads && content is [.., not (byte)'\n']; again++)
        {
            meanwhile();
            content = RegularFile.TryRead(path, maxBytes);
        }
        return content;
    }
}
