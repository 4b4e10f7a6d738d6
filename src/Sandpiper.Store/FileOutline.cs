using System.Collections.Immutable;
using System.Text;
using Sandpiper.Wheels;

namespace Sandpiper.Store;

/// <summary>What lies at the top of a sealed wheel: the names that other wheels could have too.</summary>
/// <param name="Tops">In the order in which the files come.</param>
/// <param name="TopOf">Of each file the index of its top among them; -1 for one that is not installed where it lies in the tree.</param>
public sealed record FileOutline(ImmutableArray<FileOutline.Top> Tops, ImmutableArray<int> TopOf)
{
    /// <summary>A name at the top.</summary>
    /// <param name="IsDirectory">Else one file.</param>
    /// <param name="IsPlain">
    /// No file of it has to be looked at for itself: none is read at every start, none is rewritten, none is native code that looks for
    /// libraries beside its wheel.
    /// </param>
    public readonly record struct Top(string Name, bool IsDirectory, bool IsPlain);

    internal static FileOutline Of(FileTable table)
    {
        var tops = ImmutableArray.CreateBuilder<Top>();
        var indexes = new Dictionary<string, int>(StringComparer.Ordinal);
        var topOf = ImmutableArray.CreateBuilder<int>(table.Count);
        var before = ReadOnlySpan<byte>.Empty;
        int index = -1;
        for (int i = 0; i < table.Count; i++)
        {
            if (!table.IsAtRoot(i))
            {
                topOf.Add(-1);
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
            topOf.Add(index);
        }
        return new FileOutline(tops.DrainToImmutable(), topOf.MoveToImmutable());
    }
}
