using System.Collections.Immutable;
using Sandpiper.Kernel.Files;

namespace Sandpiper.Sandbox.Profiles;

/// <summary>Sealed packages that are shown where they lie, and nothing else of the store.</summary>
/// <remarks>
/// They are many, and bubblewrap reads the whole table of mounts at each: the second stage puts them there by handle, from a view of the
/// store that is gone before the program starts.
/// </remarks>
/// <param name="Store">Where all of them lie.</param>
/// <param name="Trees">Each below the store, read-only.</param>
public sealed record PackageTrees(ShownPath Store, ImmutableArray<ShownPath> Trees)
{
    /// <summary>None, where there is nothing to show.</summary>
    /// <exception cref="SandboxUnavailableException">One is gone, or lies elsewhere.</exception>
    public static PackageTrees? In(string store, ImmutableArray<string> trees)
    {
        if (trees.IsEmpty) return null;
        ShownPath whole = ShownPath.Needed(store, PathAccess.Read);
        ImmutableArray<ShownPath> shown = [.. trees.Select(tree => ShownPath.Needed(tree, PathAccess.Read))];
        return shown.FirstOrDefault(tree => !DirectoryTree.Holds(whole.Real, tree.Real)) is { } elsewhere
            ? throw new SandboxUnavailableException(SandboxObstacle.PathAbsent, elsewhere.Path)
            : new PackageTrees(whole, shown);
    }

    /// <summary>Where a tree lies in the store, without a slash at its beginning.</summary>
    internal string PlaceInStore(ShownPath tree) => tree.Real[(Store.Real.Length + 1)..];
}
