using System.Collections.Immutable;
using Sandpiper.Archives.Members;

namespace Sandpiper.Archives.Zip;

/// <summary>Reads the central directory, one entry after the other, to its last byte, and adds up what unpacking would cost.</summary>
internal static class CentralDirectory
{
    private const int MaxBytes = 64 << 20;          // it is read whole; 200,000 members of 300 bytes
    private const long RatioFloorBytes = 64 << 20;  // below it a ratio says nothing: a megabyte of zeros is a thousand bytes

    /// <exception cref="ArchiveRefusedException">It is not what every reader would read, or costs too much.</exception>
    public static ImmutableArray<CentralEntry> Read(ArchiveBytes archive, EndRecord end, ArchiveLimits limits)
    {
        if (end.Count > limits.MaxMembers) throw Refuse(MemberRules.TooMany, $"it has more than {limits.MaxMembers} members");
        if (end.DirectorySize > MaxBytes) throw Refuse(MemberRules.TooMany, $"its central directory has more than {MaxBytes} bytes");
        if (end.Count > end.DirectorySize / CentralEntry.FixedSize)
            throw Refuse(ZipRules.Directory, "more members are promised than the central directory has room for");

        ReadOnlySpan<byte> rest = archive.Read(end.DirectoryOffset, end.DirectorySize, member: null);
        var entries = ImmutableArray.CreateBuilder<CentralEntry>((int)end.Count);
        long total = 0;
        while (entries.Count < end.Count)
        {
            var entry = CentralEntry.Read(rest, end.DirectoryOffset + end.DirectorySize - rest.Length, limits.MaxDepth, out int length);
            if (entry.Size > limits.MaxMemberBytes)
                throw Refuse(MemberRules.TooLarge, $"it would unpack to more than {limits.MaxMemberBytes} bytes", entry.Name);
            if (entry.Size > limits.MaxTotalBytes - total)
                throw Refuse(MemberRules.TooLargeInAll, $"the archive would unpack to more than {limits.MaxTotalBytes} bytes");
            total += entry.Size;
            entries.Add(entry);
            rest = rest[length..];
        }
        if (!rest.IsEmpty) throw Refuse(ZipRules.Directory, "the central directory has more in it than the members that are counted");
        if (total > RatioFloorBytes && total / limits.MaxRatio > archive.Length)
            throw Refuse(MemberRules.Ratio, $"it would unpack to more than {limits.MaxRatio} bytes for each of its own");
        return entries.MoveToImmutable();

        ArchiveRefusedException Refuse(string rule, string because, string? member = null) =>
            new(rule, because, member, end.DirectoryOffset);
    }
}
