namespace Sandpiper.Packaging.Index;

/// <summary>An entry of a page that is not among its files, and why: whoever misses a release wants to know.</summary>
/// <param name="FileName">As the page has it, cut where it is long; empty when it has none.</param>
/// <param name="Reason">What is wrong with it.</param>
/// <param name="Evidence">
/// The key that cannot be read, the name that its address ends in, the scheme that it leads to; empty where the reason says all.
/// </param>
public sealed record LeftOutEntry(string FileName, LeftOutReason Reason, string Evidence)
{
    private const int MaxText = 128;    // a page may have 100,000 of them

    internal static LeftOutEntry Of(string? fileName, LeftOutReason reason, string? evidence = null) =>
        new(Cut(fileName), reason, Cut(evidence));

    private static string Cut(string? text) => text is null ? "" : text.Length > MaxText ? text[..MaxText] : text;
}

/// <summary>Why an entry of a page is no file that can be had.</summary>
public enum LeftOutReason
{
    /// <summary>It is no entry at all: a number in the list of files.</summary>
    NoEntry,

    /// <summary>It has no file name, or none that a file could have.</summary>
    NoFileName,

    /// <summary>It has no address, or none that can be understood.</summary>
    NoAddress,

    /// <summary>Its address leads elsewhere than http or https, or than to a file from a page that is a file.</summary>
    OtherScheme,

    /// <summary>Its address ends in another name than it shows (PEP 503: the text of the anchor is the name of the file).</summary>
    OtherName,

    /// <summary>One of its values is not what the standard says.</summary>
    Unreadable,

    /// <summary>The page lists the name several times, with different digests.</summary>
    SeveralDigests,
}
