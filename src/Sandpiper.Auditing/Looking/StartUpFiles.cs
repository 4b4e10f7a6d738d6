using System.Collections.Immutable;
using System.Text;
using Sandpiper.Auditing.Findings;
using Sandpiper.Auditing.People;
using Sandpiper.Kernel.Files;
using Sandpiper.Packaging.Names;
using Sandpiper.Policies;
using Sandpiper.Wheels;

namespace Sandpiper.Auditing.Looking;

/// <summary>What this Python reads or imports at every start.</summary>
internal static class StartUpFiles
{
    private const int MostBytes = 1 << 20;
    private const int MostExcerpt = 160;
    private const int MostPaths = 64;

    public static bool Is(string path) => HookNames.Match(path);

    /// <param name="site">The site's path.</param>
    public static IEnumerable<AuditFinding> Of(ForeignTree tree, string site, SeenFile file, Writers writers)
    {
        ImmutableArray<string> owners = [.. file.Claims.Select(c => c.Owner).Distinct(StringComparer.Ordinal)];
        string full = $"{site}/{file.Path}";
        // Of a package that is imported, its first file is enough to be told of; a data file in it runs nothing.
        if (!file.IsTop && !file.Path.EndsWith("/__init__.py", StringComparison.Ordinal)) yield break;
        if (tree.TryRead(file.Path, MostBytes) is not { } content)
        {
            yield return new(AuditKind.StartUpCode, Gravity.Alarm, full) { Packages = owners, Seen = null };
            yield break;
        }
        Sha256Digest digest = Sha256Digest.Of(content);
        Finding read = HookInspection.Of(file.Path, new MeasuredContent(digest, content.Length, false, false), content, isWhole: true);
        if (read.Fault == Fault.PathsAtStart)
        {
            foreach (AuditFinding finding in PathsOf(site, full, content, owners, writers)) yield return finding;
            yield break;
        }
        bool isKnown = ReviewedHooks.Find(digest) is not null || read.Namespaces is not null;
        yield return new(AuditKind.StartUpCode, isKnown ? Gravity.Note : Gravity.Alarm, full)
        {
            Packages = owners, Seen = ExcerptOf(content, file.Name),
        };
    }

    private static IEnumerable<AuditFinding> PathsOf(
        string site, string full, byte[] content, ImmutableArray<string> owners, Writers writers)
    {
        foreach (string line in LinesOf(content).Where(l => !l.Contains('\0', StringComparison.Ordinal)).Take(MostPaths))
        {
            string path = Path.GetFullPath(Path.Combine(site, line));
            FileStatus status = default;
            bool isThere;
            try
            {
                isThere = FileStatus.TryRead(path, out status);
            }
            catch (IOException)
            {
                isThere = false;
            }
            ImmutableArray<string> people = isThere ? writers.Of(status, path) : [];
            yield return new(AuditKind.StartUpPath, people.IsEmpty ? Gravity.Note : Gravity.Alarm, full)
            {
                Packages = owners, Seen = path, People = people,
            };
        }
    }

    private static IEnumerable<string> LinesOf(byte[] content) => Encoding.UTF8.GetString(content).Split('\n')
        .Select(l => l.Trim()).Where(l => l.Length > 0 && l[0] != '#');

    // The line that runs: of a .pth the one that imports, however many paths stand before it.
    private static string? ExcerptOf(byte[] content, string name)
    {
        bool isPathFile = name.EndsWith(".pth", StringComparison.OrdinalIgnoreCase);
        string? line = LinesOf(content).FirstOrDefault(l => !isPathFile || l.StartsWith("import", StringComparison.Ordinal))
            ?? LinesOf(content).FirstOrDefault();
        if (line is not { Length: > MostExcerpt }) return line;
        return line[..(char.IsHighSurrogate(line[MostExcerpt - 1]) ? MostExcerpt - 1 : MostExcerpt)] + "…";
    }
}
