using System.Collections.Immutable;
using System.Text;
using Sandpiper.Packaging.Names;
using Sandpiper.Wheels;

namespace Sandpiper.Store;

/// <summary>
/// What lies at the top of a sealed wheel: the names that other wheels could have too. And whether it has anything unusual.
/// </summary>
/// <param name="Tops">In the order in which the files come, each once.</param>
public sealed record FileOutline(ImmutableArray<FileOutline.Top> Tops)
{
    /// <summary>A name at the top.</summary>
    /// <param name="IsDirectory">Else one file.</param>
    /// <param name="IsPlain">
    /// No file of it has to be looked at for itself: none is read at every start, none is rewritten, none is native code that looks for
    /// libraries beside its wheel.
    /// </param>
    public readonly record struct Top(string Name, bool IsDirectory, bool IsPlain);

    /// <summary>Of the wheel's own.</summary>
    public int Files { get; init; }

    /// <summary>Not all of them are installed where they lie in the tree.</summary>
    public bool HasElsewhere { get; init; }

    /// <summary>One of them is read at every start.</summary>
    public bool HasHooks { get; init; }

    /// <summary>Of METADATA; the default value where it is not there.</summary>
    public Sha256Digest Metadata { get; init; }

    /// <summary>The seal made records (<see cref="InstalledRecords"/>).</summary>
    public bool HasRecords { get; init; }

    /// <summary>Of RECORD among them; the default value where it is not there.</summary>
    public Sha256Digest Record { get; init; }

    /// <summary>The same for who asked for the package by name.</summary>
    public Sha256Digest RequestedRecord { get; init; }

    /// <param name="topOf">Of each file the index of its top; -1 for one that is not installed where it lies in the tree.</param>
    internal static FileOutline Of(FileTable table, out ImmutableArray<int> topOf)
    {
        var tops = ImmutableArray.CreateBuilder<Top>();
        var indexes = new Dictionary<string, int>(StringComparer.Ordinal);
        var all = ImmutableArray.CreateBuilder<int>(table.Count);
        var before = ReadOnlySpan<byte>.Empty;
        int index = -1;
        bool hasElsewhere = false, hasHooks = false;
        Sha256Digest metadata = default;
        for (int i = 0; i < table.Count; i++)
        {
            hasHooks |= table.KindOf(i) == StoredFileKind.StartUpHook;
            if (IsMetadata(table.NameOf(i))) metadata = table.DigestOf(i);
            if (!table.IsAtRoot(i))
            {
                hasElsewhere = true;
                all.Add(-1);
                continue;
            }
            var name = table.NameOf(i);
            int slash = name.IndexOf((byte)'/');
            var top = slash < 0 ? name : name[..slash];
            if (index < 0 || !top.SequenceEqual(before))
            {
                before = top;
                string text = Encoding.UTF8.GetString(top);
                if (!indexes.TryGetValue(text, out index))
                {
                    indexes.Add(text, index = tops.Count);
                    tops.Add(new Top(text, slash >= 0, IsPlain: true));
                }
            }
            if (table.KindOf(i) != StoredFileKind.Plain || table.ReachesOut(i)) tops[index] = tops[index] with { IsPlain = false };
            all.Add(index);
        }
        topOf = all.MoveToImmutable();
        return new FileOutline(tops.DrainToImmutable())
        {
            Files = table.Count,
            HasElsewhere = hasElsewhere,
            HasHooks = hasHooks,
            Metadata = metadata,
            HasRecords = table.Total > table.Count,
            Record = RecordIn(table, isRequested: false),
            RequestedRecord = RecordIn(table, isRequested: true),
        };
    }

    private static bool IsMetadata(ReadOnlySpan<byte> name) =>
        name.EndsWith(".dist-info/METADATA"u8) && name.Count((byte)'/') == 1;

    private static Sha256Digest RecordIn(FileTable table, bool isRequested)
    {
        for (int i = table.Count; i < table.Total; i++)
        {
            var name = table.NameOf(i);
            int slash = name.IndexOf((byte)'/');
            if (slash >= 0 && name[slash..].SequenceEqual("/RECORD"u8)
                && name[..slash].SequenceEqual(InstalledRecords.RequestedDirectoryName) == isRequested) return table.DigestOf(i);
        }
        return default;
    }
}
