using System.Buffers;
using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Diagnostics;
using Sandpiper.Archives;
using Sandpiper.Kernel.Files;
using Sandpiper.Packaging.Names;
using Sandpiper.Packaging.Wheels;
using Sandpiper.Policies;
using Sandpiper.Wheels;

namespace Sandpiper.Store;

/// <summary>
/// The content-addressed store of sealed wheels below a data root. Safe for several threads and several commands at once.
/// </summary>
/// <remarks>
/// An entry is <c>manifest.json</c> and <c>wheel/…</c>, which holds exactly <see cref="SealedWheel.Files"/> and what the seal made:
/// <see cref="InstalledRecords"/>, directories for byte code. It appears by one rename, complete; nobody writes to it afterwards. Where it
/// lies says <see cref="EntryPlaces"/>.
/// </remarks>
public sealed class WheelStore(string root)
{
    private readonly string _root = Path.GetFullPath(root);
    private readonly string _entries = Path.Combine(Path.GetFullPath(root), EntriesName);
    private readonly EntryPlaces _places = new(Path.Combine(Path.GetFullPath(root), EntriesName));
    private readonly string _stamps = Path.Combine(Path.GetFullPath(root), "stamps");

    private readonly ConcurrentDictionary<Sha256Digest, (FileStamp Manifest, SealedWheel Wheel, long At)> _found = new();

    private readonly Lazy<bool> _keepsTimes = new(() => FileSystem.KeepsChangeTimes(Path.Combine(root, EntriesName)));

    /// <summary>
    /// For so long a look at an entry is worth another: one command asks for each of a hundred wheels half a dozen times. By default each
    /// is looked at each time. Only who has linked a file knows what it is, and he looks at that itself.
    /// </summary>
    public TimeSpan Holds { get; init; }

    internal const string EntriesName = "store", DistrustSuffix = "." + Distrusted;

    /// <summary>What stands in the place of a tag where an entry is distrusted.</summary>
    public const string Distrusted = "distrusted";

    /// <summary>The name of a wheel as an index, a lock or a user gives it.</summary>
    /// <exception cref="RefusedException">SP-WHEEL-01: it is none.</exception>
    public static WheelFileName ParseName(string fileName) =>
        WheelFileName.TryParse(fileName, out var name, out var problem)
            ? name : throw new RefusedException(new Finding(Fault.NoWheelName, fileName, $"{problem}"));

    /// <summary>The entry of this wheel; null when it is not sealed here.</summary>
    /// <exception cref="StoreDamagedException">The entry's manifest is not what a seal writes.</exception>
    public SealedWheel? Find(Sha256Digest digest)
    {
        if (Holds > TimeSpan.Zero && _found.TryGetValue(digest, out var held) && Stopwatch.GetElapsedTime(held.At) < Holds)
            return held.Wheel;
        string entry = EntryOf(digest), path = Path.Combine(entry, StoreManifest.FileName);
        long at = Stopwatch.GetTimestamp();
        bool isThere = TryLookAt(path, out var status);
        if (!isThere && !Directory.Exists(entry)) return null;
        var stamp = FileStamp.Of(status);
        if (isThere && _found.TryGetValue(digest, out var found) && found.Manifest == stamp)
        {
            _found[digest] = found with { At = at };
            return found.Wheel;
        }
        var wheel = isThere && _keepsTimes.Value && ReadOutline(digest, stamp) is { } outlined
            ? outlined with { StampsFile = StampsOf(digest) } : ReadManifest(digest);
        _found[digest] = (stamp, wheel, at);
        return wheel;
    }

    private SealedWheel? ReadOutline(Sha256Digest digest, in FileStamp manifest) =>
        OutlineFile.TryRead(OutlineOf(digest), digest, EntryOf(digest), manifest, () => ReadManifest(digest));

    private SealedWheel ReadManifest(Sha256Digest digest)
    {
        string entry = EntryOf(digest);
        var manifest = StoreFile.Borrow(Path.Combine(entry, StoreManifest.FileName), StoreManifest.MaxBytes, digest);
        var wheel = StoreManifest.Read(manifest, digest, entry) with
        {
            StampsFile = StampsOf(digest),
            ManifestDigest = Sha256Digest.Of(manifest),
        };
        // Where that throws it is lost to the pool, and no more.
        ArrayPool<byte>.Shared.Return(manifest.Array!);
        return wheel;
    }

    /// <summary>
    /// Makes what spares the next commands the manifest (<see cref="OutlineFile"/>), where there is none: for who has sealed a wheel, or
    /// has just found that it is as it was sealed.
    /// </summary>
    /// <exception cref="StoreDamagedException">The entry's manifest is not what a seal writes.</exception>
    public void KeepOutline(Sha256Digest digest)
    {
        // Its time before its content.
        long at = Stopwatch.GetTimestamp();
        var stamp = FileStamp.OfSettled(Path.Combine(EntryOf(digest), StoreManifest.FileName));
        if (stamp == default || ReadOutline(digest, stamp) is not null) return;
        var wheel = ReadManifest(digest);
        _found[digest] = (stamp, wheel, at);
        if (OutlineFile.Of(wheel, stamp) is { } outline) EntryStamps.WriteOver(OutlineOf(digest), outline);
    }

    // What may not be looked at may not be read either, and then the reading says so.
    private static bool TryLookAt(string path, out FileStatus status)
    {
        try
        {
            return FileStatus.TryRead(path, out status);
        }
        catch (IOException)
        {
            status = default;
            return false;
        }
    }

    /// <summary>Reads several on all cores, so that <see cref="Find(Sha256Digest)"/> has them; what is wrong with one it says.</summary>
    /// <returns>Those of which somebody has found that they are not what was sealed.</returns>
    public IReadOnlySet<Sha256Digest> Prepare(ICollection<Sha256Digest> digests)
    {
        if (digests.Count == 0) return ImmutableHashSet<Sha256Digest>.Empty;
        var distrusted = new ConcurrentBag<Sha256Digest>();
        Parallel.ForEach(digests, digest =>
        {
            if (IsDistrusted(digest)) distrusted.Add(digest);
            _ = TryFind(digest);
        });
        return distrusted.ToHashSet();
    }

    /// <summary>The same, for whom a damaged entry is as good as none.</summary>
    public SealedWheel? TryFind(Sha256Digest digest)
    {
        try
        {
            return Find(digest);
        }
        catch (StoreDamagedException)
        {
            return null;
        }
    }

    /// <summary>The same, where nobody has found that it is not what was sealed.</summary>
    public SealedWheel? FindSound(Sha256Digest digest) => IsDistrusted(digest) ? null : TryFind(digest);

    /// <summary>The same, held against the name and the metadata that the choice was made on: what differs is one more finding.</summary>
    /// <exception cref="StoreDamagedException">The entry's manifest is not what a seal writes.</exception>
    /// <exception cref="RefusedException">SP-WHEEL-03: the same bytes are offered as something else than they are.</exception>
    public SealedWheel? Find(WheelFileName name, Sha256Digest digest, ResolvedMetadata? resolvedOn)
    {
        if (Find(digest) is not { } found) return null;
        if (found.FileName.Name != name.Name || found.FileName.Version != name.Version)
            throw new RefusedException(new Finding(Fault.MetadataOfAnother, found.MetadataPath, name.FileName));
        // Equal bytes need no reading: the manifest knows their hash.
        if (resolvedOn is not { } chosen || found.MetadataDigest == chosen.Digest) return found;
        return found.With(DistInfo.Compare(found.ReadMetadata().Span, chosen, found.MetadataPath));
    }

    /// <summary>
    /// All of them were sealed before a command last had everything written (<see cref="StoreOnDisk"/>), or so long ago that the kernel has
    /// done it by itself.
    /// </summary>
    public bool AreOnDisk(IEnumerable<SealedWheel> wheels, DateTimeOffset now)
    {
        DateTimeOffset? byCommand = StoreOnDisk.Until(_root, now), byItself = now - ContentOnDisk.ByItself();
        return wheels.All(wheel => TryLookAt(wheel.ManifestFile, out var status)
            && status.ChangedAt.ToDateTime() is var at && (at < byCommand || at < byItself));
    }

    /// <summary>Inspects a downloaded wheel and unpacks it into staging. Nothing is decided, and nothing of it is in the store.</summary>
    /// <param name="name">As the index or the lock named it.</param>
    /// <param name="digest">Of <paramref name="wheelFile"/>; already checked by who downloaded it.</param>
    /// <param name="wheelFile">Path of the file.</param>
    /// <param name="limits">The most that the archive may cost.</param>
    /// <exception cref="RefusedException">The wheel contradicts itself so that nobody could accept it; says by which rule.</exception>
    /// <exception cref="ArchiveRefusedException">The archive does.</exception>
    /// <exception cref="UnwritableException">The disk is full or read-only.</exception>
    public static UnpackedWheel Unpack(
        WheelFileName name, Sha256Digest digest, string wheelFile, ArchiveLimits limits, Staging staging, CancellationToken cancel)
    {
        using var file = File.OpenHandle(wheelFile);
        string work = staging.NewDirectory();
        bool isWhole = false;
        try
        {
            string tree = Path.Combine(work, SealedWheel.TreeName);
            Directory.CreateDirectory(tree, SealedTree.OpenDirectoryMode);
            var inspected = new WheelInspection(name, limits).UnpackInto(tree, file, cancel);
            isWhole = true;
            return new UnpackedWheel(name, digest, inspected, work);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new UnwritableException(work, e);
        }
        finally
        {
            if (!isWhole) SealedTree.Remove(work);
        }
    }

    /// <summary>Seals what was unpacked and judged. Of several that seal the same wheel, one entry wins and all get it.</summary>
    /// <param name="replace">An entry that is there is known to be damaged: this one takes its place.</param>
    /// <param name="environment">Which environment brings it, whose programs are shown it; null: nobody in particular.</param>
    /// <exception cref="UnwritableException">The disk is full or read-only.</exception>
    /// <exception cref="StoreDamagedException">There is an entry for this wheel, and it is not what a seal leaves.</exception>
    public SealedWheel Seal(
        UnpackedWheel wheel, bool replace, Staging staging, CancellationToken cancel, string? environment = null)
    {
        try
        {
            SealedTree.WriteFile(Path.Combine(wheel.Work, StoreManifest.FileName), StoreManifest.Write(wheel), SealedTree.FileMode);
            cancel.ThrowIfCancellationRequested();
            // As long as nobody else knows where it lies: afterwards a file would have to be read first.
            string manifest = Path.Combine(wheel.Work, StoreManifest.FileName), tree = Path.Combine(wheel.Work, SealedWheel.TreeName);
            var stamps = EntryStamps.Take(
                manifest, tree, FileTable.Of(wheel.Inspected.Files, wheel.Inspected.Records));
            // Or of an earlier version, whose manifest kept nothing to judge it by.
            bool takesItsPlace = replace || IsDistrusted(wheel.Digest) || Find(wheel.Digest) is { Findings: null };
            return MoveIntoPlace(wheel, environment, takesItsPlace, stamps, staging);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new UnwritableException(wheel.Work, e);
        }
        finally
        {
            SealedTree.Remove(wheel.Work);
        }
    }

    /// <summary>METADATA of a sealed wheel, as this store holds it.</summary>
    /// <exception cref="StoreDamagedException">It is not what was sealed.</exception>
    public ReadOnlyMemory<byte> ReadMetadata(SealedWheel wheel) => (wheel with { Directory = EntryOf(wheel.Digest) }).ReadMetadata();

    // rename(2) does not replace a directory that holds something: who comes second finds the entry of who came first, equal to his own.
    private SealedWheel MoveIntoPlace(
        UnpackedWheel wheel, string? environment, bool takesItsPlace, EntryStamps stamps, Staging staging)
    {
        Sha256Digest digest = wheel.Digest;
        string entry = _places.Claim(digest, environment), beside = SealBeside(entry, wheel.Work, staging);
        _found.TryRemove(digest, out _);
        // Links lead to it: there is no moment without an entry of that name.
        if (takesItsPlace && Directory.Exists(entry))
        {
            EntryStamps.Forget(StampsOf(digest));
            ByteCodeRecord.ForgetAll(StampsOf(digest));
            if (AtomicRename.TryExchange(beside, entry))
            {
                Sealed(digest, stamps);
                SealedTree.Remove(beside);
                return Find(digest)!;
            }
            Directory.Move(entry, staging.NewNameIn(Path.GetDirectoryName(entry)!));
        }
        while (true)
        {
            try
            {
                Directory.Move(beside, entry);
                Sealed(digest, stamps);
                break;
            }
            catch (IOException) when (Directory.Exists(entry))
            {
                SealedTree.Remove(beside);
                break;
            }
            // An environment has claimed it since this one was to lie where it belongs to nobody.
            catch (IOException) when (_places.Claim(digest, environment) is var claimed && !claimed.Equals(entry, StringComparison.Ordinal))
            {
                File.SetUnixFileMode(beside, SealedTree.OpenDirectoryMode);
                (entry, beside) = (claimed, SealBeside(claimed, beside, staging));
            }
        }
        return Find(digest)!;
    }

    // In two steps: a directory without write permission cannot be moved to another, since its ".." has to be rewritten (rename(2),
    // EACCES); only renamed where it is. So it is sealed when it appears, and a kill in between leaves
    // nothing that has to be explained.
    private static string SealBeside(string entry, string work, Staging staging)
    {
        string beside = staging.NewNameIn(Path.GetDirectoryName(entry)!);
        Directory.Move(work, beside);
        Directory.SetLastWriteTimeUtc(beside, SealedTree.SealTime);
        File.SetUnixFileMode(beside, SealedTree.DirectoryMode);
        return beside;
    }

    private void Sealed(Sha256Digest digest, EntryStamps stamps)
    {
        stamps.Write(StampsOf(digest));
        KeepOutline(digest);
        EntryStamps.Forget(DistrustOf(digest));
    }

    /// <summary>
    /// Says of an entry that it is no longer what was sealed: the next command that needs it fetches the wheel anew. Until then it stays,
    /// for environments lead to it.
    /// </summary>
    /// <exception cref="UnwritableException">The data directory cannot be written.</exception>
    public void Distrust(Sha256Digest digest)
    {
        try
        {
            Directory.CreateDirectory(_stamps, SealedTree.OpenDirectoryMode);
            // Whatever is there says it already; a link is not followed.
            if (IsDistrusted(digest)) return;
            using var made = RawFile.TryOpen(
                DistrustOf(digest), RawFile.WriteOnly | RawFile.Create | RawFile.Exclusive, SealedTree.FileMode);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new UnwritableException(DistrustOf(digest), e);
        }
    }

    /// <summary>
    /// Takes an entry that nobody needs out of the store; who needs it then fetches it anew.
    /// </summary>
    /// <param name="staging">Where it goes, and ends.</param>
    public void Discard(Sha256Digest digest, Staging staging)
    {
        string entry = EntryOf(digest);
        _found.TryRemove(digest, out _);
        // Gone at once and whole; the stage takes it along when it ends, however it ends.
        if (Directory.Exists(entry)) Directory.Move(entry, staging.NewNameIn(Path.GetDirectoryName(entry)!));
        _places.Forget(digest);
        EntryStamps.Forget(StampsOf(digest));
        EntryStamps.Forget(OutlineOf(digest));
        EntryStamps.Forget(DistrustOf(digest));
        ByteCodeRecord.ForgetAll(StampsOf(digest));
    }

    /// <summary>The wheels that are sealed here, in no order; damaged entries among them.</summary>
    public IEnumerable<Sha256Digest> Digests => _places.Digests;

    /// <summary>Somebody has found that it is not what was sealed.</summary>
    public bool IsDistrusted(Sha256Digest digest) => FileStatus.TryRead(DistrustOf(digest), out _);

    /// <summary>Below which every wheel has its entry.</summary>
    public string Entries => _entries;

    /// <summary>Absolute: in which of it those lie that an environment brought; it need not be there.</summary>
    public string EntriesBy(string environment) => _places.DirectoryOf(environment);

    /// <summary>Which those are: they lie there, whatever else is known of them.</summary>
    /// <exception cref="Kernel.KernelException">The directory cannot be read.</exception>
    public IReadOnlySet<Sha256Digest> BroughtBy(string environment) => _places.BroughtBy(environment);

    /// <summary>Whether a name below <see cref="Entries"/> is that of such a directory.</summary>
    public static bool IsOfEnvironment(string name) => EntryPlaces.IsOfEnvironment(name);

    /// <summary>
    /// Somebody has compiled a wheel for this kind of interpreter, or found that it cannot be: one look at a name, for every install asks.
    /// </summary>
    public bool IsCompiled(Sha256Digest digest, string tag) => FileStatus.TryRead($"{StampsOf(digest)}.{tag}", out _);

    /// <summary>For which interpreters there is byte code of a wheel, or was begun: of all wheels, by one look at one directory.</summary>
    public ILookup<Sha256Digest, string> ByteCodeTags => ByteCodeRecord.TagsBelow(_stamps);

    /// <summary>Takes all byte code of a wheel away, whoever made it.</summary>
    /// <exception cref="UnwritableException">The data directory cannot be written.</exception>
    /// <exception cref="StoreDamagedException">The entry is not what a seal leaves.</exception>
    public void DropByteCode(Sha256Digest digest)
    {
        try
        {
            if (Find(digest) is { } wheel) ByteCodeSeal.Drop(wheel);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new UnwritableException(EntryOf(digest), e);
        }
    }

    /// <summary>Absolute: where the files of a wheel lie when it is sealed here.</summary>
    public string TreeOf(Sha256Digest digest) => Path.Combine(EntryOf(digest), SealedWheel.TreeName);

    private string DistrustOf(Sha256Digest digest) => StampsOf(digest) + DistrustSuffix;

    private string OutlineOf(Sha256Digest digest) => StampsOf(digest) + OutlineFile.Suffix;

    private string StampsOf(Sha256Digest digest) => Path.Combine(_stamps, digest.Hex);

    /// <summary>Absolute: the entry of a wheel, which need not be there.</summary>
    public string EntryOf(Sha256Digest digest) => _places.Of(digest);

    /// <summary>Absolute, and of which wheel: entries to which nothing leads any more, since somebody took the link away.</summary>
    public IEnumerable<(Sha256Digest Digest, string Directory)> Astray => _places.Astray;

    /// <summary>
    /// Takes away what is known of wheels that are not here, left where a command ended between the two, and directories of environments
    /// of which nothing is here. Nobody may be sealing.
    /// </summary>
    public void ForgetWhatIsGone()
    {
        _places.Tidy();
        if (!Directory.Exists(_stamps)) return;
        foreach (string stamps in Directory.GetFiles(_stamps))
        {
            // With `.distrusted`, or another ending, or none.
            if (!Directory.Exists(Path.Combine(_entries, Path.GetFileName(stamps).Split('.')[0]))) EntryStamps.Forget(stamps);
        }
    }
}
