using Sandpiper.Kernel.Files;
using Sandpiper.Store;

namespace Sandpiper.Environments.Tests.Verifying;

/// <summary>One change of one name in a sealed tree, and the way back to the very same bytes, names, times and modes.</summary>
internal sealed record Mutation(string Name, Action Do, Action Undo)
{
    private const UnixFileMode Writable = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>Null where this kind makes no sense.</summary>
    public static Mutation? Of(string path, int kind, int salt)
    {
        Assert.True(FileStatus.TryRead(path, out var status));
        return (kind, status.Type) switch
        {
            (0, FileType.Regular) => new("touch", () => Touch(path, salt), () => Touch(path, 0)),
            (0, FileType.Directory) => new("touch", () => Touch(path, salt), () => Touch(path, 0)),
            (1, FileType.Regular) when status.Size > 0 => EditInPlace(path, status, salt),
            (2, FileType.Regular) or (2, FileType.SymbolicLink) => Delete(path),
            (3, FileType.Directory) => Add(path, salt),
            (4, FileType.Regular) or (4, FileType.Directory) => new(
                "chmod", () => File.SetUnixFileMode(path, status.Mode ^ UnixFileMode.OtherWrite),
                () => File.SetUnixFileMode(path, status.Mode)),
            (5, _) => ReplaceByLink(path),
            (6, FileType.Regular) => ReplaceByDirectory(path),
            _ => null,
        };
    }

    /// <summary>One bit of a file that is not empty, its time set back.</summary>
    public static Mutation UnseenEdit(string path, int salt)
    {
        Assert.True(FileStatus.TryRead(path, out var status));
        var edit = EditInPlace(path, status, salt);
        return edit with { Do = edit.Undo };
    }

    private static void Touch(string path, int seconds) => File.SetLastWriteTimeUtc(path, SealedTree.SealTime.AddSeconds(seconds));

    private static Mutation EditInPlace(string path, FileStatus status, int salt) => new("edit", () => Flip(path, status, salt), () =>
    {
        Flip(path, status, salt);
        Touch(path, 0);
    });

    private static void Flip(string path, FileStatus status, int salt)
    {
        File.SetUnixFileMode(path, Writable);
        using (var file = File.OpenHandle(path, FileMode.Open, FileAccess.ReadWrite))
        {
            byte[] one = new byte[1];
            long at = salt % status.Size;
            RandomAccess.Read(file, one, at);
            one[0] ^= (byte)(1 << (salt % 8));
            RandomAccess.Write(file, one, at);
        }
        File.SetUnixFileMode(path, status.Mode);
    }

    private static Mutation Delete(string path)
    {
        string keeper = NewKeeper();
        return new("delete", () => Aside(path, keeper), () => Back(path, keeper));
    }

    private static Mutation Add(string path, int salt) => new("add",
        () => InOpen(path, () => File.WriteAllText(Path.Combine(path, $"added-{salt}"), "")),
        () => InOpen(path, () => File.Delete(Path.Combine(path, $"added-{salt}"))));

    private static Mutation ReplaceByLink(string path) =>
        Replace("link", path, () => File.CreateSymbolicLink(path, "elsewhere"), () => File.Delete(path));

    private static Mutation ReplaceByDirectory(string path) =>
        Replace("directory", path, () => Directory.CreateDirectory(path), () => Directory.Delete(path));

    private static Mutation Replace(string name, string path, Action make, Action remove)
    {
        string keeper = NewKeeper(), parent = Path.GetDirectoryName(path)!;
        return new(name, () =>
        {
            Aside(path, keeper);
            InOpen(parent, make);
        }, () =>
        {
            InOpen(parent, remove);
            Back(path, keeper);
        });
    }

    // Moved, not copied: the inode, with its hard links, has to come back.
    private static void Aside(string path, string keeper) => Move(path, keeper);

    private static void Back(string path, string keeper) => Move(keeper, path);

    private static string NewKeeper() => Path.Combine(Path.GetTempPath(), $"sandpiper-kept-{Guid.NewGuid():N}");

    private static void Move(string from, string to)
    {
        UnixFileMode? mode = Directory.Exists(from) && new FileInfo(from).LinkTarget is null ? File.GetUnixFileMode(from) : null;
        if (mode is not null) File.SetUnixFileMode(from, SealedTree.OpenDirectoryMode);
        InOpen(Path.GetDirectoryName(from)!, () => InOpen(Path.GetDirectoryName(to)!, () =>
        {
            if (new FileInfo(from).LinkTarget is { } target)
            {
                File.CreateSymbolicLink(to, target);
                File.Delete(from);
            }
            else if (mode is not null) Directory.Move(from, to);
            else File.Move(from, to);
        }));
        if (mode is not null)
        {
            Directory.SetLastWriteTimeUtc(to, SealedTree.SealTime);
            File.SetUnixFileMode(to, mode.Value);
        }
    }

    private static void InOpen(string directory, Action action)
    {
        if (!FileStatus.TryRead(directory, out var status) || status.Mode != SealedTree.DirectoryMode)
        {
            action();
            return;
        }
        File.SetUnixFileMode(directory, SealedTree.OpenDirectoryMode);
        action();
        Directory.SetLastWriteTimeUtc(directory, SealedTree.SealTime);
        File.SetUnixFileMode(directory, SealedTree.DirectoryMode);
    }
}
