using System.Collections.Immutable;
using Sandpiper.Kernel.Files;

namespace Sandpiper.Auditing.People;

/// <summary>Who besides those who may anyway could write something: owner, mode bits, access control list.</summary>
/// <param name="trusted">Who may: root, and whose place it is.</param>
public sealed class Writers(Accounts accounts, ImmutableArray<uint> trusted)
{
    private const UnixFileMode Sticky = UnixFileMode.StickyBit;

    /// <summary>Whoever may write, as words; none: nobody else.</summary>
    /// <param name="path">Where an access control list is looked for, if the mode bits hint at one.</param>
    public ImmutableArray<string> Of(in FileStatus status, string path)
    {
        bool ownerTrusted = trusted.Contains(status.UserId);
        const UnixFileMode others = UnixFileMode.GroupWrite | UnixFileMode.OtherWrite;
        if (ownerTrusted && (status.Mode & others) == UnixFileMode.None) return [];
        var who = ImmutableArray.CreateBuilder<string>();
        // The owner may give himself the right to write at any time.
        if (!ownerTrusted) who.Add(accounts.UserOf(status.UserId));
        if ((status.Mode & UnixFileMode.OtherWrite) != UnixFileMode.None) who.Add("everybody");
        else if ((status.Mode & UnixFileMode.GroupWrite) != UnixFileMode.None) AddGroups(status, path, who);
        return who.ToImmutable();
    }

    /// <summary>The same of a directory above: where the sticky bit is set, others cannot rename what is ours (unlink(2)).</summary>
    public ImmutableArray<string> OfAncestor(in FileStatus status, string path) =>
        (status.Mode & Sticky) == UnixFileMode.None ? Of(status, path)
        : trusted.Contains(status.UserId) ? [] : [accounts.UserOf(status.UserId)];

    private void AddGroups(in FileStatus status, string path, ImmutableArray<string>.Builder who)
    {
        ImmutableArray<AccessList.Writer> listed = AccessList.WritersOf(path);
        AddGroup(status.GroupId);
        foreach (AccessList.Writer writer in listed)
        {
            if (writer.IsGroup) AddGroup(writer.Id);
            else if (!trusted.Contains(writer.Id)) who.Add(accounts.UserOf(writer.Id));
        }

        void AddGroup(uint group)
        {
            if (accounts.Members(group).Any(m => !trusted.Contains(m))) who.Add(accounts.GroupOf(group, trusted));
        }
    }
}
