using Sandpiper.Kernel.Files;

namespace Sandpiper.Sandbox.Reviews;

/// <summary>What stands in a copy for one name of the original.</summary>
internal enum CopiedKind
{
    File,
    Directory,
    Link,

    /// <summary>An empty file: inside something else is found in its place.</summary>
    Withheld,

    /// <summary>An empty directory or file, over which the original is shown, read-only.</summary>
    LeftOut,

    /// <summary>Nothing: it is no file, or may not be read.</summary>
    NotCopied,
}

/// <param name="Mode">Without set-user-ID and the like.</param>
/// <param name="There">Of the original, before it was read.</param>
/// <param name="Here">Of the copy, when it was made.</param>
internal readonly record struct CopiedEntry(CopiedKind Kind, UnixFileMode Mode, FileStamp There, FileStamp Here)
{
    /// <summary>Of the original, or what stands for it.</summary>
    public bool IsDirectory { get; init; }

    /// <summary>Of a link.</summary>
    public string? Target { get; init; }
}
