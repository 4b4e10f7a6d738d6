using System.Collections.Frozen;
using System.Collections.Immutable;
using Microsoft.Win32.SafeHandles;
using Sandpiper.Kernel.Files;

namespace Sandpiper.Sandbox.Leftovers;

/// <summary>One directory that a program may write, held open, with what others would run in it before the program began.</summary>
/// <param name="Root">Its path, as it was granted.</param>
/// <param name="Real">Where it really lies.</param>
/// <param name="Directory">Opened for reading.</param>
/// <param name="Whole">Names directly in it whose content cannot be changed.</param>
/// <param name="Free">Paths below it that were granted by themselves.</param>
/// <param name="Shown">Places to which a link may lead: all that the program is shown.</param>
/// <param name="Before">What was there.</param>
internal sealed record WatchedRoot(
    string Root, string Real, SafeFileHandle Directory, FrozenSet<string> Whole, FrozenSet<string> Free, ImmutableArray<string> Shown,
    Dictionary<string, Watched> Before)
{
    /// <summary>Who wrote here had ended by then: what was made later is somebody else's. Null: it was ended just now.</summary>
    public DateTimeOffset? EndedBy { get; init; }

    public Dictionary<string, Watched> Read(Func<string, bool>? mayBeOpened = null)
    {
        Descriptor.MoveTo(Directory, 0);
        return WatchedTree.Read(Directory, Root, Whole, Free, path => Shown.Any(shown => DirectoryTree.Holds(shown, path)),
            mayBeOpened: mayBeOpened);
    }

    /// <summary>Whether something in it was made when whoever wrote here had ended.</summary>
    /// <remarks>A name that something older was given since then may still be the program's work: that is not meant.</remarks>
    public bool IsLater(string path)
    {
        if (EndedBy is not { } ended) return false;
        using SafeFileHandle place = PlaceBelow.Open(Directory, WatchedTree.BytesOf(path));
        return !place.IsInvalid && FileFacts.BornAt(place) is { } born && born.ToDateTime() > ended;
    }
}
