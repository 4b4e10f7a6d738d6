using System.Collections.Immutable;

namespace Sandpiper.Archives.Zip;

/// <summary>
/// Where members lie: one behind the other, from the first byte to the central directory. A reader that walks the local headers then
/// meets the same members as one that starts from the directory.
/// </summary>
internal static class Layout
{
    /// <returns>In the order of <paramref name="entries"/>.</returns>
    /// <exception cref="ArchiveRefusedException">A byte belongs to no member, or to two; or a member contradicts itself.</exception>
    public static ImmutableArray<ZipMember> MustFill(ArchiveBytes archive, ImmutableArray<CentralEntry> entries, long directoryOffset)
    {
        var members = new ZipMember[entries.Length];
        long next = 0;
        foreach (int i in Enumerable.Range(0, entries.Length).OrderBy(i => entries[i].HeaderOffset))
        {
            var entry = entries[i];
            if (entry.HeaderOffset < next) throw Refuse("it overlaps another member", entry.Name);
            if (entry.HeaderOffset > next) throw Refuse("there are bytes before it that belong to no member", entry.Name);
            members[i] = LocalHeader.MustAgree(archive, entry, out next);
        }
        if (next < directoryOffset) throw Refuse("there are bytes before the central directory that belong to no member", member: null);
        if (next > directoryOffset) throw Refuse("the last member overlaps the central directory", member: null);
        return [.. members];

        ArchiveRefusedException Refuse(string because, string? member) => new(ZipRules.Gap, because, member, next);
    }
}
