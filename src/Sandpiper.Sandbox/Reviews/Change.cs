namespace Sandpiper.Sandbox.Reviews;

/// <summary>What a program did to a name.</summary>
public enum ChangeKind
{
    /// <summary>There was none.</summary>
    New,

    /// <summary>It has another content, or is a file where a link was.</summary>
    Changed,

    /// <summary>It is gone.</summary>
    Removed,

    /// <summary>Who may read, write or start it is another.</summary>
    Mode,

    /// <summary>A link, new or with another target, or where a file was.</summary>
    Link,
}

/// <summary>What a name stands for; of one that was removed: stood for.</summary>
public enum ChangedType
{
    File,
    Directory,
    Link,

    /// <summary>A FIFO, a socket, a device.</summary>
    Other,
}

/// <summary>Why a change cannot be taken at all.</summary>
public enum ChangeObstacle
{
    None,

    /// <summary>It is neither a file nor a directory nor a link.</summary>
    NoFile,

    /// <summary>What is there was not copied, or only shown: what the program put in its place stands for nothing.</summary>
    NotCopied,

    /// <summary>What is there was withheld from the program.</summary>
    Withheld,

    /// <summary>It lies deeper than anybody looks.</summary>
    TooDeep,

    /// <summary>It is a file of more than <see cref="CopyBudget.MostBytes"/>, be it of holes; it stays in the copy.</summary>
    TooLarge,
}

/// <summary>One name that is another one in the copy than it was in the original.</summary>
/// <param name="Root">Which of the copied directories, from 0.</param>
/// <param name="Path">Below it; each byte of it a character.</param>
/// <param name="Kind">What was done to it.</param>
/// <param name="Type">What it is.</param>
public sealed record Change(int Root, string Path, ChangeKind Kind, ChangedType Type)
{
    /// <summary>Of a file that was there.</summary>
    public long? BytesBefore { get; init; }

    /// <summary>Of a file that is there in the copy.</summary>
    public long? BytesAfter { get; init; }

    /// <summary>Permissions that it had; null: it was not there, or a link.</summary>
    public UnixFileMode? ModeBefore { get; init; }

    /// <summary>Permissions that it has in the copy.</summary>
    public UnixFileMode? ModeAfter { get; init; }

    /// <summary>Of a link in the copy: where it leads; each byte of it a character.</summary>
    public string? Target { get; init; }

    /// <summary>The original when it was copied; null: there was none.</summary>
    public FileStamp? Before { get; init; }

    /// <summary>Who runs what has this name; null: nobody by its name.</summary>
    public string? RunBy { get; init; }

    /// <summary>
    /// It, or the directory that it lies in, runs unasked (git, an editor, a shell), or leads elsewhere: it is taken only where that is
    /// named. Null: it needs no naming.
    /// </summary>
    public string? ToBeNamed { get; init; }

    /// <summary>Why it cannot be taken.</summary>
    public ChangeObstacle Obstacle { get; init; }

    /// <summary>The directories that a path lies in, the uppermost first.</summary>
    internal static IEnumerable<string> Above(string path)
    {
        for (int slash = path.IndexOf('/'); slash >= 0; slash = path.IndexOf('/', slash + 1)) yield return path[..slash];
    }

    /// <summary>As a person reads it.</summary>
    public string ShownPath => Leftovers.WatchedTree.Shown(Path);

    /// <summary>As a person reads it.</summary>
    public string? ShownTarget => Target is null ? null : Leftovers.WatchedTree.Shown(Target);
}
