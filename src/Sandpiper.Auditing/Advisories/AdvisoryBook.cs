using System.Collections.Immutable;
using Sandpiper.Archives;
using Sandpiper.Archives.Zip;
using Sandpiper.Auditing.Findings;
using Sandpiper.Kernel.Files;
using Sandpiper.Packaging.Names;
using Sandpiper.Packaging.Versions;

namespace Sandpiper.Auditing.Advisories;

/// <summary>Records of known malware and vulnerabilities, from a dump of the OSV database: a ZIP, a directory or one JSON file.</summary>
public sealed class AdvisoryBook
{
    private const int MostRecordBytes = 16 << 20;
    private const int MostFileBytes = 512 << 20;

    // The dump of one ecosystem has some twenty thousand records of some kilobytes, that of all of them a million.
    private static readonly ArchiveLimits Limits = new(2_000_000, MostRecordBytes, 16L << 30, 200, 8);

    private readonly ILookup<PackageName, Advisory> _byName;

    private AdvisoryBook(List<Advisory> all) => (_byName, Count) = (all.ToLookup(a => a.Package), all.Count);

    /// <summary>Records about Python packages.</summary>
    public int Count { get; }

    /// <exception cref="AdvisoryException">It is none, or one record of it cannot be read: it might be the one about you.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static AdvisoryBook Read(string path, CancellationToken cancel)
    {
        var all = new List<Advisory>();
        if (Directory.Exists(path)) ReadDirectory(path, all, cancel);
        else if (!File.Exists(path)) throw new AdvisoryException(path, "there is no such file");
        else if (IsZip(path)) ReadZip(path, all, cancel);
        else Add(path, RegularFile.TryRead(path, MostFileBytes) ?? throw new AdvisoryException(path, "it is no ordinary file"), all);
        return all.Count > 0 ? new AdvisoryBook(all) : throw new AdvisoryException(path, "no record in it is about a Python package");
    }

    /// <summary>What is known of a release; a name that is not known has no records.</summary>
    /// <param name="label">The package with its version.</param>
    /// <param name="place">Where it is recorded.</param>
    public IEnumerable<AuditFinding> About(PackageName? name, Pep440Version? version, string label, string place) =>
        name is not { } known ? [] : _byName[known].Where(a => a.IsAbout(version)).DistinctBy(a => a.Id, StringComparer.Ordinal)
            .Select(a => new AuditFinding(a.IsMalware ? AuditKind.KnownMalware : AuditKind.KnownVulnerability, Gravity.Alarm, place)
            {
                Packages = [label],
                Seen = $"{a.Id}{(a.IsUnclear ? " (which versions, it does not say)" : "")}{(a.Summary is { } said ? $": {said}" : "")}",
            });

    private static void ReadDirectory(string path, List<Advisory> all, CancellationToken cancel)
    {
        var options = new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.ReparsePoint };
        foreach (string file in Directory.EnumerateFiles(path, "*.json", options))
        {
            cancel.ThrowIfCancellationRequested();
            if (RegularFile.TryRead(file, MostRecordBytes) is { } content) Add(file, content, all);
        }
    }

    private static void ReadZip(string path, List<Advisory> all, CancellationToken cancel)
    {
        try
        {
            using ZipReader zip = ZipReader.Open(File.OpenHandle(path), Limits);
            using var content = new MemoryStream();
            foreach (ZipMember member in zip.Members.Where(m => m.Name.EndsWith(".json", StringComparison.Ordinal)))
            {
                cancel.ThrowIfCancellationRequested();
                content.SetLength(0);
                zip.CopyTo(member, content);
                Add($"{path}/{member.Name}", content.GetBuffer().AsMemory(0, (int)content.Length), all);
            }
        }
        catch (ArchiveRefusedException e)
        {
            throw new AdvisoryException(path, $"the archive was refused, {e.Because} ({e.Rule})");
        }
    }

    private static void Add(string path, ReadOnlyMemory<byte> content, List<Advisory> all)
    {
        if (!AdvisoryReader.TryRead(content, all, out string problem))
            throw new AdvisoryException(path, $"it is no record of the OSV schema, {problem}");
    }

    private static bool IsZip(string path)
    {
        using var file = RegularFile.TryOpenBehindLinks(path) ?? throw new AdvisoryException(path, "it is no ordinary file");
        return RegularFile.Read(file, 2).AsSpan().SequenceEqual("PK"u8);
    }
}
