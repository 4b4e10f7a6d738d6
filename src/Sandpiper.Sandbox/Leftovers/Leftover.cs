namespace Sandpiper.Sandbox.Leftovers;

/// <summary>What a program left, where it may write, that other programs run by themselves; or somebody else did meanwhile.</summary>
/// <param name="Root">The directory that it may write.</param>
/// <param name="Path">Below that; each byte of it a character.</param>
/// <param name="Rule">Who runs it.</param>
/// <param name="IsNew">Else it was there, and is another one or changed.</param>
public sealed record Leftover(string Root, string Path, AutorunName Rule, bool IsNew)
{
    /// <summary>Of a link: where it leads.</summary>
    public string? Target { get; init; }

    /// <summary>It was made when the program had ended, by somebody else: nobody looked at the end itself.</summary>
    public bool IsLater { get; init; }

    /// <summary>As a person reads it.</summary>
    public string ShownPath => System.IO.Path.Join(Root, WatchedTree.Shown(Path));

    /// <summary>
    /// It is to be kept aside: nobody misses what was not there before, nor byte code, which is made anew. What was there and is another
    /// one now is the user's work, and only told; so is what he made when the program was dead.
    /// </summary>
    public bool IsKeptAside => Rule.IsUnasked && !IsLater && (IsNew || Rule.Name is "*.pyc" or "*.pyo");
}
