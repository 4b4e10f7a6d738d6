using System.Collections.Immutable;
using Sandpiper.Kernel.Files;
using Sandpiper.Packaging.Names;

namespace Sandpiper.Store;

/// <summary>
/// Puts byte code that was made elsewhere beside the sealed modules of a wheel. Every file comes whole, by one rename; nothing but the
/// directories for byte code is opened for it, each for that moment. A kill leaves at most one of them open, which the record says.
/// </summary>
public sealed class ByteCodeSeal(WheelStore store, string tag)
{
    /// <summary>Writes it beside, sealed, for <see cref="Place"/> to move.</summary>
    /// <param name="contents">In the order of the wheel's modules; null for one that did not compile.</param>
    /// <exception cref="UnwritableException">The disk is full or read-only.</exception>
    public static StagedByteCode Stage(SealedWheel wheel, IReadOnlyList<ReadOnlyMemory<byte>?> contents, Staging staging)
    {
        string directory = staging.NewDirectory();
        var digests = ImmutableArray.CreateBuilder<Sha256Digest?>(contents.Count);
        var sizes = ImmutableArray.CreateBuilder<long>(contents.Count);
        try
        {
            for (int i = 0; i < contents.Count; i++)
            {
                digests.Add(contents[i] is { } content ? Sha256Digest.Of(content.Span) : null);
                sizes.Add(contents[i]?.Length ?? 0);
                if (contents[i] is { } bytes) SealedTree.WriteFile(Path.Combine(directory, $"{i}"), bytes.Span, SealedTree.FileMode);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new UnwritableException(directory, e);
        }
        return new StagedByteCode(wheel.Digest, directory, digests.MoveToImmutable(), sizes.MoveToImmutable());
    }

    /// <summary>
    /// Moves it into its places. The store is in use (<see cref="StoreUse"/>), and what was staged is on the disk: byte code that is cut
    /// short would fail at every import.
    /// </summary>
    /// <returns>False when the wheel is gone, or is no longer what was sealed; then nothing was changed.</returns>
    /// <exception cref="UnwritableException">The disk is full or read-only; what was begun is on record.</exception>
    public bool Place(StagedByteCode staged)
    {
        try
        {
            if (store.Find(staged.Wheel) is not { } wheel || store.IsDistrusted(staged.Wheel)) return false;
            // Two that compile one wheel need not write the same bytes; who came first stays.
            if (store.IsCompiled(wheel.Digest, tag)) return true;
            var modules = wheel.Modules;
            var places = ByteCode.PlacesOf(modules);
            if (modules.Length != staged.Digests.Length || !places.All(p => HoldsNothingElse(wheel, modules, p))) return false;
            ByteCodeRecord.Of(wheel, tag, staged.Digests, [.. staged.Sizes.Select(s => new FileStamp(0, s, default))],
                new FileStamp[places.Length]).Write(wheel, isWhole: false);
            foreach (var group in modules.Select((m, i) => (Module: m, Index: i)).GroupBy(m => m.Module.Place, StringComparer.Ordinal))
            {
                string place = Path.Combine(wheel.Tree, group.Key);
                File.SetUnixFileMode(place, SealedTree.OpenDirectoryMode | SealedTree.DirectoryMode);
                foreach (var (module, index) in group)
                {
                    string path = Path.Combine(place, module.NameFor(tag));
                    if (staged.Digests[index] is not null) AtomicRename.Replace(Path.Combine(staged.Directory, $"{index}"), path);
                    else File.Delete(path);
                }
                Close(place);
            }
            ByteCodeRecord.Of(wheel, tag, staged.Digests, [.. modules.Select((m, i) => StampOf(wheel, m, staged, i))],
                [.. places.Select(p => FileStamp.Of(Path.Combine(wheel.Tree, p)))]).Write(wheel, isWhole: true);
            return true;
        }
        catch (StoreDamagedException)
        {
            return false;       // whoever installs it next says so
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new UnwritableException(store.EntryOf(staged.Wheel), e);
        }
    }

    /// <summary>Takes all byte code of a wheel away, whoever put it there; what the wheel itself has in such a directory stays.</summary>
    /// <exception cref="IOException">It could not be removed.</exception>
    public static void Drop(SealedWheel wheel)
    {
        var own = OwnNames(wheel);
        foreach (string place in ByteCode.PlacesOf(wheel.Modules))
        {
            string directory = Path.Combine(wheel.Tree, place);
            if (!FileStatus.TryRead(directory, out var status) || status.Type != FileType.Directory) continue;
            File.SetUnixFileMode(directory, SealedTree.OpenDirectoryMode | SealedTree.DirectoryMode);
            foreach (string entry in Directory.GetFileSystemEntries(directory))
            {
                if (!own.Contains($"{place}/{Path.GetFileName(entry)}")) SealedTree.Remove(entry);
            }
            Close(directory);
        }
        ByteCodeRecord.ForgetAll(wheel.StampsFile);
    }

    /// <summary>The names that a wheel itself has: files and directories, below its tree.</summary>
    private static HashSet<string> OwnNames(SealedWheel wheel) =>
        [.. wheel.Files.Select(f => f.StorePath), .. wheel.Directories];

    // What somebody else put there is not sealed along with ours.
    private static bool HoldsNothingElse(SealedWheel wheel, ImmutableArray<ByteCode.Module> modules, string place)
    {
        string directory = Path.Combine(wheel.Tree, place);
        if (!FileStatus.TryRead(directory, out var status) || status.Type != FileType.Directory) return false;
        string[] names = [.. Directory.GetFileSystemEntries(directory).Select(e => Path.GetFileName(e))];
        if (names.Length == 0) return true;
        var known = OwnNames(wheel);
        foreach (var record in ByteCodeRecord.All(wheel)) known.UnionWith(record.NamesIn(place, modules).Select(n => $"{place}/{n}"));
        return names.All(n => known.Contains($"{place}/{n}"));
    }

    private FileStamp StampOf(SealedWheel wheel, ByteCode.Module module, StagedByteCode staged, int index) =>
        staged.Digests[index] is null ? default : FileStamp.OfSettled(Path.Combine(wheel.Tree, module.PathFor(tag)));

    private static void Close(string directory)
    {
        Directory.SetLastWriteTimeUtc(directory, SealedTree.SealTime);
        File.SetUnixFileMode(directory, SealedTree.DirectoryMode);
    }
}

/// <summary>Byte code of one wheel on its way into the store.</summary>
/// <param name="Directory">Absolute, in a stage: one file a module, by its index.</param>
/// <param name="Digests">In the order of the modules; null for one that did not compile.</param>
/// <param name="Sizes">In bytes.</param>
public sealed record StagedByteCode(
    Sha256Digest Wheel, string Directory, ImmutableArray<Sha256Digest?> Digests, ImmutableArray<long> Sizes);
