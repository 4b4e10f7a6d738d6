using System.Collections.Immutable;
using Microsoft.Win32.SafeHandles;
using Sandpiper.Kernel.Files;

namespace Sandpiper.Sandbox.Profiles;

/// <summary>
/// Trees of sealed packages, shown where they lie: these, and nothing else of the store, whose other packages need not be everybody's.
/// They are many, and one directory holds them; so that is judged, and each of them below it. A mount for each would cost a start 60 us;
/// what the environment itself has brought lies in one directory, and is shown as that.
/// </summary>
/// <param name="Store">The directory in which all of them lie.</param>
/// <param name="Trees">Each once.</param>
public sealed record ShownPackages(ShownPath Store, ImmutableArray<SealedTree> Trees)
{
    /// <summary>Where each is found.</summary>
    public IEnumerable<string> Paths => Trees.Select(tree => PathOf(tree.Name));

    internal string PathOf(string name) => $"{Store.Path}/{name}";

    /// <param name="store">Absolute.</param>
    /// <param name="trees">Absolute, below it.</param>
    /// <param name="whole">Likewise; a directory in which others lie, all of which are shown. Null: there is none.</param>
    /// <exception cref="SandboxUnavailableException">One is gone, or lies elsewhere: behind a link, or in no store.</exception>
    internal static ShownPackages? Needed(string store, ImmutableArray<string> trees, string? whole = null)
    {
        if (whole is not null) trees = trees.Insert(0, whole);
        if (trees.IsEmpty) return null;
        ShownPath judged = ShownPath.Needed(store, PathAccess.Read);
        using SafeFileHandle directory = judged.TryOpenDirectory()
            ?? throw new SandboxUnavailableException(SandboxObstacle.PathAbsent, store);
        return new(judged, [.. trees.Select(path => Judged(directory, judged.Path, path))]);
    }

    private static SealedTree Judged(SafeFileHandle directory, string store, string path)
    {
        if (path.Length > store.Length && DirectoryTree.Holds(store, path))
        {
            string name = path[(store.Length + 1)..];
            using SafeFileHandle tree = PlaceBelow.Open(directory, name);
            if (!tree.IsInvalid && FileFacts.KindOf(tree) is FileType.Directory) return new(name, FileFacts.IdentityOf(tree));
        }
        throw new SandboxUnavailableException(SandboxObstacle.PathAbsent, path);
    }
}

/// <summary>One of them.</summary>
/// <param name="Name">Below the store.</param>
/// <param name="Identity">Which directory it was when it was judged.</param>
public readonly record struct SealedTree(string Name, FileIdentity Identity);
