using System.Collections.Immutable;
using Sandpiper.Packaging.Index;

namespace Sandpiper.Console;

/// <summary>Says what was left out of a page, and why: without it "there is only 1.0" is not true.</summary>
internal static class LeftOutWords
{
    private const int MaxShown = 2;

    /// <returns>A sentence; null when everything that the page lists was understood.</returns>
    public static string? Of(ProjectPage page)
    {
        ImmutableArray<LeftOutEntry> all = page.LeftOut;
        if (all.IsEmpty) return null;
        string count = all.Length == 1 ? "1 entry" : $"{all.Length} entries";
        string were = all.Length == 1 ? "was" : "were";
        string more = all.Length > MaxShown ? $"; and {all.Length - MaxShown} more" : "";
        return $"{count} of the page of `{page.Name}` {were} left out: {string.Join("; ", all.Take(MaxShown).Select(One))}{more}";
    }

    private static string One(LeftOutEntry entry) => entry.FileName.Length == 0 ? Why(entry) : $"`{entry.FileName}`, because {Why(entry)}";

    private static string Why(LeftOutEntry entry) => entry.Reason switch
    {
        LeftOutReason.NoEntry => "one is no entry of a file",
        LeftOutReason.NoFileName => "it has no name that a file could have",
        LeftOutReason.NoAddress => "it has no address that can be understood",
        LeftOutReason.OtherScheme => $"it leads to an address of the kind `{entry.Evidence}`",
        LeftOutReason.OtherName => $"it leads to a file of another name, `{entry.Evidence}`",
        LeftOutReason.SeveralDigests => "it is listed several times, with different digests",
        _ => $"its `{entry.Evidence}` cannot be understood",
    };
}
