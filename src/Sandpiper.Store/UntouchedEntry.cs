using System.Collections.Immutable;
using System.Text;
using Sandpiper.Kernel.Files;

namespace Sandpiper.Store;

/// <summary>
/// Whether an entry of the store is, name by name, still what the kernel knew when all of it was last known to be as sealed: one look at
/// each name, and nothing is read or listed. A directory whose ctime is the same has neither got nor lost a name.
/// </summary>
/// <remarks>
/// False says nothing but that somebody has to look closer, for whatever reason: a stamp is lost, another environment has just linked a
/// file, a mount numbers inodes afresh, byte code is being placed.
/// </remarks>
public static class UntouchedEntry
{
    private const int LongestPath = 4096;       // PATH_MAX

    /// <param name="wheel">Whose manifest is the one that was sealed; the caller knows that.</param>
    /// <param name="byteCode">What is known of its byte code, of all interpreters.</param>
    public static bool Is(SealedWheel wheel, EntryStamps stamps, ImmutableArray<ByteCodeRecord> byteCode)
    {
        try
        {
            return LooksIt(wheel, stamps, byteCode);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    private static bool LooksIt(SealedWheel wheel, EntryStamps stamps, ImmutableArray<ByteCodeRecord> byteCode)
    {
        if (!FileStatus.TryRead(wheel.ManifestFile, out var manifest) || FileStamp.Of(manifest) != stamps.Manifest) return false;
        if (!HoldsTwoNames(wheel.Directory) || byteCode.Any(record => !record.IsWhole)) return false;
        using var tree = OpenDirectory.At(wheel.Tree);
        return AreDirectories(tree, wheel, stamps, byteCode) && AreFiles(tree, wheel.Table, stamps)
            && byteCode.All(record => IsByteCode(tree, wheel, record));
    }

    private static bool AreDirectories(OpenDirectory tree, SealedWheel wheel, EntryStamps stamps, ImmutableArray<ByteCodeRecord> byteCode)
    {
        var places = byteCode.IsEmpty ? [] : wheel.Table.Places;
        var directories = wheel.Directories;
        for (int i = 0; i < directories.Length; i++)
        {
            if (!tree.TryLookAt(directories[i].Length == 0 ? "." : directories[i], out var status)) return false;
            var now = FileStamp.Of(status);
            if (now == stamps.OfDirectory(i)) continue;
            int place = places.BinarySearch(directories[i], StringComparer.Ordinal);
            if (place < 0 || !byteCode.Any(record => record.OfPlace(place) == now)) return false;
        }
        return true;
    }

    private static bool AreFiles(OpenDirectory tree, FileTable files, EntryStamps stamps)
    {
        for (int i = 0; i < files.Total; i++)
        {
            if (!tree.TryLookAt(files.NameForKernel(i), out var status) || FileStamp.Of(status) != stamps.OfFile(i)) return false;
        }
        return true;
    }

    private static bool IsByteCode(OpenDirectory tree, SealedWheel wheel, ByteCodeRecord record)
    {
        Span<byte> path = stackalloc byte[LongestPath];
        ReadOnlySpan<byte> tag = Encoding.ASCII.GetBytes(record.Tag);
        var modules = wheel.Modules;
        for (int i = 0; i < modules.Length; i++)
        {
            if (!record.Has(i)) continue;
            var name = modules[i].PathFor(tag, path);
            if (name.IsEmpty || !tree.TryLookAt(name, out var status) || FileStamp.Of(status) != record.OfModule(i)) return false;
        }
        return true;
    }

    // The entry's own directory has no stamp: it is renamed into its place after they are taken.
    private static bool HoldsTwoNames(string entry)
    {
        if (!FileStatus.TryRead(entry, out var status) || status.Type != FileType.Directory || status.Mode != SealedTree.DirectoryMode
            || status.ModifiedAt != UnixTime.Of(SealedTree.SealTime)) return false;
        using var directory = RawFile.TryOpen(entry, RawFile.ReadOnly | RawFile.OnlyDirectories | RawFile.NoFollow);
        return directory is not null && DirectoryEntries.Of(directory, most: 2).Length == 2;
    }
}
