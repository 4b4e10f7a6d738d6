using System.Security.Cryptography;
using Sandpiper.Kernel.Files;
using Sandpiper.Packaging.Names;
using Sandpiper.Store;

namespace Sandpiper.Environments.Composing;

/// <summary>
/// One entry of the store while its files get second names: what somebody edited there, or through an environment that shares its files, is
/// not carried on. Nothing is linked that was not either untouched since its content was known, or read now.
/// </summary>
internal sealed class LinkedEntry : IDisposable
{
    private static readonly UnixTime Sealed = UnixTime.Of(SealedTree.SealTime);

    private readonly SealedWheel _wheel;
    private readonly OpenDirectory _tree;
    private readonly EntryStamps? _before;
    private readonly FileStamp[] _stamps;

    /// <exception cref="StoreDamagedException">Its manifest is not the one that was sealed, or its files are gone.</exception>
    public LinkedEntry(SealedWheel wheel)
    {
        _wheel = wheel;
        _before = EntryStamps.Find(wheel);
        _stamps = _before?.Files.ToArray() ?? new FileStamp[wheel.Files.Length];
        try
        {
            _tree = OpenDirectory.At(wheel.Tree);
        }
        catch (IOException)
        {
            throw new StoreDamagedException(wheel.Digest, "its files cannot be opened");
        }
    }

    /// <summary>Safe for several threads, each with files of its own.</summary>
    /// <returns>False where the file system has no hard link for it.</returns>
    /// <exception cref="StoreDamagedException">It is gone, or not as it was sealed.</exception>
    public bool TryLink(LinkedFile file, OpenDirectory into, string name, string generation)
    {
        if (!_tree.TryLookAt(file.Stored.StorePath, out var before)) throw Damaged(file, "is gone");
        MustLookSealed(file, before);
        if (!into.TryAdopt(_tree, file.Stored.StorePath, name)) return false;

        // The link itself has moved the ctime. Looked at before the content is read: an edit during the reading shows the next time.
        if (!into.TryLookAt(name, out var after) || after.Identity != before.Identity)
            throw Damaged(file, "was replaced while it was linked");
        MustLookSealed(file, after);
        bool isUntouched = _stamps[file.Index] == FileStamp.Of(before);
        if (!isUntouched && DigestOf(Path.Combine(generation, file.Path), after) != file.Digest) throw Damaged(file, "has been changed");
        _stamps[file.Index] = FileStamp.Of(after);
        return true;
    }

    /// <summary>After the last link.</summary>
    public void KeepStamps() => EntryStamps.Keep(_wheel, _before, _stamps);

    public void Dispose() => _tree.Dispose();

    private void MustLookSealed(LinkedFile file, in FileStatus status)
    {
        bool asSealed = status.Type == FileType.Regular && status.Size == file.Size && status.ModifiedAt == Sealed
            && status.Mode == (file.IsExecutable ? SealedTree.ExecutableMode : SealedTree.FileMode);
        if (!asSealed) throw Damaged(file, "has been changed");
    }

    private static Sha256Digest? DigestOf(string path, in FileStatus expected)
    {
        using var file = RegularFile.TryOpen(path);
        if (file is null || FileStatus.Of(file).Identity != expected.Identity) return null;
        using var content = new FileStream(file, FileAccess.Read, bufferSize: 0);
        return Sha256Digest.FromBytes(SHA256.HashData(content));
    }

    private StoreDamagedException Damaged(LinkedFile file, string how) => new(_wheel.Digest, $"{file.Stored.StorePath} {how}");
}
