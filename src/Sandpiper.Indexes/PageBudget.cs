namespace Sandpiper.Indexes;

/// <summary>
/// What all pages of one command may have together: each is bounded, and who names a package that needs a hundred others has a hundred of
/// them read at once. Safe for several threads.
/// </summary>
/// <param name="mostBytes">As they are served, unpacked.</param>
public sealed class PageBudget(long mostBytes)
{
    // The 97 pages that `jupyter` needs have 10 MB; the largest of the public index has under 10.
    private const long Most = 256 << 20;

    private long _taken;

    public PageBudget() : this(Most) { }

    /// <exception cref="IndexException">With these, they have more.</exception>
    internal void Take(long bytes, Uri location)
    {
        if (Interlocked.Add(ref _taken, bytes) <= mostBytes) return;
        throw new IndexException(
            IndexRules.TooLong, $"the pages that this command needs have more than {mostBytes} bytes together", location)
        {
            IsRefusal = true,
        };
    }
}
