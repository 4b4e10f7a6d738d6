using System.Collections.Immutable;
using System.Text;
using Sandpiper.Environments.Composing;
using Sandpiper.Environments.Destinations;
using Sandpiper.Environments.Generations;
using Sandpiper.Kernel.Files;
using Sandpiper.Packaging.Names;
using Sandpiper.Packaging.Wheels;
using Sandpiper.Store;
using Sandpiper.Wheels;

namespace Sandpiper.Environments.Verifying;

/// <summary>What a generation, and the entries of the store that it uses, should look like.</summary>
/// <remarks>
/// One thing vouches for the next: the ledger for <c>generation.json</c>, that for each RECORD, and RECORD for the files. The manifests of
/// the store add modes and places; where one is gone or says something else than RECORD, RECORD is believed.
/// </remarks>
public sealed class ExpectedTrees
{
    private const int MaxRecordBytes = 64 << 20;

    private readonly Generation _generation;
    private readonly WheelStore _store;
    private readonly Destination _destination;
    private readonly List<Deviation> _deviations = [];
    private readonly List<ExpectedEntry> _entries = [];

    /// <param name="full">Nothing is taken for what it was because its stamps say so.</param>
    /// <param name="description">Of <c>generation.json</c>, as the ledger has it; null when it does not say.</param>
    public ExpectedTrees(Generation generation, WheelStore store, Sha256Digest? description, bool full)
    {
        (_generation, _store, _destination) = (generation, store, generation.Destination);
        foreach (var (path, target) in GenerationPlan.LinksTo(generation.Python, generation.PythonName))
            Tree.TryAdd(path, new ExpectedLink(target));
        Tree.TryAdd(GenerationFile.Name, new ExpectedFile(SealedTree.FileMode, description));
        // Before the files: what lies behind a link is looked at in the store, and nothing else belongs in the place of the link.
        var ofDigest = generation.Packages.ToLookup(p => p.Digest);
        foreach (var link in generation.Linked)
        {
            Tree.TryAdd(link.Path, new ExpectedLink(link.TargetFrom(generation.Directory, store.TreeOf(link.Wheel)))
            {
                Owner = ofDigest[link.Wheel].FirstOrDefault(),
            });
        }
        var written = OwnersOfWritten();
        foreach (var (path, digest) in generation.WrittenFiles)
        {
            Tree.TryAdd(path, new ExpectedFile(ModeOf(_destination.ScriptOf(path) is not null), digest)
            {
                Owner = written(path),
            });
        }
        var tags = store.ByteCodeTags;
        var looked = new Looked[generation.Packages.Length];
        // On all cores: what costs here is to look at every name.
        Parallel.For(0, looked.Length, i => looked[i] = LookAt(generation.Packages[i], store, tags, full));
        for (int i = 0; i < looked.Length; i++) Add(generation.Packages[i], looked[i]);
    }

    /// <summary>The generation.</summary>
    public ExpectedDirectory Tree { get; } = new();

    /// <summary>Files of the generation that are looked at in the store alone.</summary>
    public int FilesBehindLinks { get; private set; }

    /// <summary>The entries of the store, one for each package whose wheel is there.</summary>
    public IReadOnlyList<ExpectedEntry> Entries => _entries;

    /// <summary>What is wrong already: entries that are gone or lie.</summary>
    public IReadOnlyList<Deviation> Deviations => _deviations;

    /// <summary>What is known of a package's entry before anything is compared.</summary>
    /// <param name="Wheel">Null: <paramref name="Why"/> says why.</param>
    /// <param name="IsTrue">Its stamps are not those of another manifest.</param>
    /// <param name="IsUntouched">Nothing of it has to be compared.</param>
    private sealed record Looked(SealedWheel? Wheel, DeviationKind Why, EntryStamps? Stamps, ImmutableArray<ByteCodeRecord> ByteCode,
        bool IsTrue, bool IsUntouched);

    private static Looked LookAt(InstalledPackage package, WheelStore store, ILookup<Sha256Digest, string> tags, bool full)
    {
        try
        {
            if (store.Find(package.Digest) is not { } wheel) return new Looked(null, DeviationKind.Missing, null, [], false, false);
            bool isTrue = TryFindStamps(wheel, out var stamps);
            var byteCode = ByteCodeRecord.Of(wheel, tags[package.Digest]);
            // The generation, for which the ledger stands, vouches for the manifest, and that for every file not touched since.
            bool isUntouched = !full && isTrue && stamps is not null && package.Manifest == wheel.ManifestDigest
                && byteCode.Length == tags[package.Digest].Count(t => t is not WheelStore.Distrusted)
                && UntouchedEntry.Is(wheel, stamps, byteCode);
            return new Looked(wheel, default, stamps, byteCode, isTrue, isUntouched);
        }
        catch (StoreDamagedException)
        {
            return new Looked(null, DeviationKind.Changed, null, [], false, false);
        }
    }

    private void Add(InstalledPackage package, Looked looked)
    {
        if (looked is { IsUntouched: true, Wheel: { } untouched })
        {
            AddUntouched(package, untouched, looked.Stamps!);
            return;
        }
        var record = RecordOf(package);
        var wheel = looked.Wheel;
        if (wheel is null)
        {
            _deviations.Add(OfEntry(looked.Why, package, looked.Why == DeviationKind.Missing ? "" : StoreManifest.FileName));
            foreach (var (path, row) in record)
                Tree.TryAdd(path, new ExpectedFile(Mode: null, row.Digest) { Owner = package, Size = row.Size });
            return;
        }
        var entry = new ExpectedDirectory { Owner = package };
        var (isTrue, stamps) = (looked.IsTrue && ListsTheRecord(package, wheel), looked.Stamps);
        var manifest = new ExpectedFile(SealedTree.FileMode, stamps?.ManifestDigest)
        {
            Owner = package,
            Stamp = stamps?.Manifest ?? default,
        };
        entry.TryAdd(StoreManifest.FileName, manifest);
        AddByteCode(entry, wheel, package, looked.ByteCode);
        var links = _generation.Linked.Where(l => l.Wheel == package.Digest).ToList();
        for (int i = 0; i < wheel.Files.Length; i++)
        {
            var file = wheel.Files[i];
            if (links.Exists(l => DirectoryLinks.IsBelow(file.StorePath, l.StorePath))) FilesBehindLinks++;
            var stored = new ExpectedFile(ModeOf(file.IsExecutable), file.Digest)
            {
                Owner = package,
                Size = file.Size,
                Stamp = stamps?.OfFile(i) ?? default,
            };
            if (package.OmittedHooks.Contains(file.Path, StringComparer.Ordinal))
            {
                entry.TryAdd($"{SealedWheel.TreeName}/{file.StorePath}", stored);
                continue;
            }
            string path = _destination.PathOf(file, wheel, package.Name, package.Version);
            bool isWritten = _generation.WrittenFiles.ContainsKey(path);
            if (!isWritten && record.Remove(path, out var row) && row.Digest is { } digest && digest != file.Digest)
            {
                isTrue = false;
                stored = stored with { Digest = digest, Size = row.Size, Stamp = default };
            }
            entry.TryAdd($"{SealedWheel.TreeName}/{file.StorePath}", stored);
            // The same file by another name is known from the store; anything else in its place is read.
            bool isAnothers = !package.Yielded.IsEmpty && package.Yielded.Contains(path, StringComparer.Ordinal);
            if (!isWritten && !isAnothers) Tree.TryAdd(path, stored with { Stamp = default });
        }
        AddRecords(entry, wheel, package, stamps, links);
        // Whoever shortens a manifest does not shorten RECORD.
        foreach (var (path, row) in record)
        {
            var recorded = new ExpectedFile(Mode: null, row.Digest) { Owner = package, Size = row.Size };
            if (links.Find(l => DirectoryLinks.IsBelow(path, l.Path)) is { } link)
                entry.TryAdd($"{SealedWheel.TreeName}/{link.StorePath}{path[link.Path.Length..]}", recorded);
            else Tree.TryAdd(path, recorded);
        }
        if (!isTrue) _deviations.Add(OfEntry(DeviationKind.Changed, package, StoreManifest.FileName));
        _entries.Add(new ExpectedEntry(package, wheel, entry));
    }

    // The same wheel gives the same RECORD, whichever version of ours seals it.
    private static bool ListsTheRecord(InstalledPackage package, SealedWheel wheel) => package.Record == default
        || (package.IsRequested ? wheel.Table.Outline.RequestedRecord : wheel.Table.Outline.Record) == package.Record;

    // Only what lies in the generation itself is compared. A file of it that is linked has the stamp of the one in the store.
    private void AddUntouched(InstalledPackage package, SealedWheel wheel, EntryStamps stamps)
    {
        var linked = _generation.Linked.Where(l => l.Wheel == package.Digest);
        byte[] distInfo = Encoding.UTF8.GetBytes(wheel.DistInfo + '/');
        byte[][] links = [.. linked.Select(l => Encoding.UTF8.GetBytes(l.StorePath + '/'))];
        for (int i = 0; i < wheel.Table.Total; i++)
        {
            if (IsBehind(links, wheel.Table.NameOf(i)))
            {
                FilesBehindLinks++;
                continue;
            }
            // Behind a link or nowhere.
            if (i >= wheel.Table.Count || (package.Record != default && wheel.Table.NameOf(i).StartsWith(distInfo))) continue;
            var file = wheel.Table[i];
            if (package.OmittedHooks.Contains(file.Path, StringComparer.Ordinal)) continue;
            string path = _destination.PathOf(file, wheel, package.Name, package.Version);
            if (_generation.WrittenFiles.ContainsKey(path) || package.Yielded.Contains(path, StringComparer.Ordinal)) continue;
            Tree.TryAdd(path, new ExpectedFile(ModeOf(file.IsExecutable), file.Digest)
            {
                Owner = package,
                Size = file.Size,
                Stamp = stamps.OfFile(i),
            });
        }
    }

    private static bool IsBehind(byte[][] links, ReadOnlySpan<byte> path)
    {
        foreach (byte[] link in links)
        {
            if (path.StartsWith(link)) return true;
        }
        return false;
    }

    // What the seal made beside the wheel's own files, wherever it is shown.
    private void AddRecords(
        ExpectedDirectory entry, SealedWheel wheel, InstalledPackage package, EntryStamps? stamps, List<LinkedDirectory> links)
    {
        for (int i = wheel.Table.Count; i < wheel.Table.Total; i++)
        {
            var file = wheel.Table[i];
            if (links.Exists(l => DirectoryLinks.IsBelow(file.StorePath, l.StorePath))) FilesBehindLinks++;
            entry.TryAdd($"{SealedWheel.TreeName}/{file.StorePath}", new ExpectedFile(SealedTree.FileMode, file.Digest)
            {
                Owner = package,
                Size = file.Size,
                Stamp = stamps?.OfFile(i) ?? default,
            });
        }
    }

    // Whatever lies there and no record knows was put there by somebody else.
    private static void AddByteCode(
        ExpectedDirectory entry, SealedWheel wheel, InstalledPackage package, ImmutableArray<ByteCodeRecord> records)
    {
        var modules = wheel.Modules;
        if (modules.IsEmpty) return;
        bool isBegun = records.Any(r => !r.IsWhole);
        foreach (string place in ByteCode.PlacesOf(modules))
            entry.TryAdd($"{SealedWheel.TreeName}/{place}", new ExpectedDirectory { Owner = package, MayBeOpen = isBegun });
        foreach (var record in records)
        {
            for (int i = 0; i < modules.Length; i++)
            {
                if (record.DigestOf(i) is not { } digest) continue;
                entry.TryAdd($"{SealedWheel.TreeName}/{modules[i].PathFor(record.Tag)}", new ExpectedFile(SealedTree.FileMode, digest)
                {
                    Owner = package,
                    Size = record.OfModule(i).Size,
                    Stamp = record.IsWhole ? record.OfModule(i) : default,
                    IsOptional = !record.IsWhole,
                });
            }
        }
    }

    private static bool TryFindStamps(SealedWheel wheel, out EntryStamps? stamps)
    {
        stamps = null;
        try
        {
            stamps = EntryStamps.Find(wheel);
            return true;
        }
        catch (StoreDamagedException)
        {
            return false;
        }
    }

    /// <summary>The files of a package by their paths in the generation; empty when RECORD is not the one that was written.</summary>
    private Dictionary<string, RecordRow> RecordOf(InstalledPackage package)
    {
        var rows = new Dictionary<string, RecordRow>(StringComparer.Ordinal);
        string directory = DistInfoOf(package), path = Path.Combine(_generation.Directory, directory, "RECORD");
        if (!_generation.WrittenFiles.TryGetValue($"{directory}/RECORD", out var digest))
        {
            // No link is followed: where it should lead is known.
            if (package.Record == default || _generation.Linked.FirstOrDefault(
                l => l.Wheel == package.Digest && string.Equals(l.Path, directory, StringComparison.Ordinal)) is not { } link) return rows;
            (digest, path) = (package.Record, Path.Combine(_store.TreeOf(package.Digest), link.StorePath, "RECORD"));
        }
        try
        {
            byte[]? content = RegularFile.TryRead(path, MaxRecordBytes);
            if (content is null || Sha256Digest.Of(content) != digest || !RecordFile.TryParse(content, out var parsed, out _)) return rows;
            foreach (var row in parsed) rows.TryAdd(_destination.FromRecord(row.Path), row);
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

    private string DistInfoOf(InstalledPackage package) => _destination.DistInfo(package.Name, package.Version);

    private static Deviation OfEntry(DeviationKind kind, InstalledPackage package, string path) =>
        Deviation.OfStore(kind, package, path, changedAt: null);

    private static UnixFileMode ModeOf(bool isExecutable) => isExecutable ? SealedTree.ExecutableMode : SealedTree.FileMode;
}

/// <summary>An entry of the store that a package of the generation comes from.</summary>
public sealed record ExpectedEntry(InstalledPackage Package, SealedWheel Wheel, ExpectedDirectory Tree)
{
    private readonly Lazy<(HashSet<string> Places, HashSet<string> Own)> _names = new(() => (
        ByteCode.PlacesOf(Wheel.Modules).Select(p => $"{SealedWheel.TreeName}/{p}").ToHashSet(StringComparer.Ordinal),
        Wheel.Files.Select(f => $"{SealedWheel.TreeName}/{f.StorePath}").ToHashSet(StringComparer.Ordinal)));

    /// <summary>It is about byte code, or what lies among it, and not about what the wheel itself has.</summary>
    /// <param name="path">Below the entry.</param>
    public bool IsOfByteCode(DeviationKind kind, string path)
    {
        var (places, own) = _names.Value;
        if (places.Contains(path)) return kind == DeviationKind.Mode;
        return places.Contains(path[..Math.Max(0, path.LastIndexOf('/'))]) && !own.Contains(path);
    }
}
