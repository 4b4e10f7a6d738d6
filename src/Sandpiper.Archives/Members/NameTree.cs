using System.Collections.Immutable;

namespace Sandpiper.Archives.Members;

/// <summary>What a format knows of a member when only its name is read.</summary>
/// <param name="Offset">Of the header that carries it, in bytes from the start.</param>
internal readonly record struct NamedMember(string Name, bool IsDirectory, long Offset);

/// <summary>The names of all members together: no two are one, and no file stands where a directory has to be.</summary>
internal static class NameTree
{
    /// <exception cref="ArchiveRefusedException">What is unpacked would depend on the order, or on who unpacks it.</exception>
    public static void MustBeConsistent(ImmutableArray<NamedMember> members, ArchiveLimits limits)
    {
        var isDirectory = new Dictionary<string, bool>(members.Length, StringComparer.Ordinal);
        foreach (var member in members)
        {
            if (!isDirectory.TryAdd(member.Name, member.IsDirectory))
                throw Refuse(MemberRules.Duplicate, "two members have this name", member);
        }
        var byPrefix = isDirectory.GetAlternateLookup<ReadOnlySpan<char>>();
        var directories = new HashSet<string>(StringComparer.Ordinal).GetAlternateLookup<ReadOnlySpan<char>>();
        foreach (var member in members)
        {
            var above = member.Name.AsSpan();
            while (above.LastIndexOf('/') is >= 0 and var slash)
            {
                above = above[..slash];
                if (!directories.Add(above)) break;     // and so were those above it
                if (directories.Set.Count > limits.MaxDirectories)
                    throw Refuse(MemberRules.TooMany, $"its names need more than {limits.MaxDirectories} directories", member);
                if (byPrefix.TryGetValue(above, out bool isThere) && !isThere)
                    throw Refuse(MemberRules.FileAsDirectory, $"`{above}` above it is a file", member);
            }
        }

        static ArchiveRefusedException Refuse(string rule, string because, NamedMember member) =>
            new(rule, because, member.Name, member.Offset);
    }
}
