using Sandpiper.Packaging.Names;
using Sandpiper.Store;
using Sandpiper.Wheels;

namespace Sandpiper.Environments.Composing;

/// <summary>One file of the generation to be: a second name for a file of the store, or one that is written.</summary>
/// <param name="Path">Relative to the generation.</param>
/// <param name="Digest">Of its content.</param>
public abstract record TreeFile(string Path, Sha256Digest Digest, long Size, bool IsExecutable)
{
    /// <param name="index">Of the file among those of the wheel.</param>
    /// <param name="stored">That file.</param>
    public static TreeFile Linked(string path, SealedWheel wheel, int index, StoredFile stored) =>
        new LinkedFile(path, wheel, index, stored);

    public static TreeFile Written(string path, byte[] content, bool isExecutable = false) => new WrittenFile(path, content, isExecutable);
}

/// <summary>A file of the store, under another name.</summary>
public sealed record LinkedFile(string Path, SealedWheel Wheel, int Index, StoredFile Stored)
    : TreeFile(Path, Stored.Digest, Stored.Size, Stored.IsExecutable);

/// <summary>A file that is written for this generation alone.</summary>
public sealed record WrittenFile(string Path, byte[] Content, bool IsExecutable)
    : TreeFile(Path, Sha256Digest.Of(Content), Content.Length, IsExecutable);
