using System.Collections.Immutable;
using Sandpiper.Environments.Composing;
using Sandpiper.Environments.Generations;
using Sandpiper.Packaging.Names;
using Sandpiper.Packaging.Wheels;
using Sandpiper.Store;
using Sandpiper.Wheels;

namespace Sandpiper.Environments.Verifying;

/// <summary>What a generation, and the entries of the store that it uses, should look like.</summary>
/// <remarks>
/// One thing vouches for the next: the ledger for <c>generation.json</c>, that for each RECORD, and RECORD for the files. The manifests of the
/// store add modes and places; where one is gone or says something else than RECORD, RECORD is believed.
/// </remarks>
public sealed class ExpectedTrees
{
    private const int MaxRecordBytes = 64 << 20;

    private readonly Generation _generation;
    private readonly List<Finding> _findings = [];
    private readonly Dictionary<string, ExpectedDirectory> _entries = new(StringComparer.Ordinal);

    /// <param name="description">Of <c>generation.json</c>, as the ledger has it; null when it does not say.</param>
    public ExpectedTrees(Generation generation, WheelStore store, Sha256Digest? description)
    {
        _generation = generation;
        foreach (var (path, target) in GenerationPlan.LinksTo(generation.Python, generation.PythonName)) Tree.TryAdd(path, new ExpectedLink(target));
        Tree.TryAdd(GenerationFile.Name, new ExpectedFile(SealedTree.FileMode, description) { IsAlwaysRead = true });
        var copies = generation.Copies.ToHashSet(StringComparer.Ordinal);
        var written = OwnersOfWritten();
        foreach (var (path, digest) in generation.WrittenFiles)
        {
            Tree.TryAdd(path, new ExpectedFile(ModeOf(path.StartsWith("bin/", StringComparison.Ordinal)), digest) { Owner = written(path), IsAlwaysRead = true });
        }
        foreach (var package in generation.Packages) Add(package, store, copies);
    }

    /// <summary>The generation.</summary>
    public ExpectedDirectory Tree { get; } = new();

    /// <summary>The entries of the store, by their absolute paths.</summary>
    public IReadOnlyDictionary<string, ExpectedDirectory> Entries => _entries;

    /// <summary>What is wrong already: entries that are gone or lie.</summary>
    public IReadOnlyList<Finding> Findings => _findings;

    private void Add(InstalledPackage package, WheelStore store, HashSet<string> copies)
    {
        var record = RecordOf(package);
        var wheel = Find(package, store);
        if (wheel is null)
        {
            foreach (var (path, row) in record) Tree.TryAdd(path, new ExpectedFile(Mode: null, row.Digest) { Owner = package, Size = row.Size });
            return;
        }
        var entry = new ExpectedDirectory { Owner = package };
        entry.TryAdd(StoreManifest.FileName, new ExpectedFile(SealedTree.FileMode, null) { Owner = package });
        bool isTrue = true;
        foreach (var file in wheel.Files)
        {
            string source = Path.Combine(wheel.Tree, file.StorePath);
            var stored = new ExpectedFile(ModeOf(file.IsExecutable), file.Digest) { Owner = package, Size = file.Size };
            if (package.OmittedHooks.Contains(file.Path, StringComparer.Ordinal))
            {
                entry.TryAdd($"{SealedWheel.TreeName}/{file.StorePath}", stored);
                continue;
            }
            string path = Placing.PathOf(file, package, wheel, _generation.PythonName);
            bool isWritten = _generation.WrittenFiles.ContainsKey(path);
            if (!isWritten && record.TryGetValue(path, out var row) && row.Digest is { } digest && digest != file.Digest)
            {
                isTrue = false;
                stored = stored with { Digest = digest, Size = row.Size };
            }
            entry.TryAdd($"{SealedWheel.TreeName}/{file.StorePath}", stored);
            if (!isWritten) Tree.TryAdd(path, stored with { SameAs = copies.Contains(path) ? null : source });
        }
        if (!isTrue) _findings.Add(OfEntry(FindingKind.Changed, package, StoreManifest.FileName));
        _entries.TryAdd(wheel.Directory, entry);
    }

    private SealedWheel? Find(InstalledPackage package, WheelStore store)
    {
        try
        {
            if (store.Find(package.Digest) is { } wheel) return wheel;
            _findings.Add(OfEntry(FindingKind.Missing, package, ""));
        }
        catch (StoreDamagedException)
        {
            _findings.Add(OfEntry(FindingKind.Changed, package, StoreManifest.FileName));
        }
        return null;
    }

    /// <summary>The files of a package by their paths in the generation; empty when RECORD is not the one that was written.</summary>
    private Dictionary<string, RecordRow> RecordOf(InstalledPackage package)
    {
        var rows = new Dictionary<string, RecordRow>(StringComparer.Ordinal);
        string path = $"{DistInfoOf(package)}/RECORD";
        var file = new FileInfo(Path.Combine(_generation.Directory, path));
        if (!file.Exists || file.LinkTarget is not null || file.Length > MaxRecordBytes || !_generation.WrittenFiles.TryGetValue(path, out var digest)) return rows;
        try
        {
            byte[] content = File.ReadAllBytes(file.FullName);
            if (Sha256Digest.Of(content) != digest || !RecordFile.TryParse(content, out var parsed, out _)) return rows;
            foreach (var row in parsed) rows.TryAdd(Placing.FromRecord(row.Path, _generation.PythonName), row);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            rows.Clear();       // the comparison says so
        }
        return rows;
    }

    private Func<string, InstalledPackage?> OwnersOfWritten()
    {
        var byDirectory = _generation.Packages.ToDictionary(p => DistInfoOf(p), StringComparer.Ordinal);
        return path => byDirectory.GetValueOrDefault(path[..Math.Max(0, path.LastIndexOf('/'))]);
    }

    private string DistInfoOf(InstalledPackage package) => $"{Placing.SitePackages(_generation.PythonName)}/{Placing.DistInfo(package)}";

    private static Finding OfEntry(FindingKind kind, InstalledPackage package, string path) =>
        new(kind, $"store/{package.Digest.Hex}{(path.Length > 0 ? "/" : "")}{path}", package, RunsAtStart: false) { InStore = true };

    private static UnixFileMode ModeOf(bool isExecutable) => isExecutable ? SealedTree.ExecutableMode : SealedTree.FileMode;
}
