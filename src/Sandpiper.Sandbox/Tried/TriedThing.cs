using System.Collections.Immutable;
using Sandpiper.Sandbox.Denials;

namespace Sandpiper.Sandbox.Tried;

/// <summary>What a program tried, in the order in which it is told.</summary>
public enum TriedKind
{
    /// <summary>Keys of the user's that it was not shown.</summary>
    Key,

    /// <summary>A file or a directory that is there for the user and was not shown.</summary>
    Unshown,

    /// <summary>To make, change or remove something that it may not write.</summary>
    RefusedWrite,

    /// <summary>To make, change or remove something in its home, which is a private one.</summary>
    HomeWrite,

    /// <summary>A host or an address.</summary>
    Host,

    /// <summary>A socket of this machine's.</summary>
    LocalSocket,

    /// <summary>A program that it started.</summary>
    Program,
}

/// <summary>
/// What is in the way of a write. What the kernel answers to it nobody outside hears: mostly, and in this order, EROFS; EROFS, or EBUSY
/// where the name itself would go; ENOENT.
/// </summary>
public enum WriteObstacle
{
    /// <summary>What it is shown may only be read.</summary>
    ReadOnly,

    /// <summary>It may write there, but for this name.</summary>
    Protected,

    /// <summary>It is not there for it.</summary>
    NotShown,
}

/// <summary>One thing that a program tried.</summary>
/// <param name="What">A path, a host, an address.</param>
/// <param name="Times">How often it was asked for.</param>
public sealed record TriedThing(TriedKind Kind, string What, long Times)
{
    /// <summary>Of a file: it was opened, not only looked for. Of a host: a connection was asked for, not only its address.</summary>
    public bool IsOpened { get; init; }

    /// <summary>Of a host or a socket: it was reached.</summary>
    public bool IsReached { get; init; }

    /// <summary>Of a connection: what it was told in its place, an error number; zero where there was no other answer.</summary>
    public int Errno { get; init; }

    /// <summary>
    /// Of a connection: what came of it only the program knows, which did not wait, or nobody: UDP has none, only messages.
    /// </summary>
    public bool IsBegun { get; init; }

    /// <summary>Of a write: what is in its way.</summary>
    public WriteObstacle? Obstacle { get; init; }

    /// <summary>Of a file: its user may not read it either.</summary>
    public bool IsOfOthers { get; init; }

    /// <summary>Of a write: what would have to be granted; null: nothing that can be.</summary>
    public DeniedWrite? Wanted { get; init; }
}

/// <summary>All that a program tried, as far as it was seen.</summary>
/// <param name="Things">Sorted.</param>
/// <param name="LeftOut">How many calls were not noted: too many different ones, or too long.</param>
/// <param name="NotLooked">How many paths nobody looked at: they lie on a server, or have something mounted.</param>
/// <param name="Unread">How many calls could not be read in its memory.</param>
public sealed record TriedReport(ImmutableArray<TriedThing> Things, long LeftOut, long NotLooked, long Unread);
