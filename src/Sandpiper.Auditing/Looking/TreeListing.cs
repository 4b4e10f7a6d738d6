using System.Collections.Immutable;
using Sandpiper.Auditing.Findings;
using Sandpiper.Auditing.Records;
using Sandpiper.Kernel.Files;

namespace Sandpiper.Auditing.Looking;

/// <summary>Everything below a site, no link followed; what could not be listed is said.</summary>
internal sealed class TreeListing
{
    // Ten times the largest environments; beyond that somebody wants us to look for ever.
    private const int MostFiles = 2_000_000;

    /// <summary>Files and links and whatever else is no directory, in the order of their paths.</summary>
    public required ImmutableArray<SeenFile> Files { get; init; }

    public required ImmutableArray<SeenFile> Directories { get; init; }

    /// <param name="directory">The site's path, for findings.</param>
    public static TreeListing Of(ForeignTree tree, string directory, Claims claims, List<AuditFinding> findings, CancellationToken cancel)
    {
        var files = ImmutableArray.CreateBuilder<SeenFile>();
        var directories = ImmutableArray.CreateBuilder<SeenFile>();
        var waiting = new Stack<ReadOnlyMemory<byte>>([ReadOnlyMemory<byte>.Empty]);
        var entries = new List<ForeignTree.Entry>();
        while (waiting.TryPop(out ReadOnlyMemory<byte> next))
        {
            cancel.ThrowIfCancellationRequested();
            entries.Clear();
            if (!tree.TryList(next.Span, Math.Max(0, MostFiles - files.Count - directories.Count), entries))
                findings.Add(NotLookedAt(directory, ShownName.Of(next.Span, out _), "it cannot be listed, or holds too many names"));
            foreach (ForeignTree.Entry entry in entries)
            {
                string path = ShownName.Of(entry.Path.Span, out bool isText);
                if (entry.Status is not { } status)
                {
                    findings.Add(NotLookedAt(directory, path, "it went away meanwhile, or may not be looked at"));
                    continue;
                }
                var seen = new SeenFile(entry.Path, path, isText, status, isText ? claims.Of(path) : []);
                if (status.Type != FileType.Directory)
                {
                    files.Add(seen);
                    continue;
                }
                directories.Add(seen);
                waiting.Push(entry.Path);
            }
        }
        files.Sort((a, b) => string.CompareOrdinal(a.Path, b.Path));
        return new TreeListing { Files = files.ToImmutable(), Directories = directories.ToImmutable() };
    }

    public static AuditFinding NotLookedAt(string directory, string path, string why) =>
        new(AuditKind.NotLookedAt, Gravity.Alarm, path.Length == 0 ? directory : $"{directory}/{path}") { Seen = why };
}
