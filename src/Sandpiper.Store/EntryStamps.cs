using System.Security.Cryptography;
using Microsoft.Win32.SafeHandles;
using Sandpiper.Kernel.Files;
using Sandpiper.Packaging.Names;

namespace Sandpiper.Store;

/// <summary>
/// When each file and directory of a sealed wheel was last seen as it should be: <c>stamps/SHA256</c> below the data root, outside the
/// sealed entry. A file whose stamp still fits need not be read again to know its content, and nothing was added to a directory; every
/// other is looked at.
/// </summary>
/// <remarks>
/// Whoever edits a file can put its size, mode and mtime back, but not its ctime. A hard link moves the ctime too, so whoever makes one
/// stamps anew. What does not fit (another's link, a restored backup, a crash between link and stamp, two commands at once, inodes that a
/// mount numbers afresh) costs one reading, and so does a file of stamps that is lost or garbled.
/// <para>
/// It finds out every program that does not know of us. It proves nothing against one that does: with the user's rights that one can write
/// stamps as well as we can, as it can write manifests and ledgers; <c>verify --full</c> believes no stamp. An edit in the very tick of the
/// kernel's clock in which we link (milliseconds, nothing since Linux 6.13) is such a forgery: it has to wait for us. That is why a young
/// ctime is not held back as git's index does: after a link every one is young, and all would be read every time.
/// </para>
/// </remarks>
public sealed class EntryStamps
{
    private const int StampSize = FileStamp.KeptSize;
    private const int HeaderSize = 8 + SHA256.HashSizeInBytes + StampSize;

    private readonly byte[] _bytes;     // as it is kept, the digest at the end included
    private readonly int _files;
    private bool _isEdited;

    private EntryStamps(byte[] bytes, int files) => (_bytes, _files) = (bytes, files);

    /// <summary>Of <c>manifest.json</c> as the seal wrote it.</summary>
    public Sha256Digest ManifestDigest => Sha256Digest.FromBytes(_bytes.AsSpan(Magic.Length, SHA256.HashSizeInBytes));

    public FileStamp Manifest => FileStamp.ReadFrom(_bytes.AsSpan(HeaderSize - StampSize));

    /// <summary>By the index in <see cref="SealedWheel.Table"/>; safe for several threads, each with files of its own.</summary>
    public FileStamp OfFile(int index) => FileStamp.ReadFrom(At(index));

    /// <summary>By the index among <see cref="SealedWheel.Directories"/>.</summary>
    public FileStamp OfDirectory(int index) => FileStamp.ReadFrom(At(_files + index));

    /// <summary>Its content is known to be what was sealed, as it is now.</summary>
    public void SetFile(int index, in FileStamp stamp) => Set(index, stamp);

    /// <summary>Its names are known to be those that were sealed, as it is now.</summary>
    public void SetDirectory(int index, in FileStamp stamp) => Set(_files + index, stamp);

    private static ReadOnlySpan<byte> Magic => "spstamp2"u8;

    /// <summary>
    /// The stamps of an entry whose manifest is the one that was sealed; null when there are none to be believed.
    /// </summary>
    /// <exception cref="StoreDamagedException">The manifest is another: the digests in it are not those of the wheel.</exception>
    public static EntryStamps? Find(SealedWheel wheel)
    {
        if (TryRead(wheel) is not { } stamps) return null;
        if (FileStatus.TryRead(wheel.ManifestFile, out var now) && FileStamp.Of(now) == stamps.Manifest) return stamps;
        var digest = Sha256Digest.Of(StoreFile.Read(wheel.ManifestFile, StoreManifest.MaxBytes, wheel.Digest));
        return digest == stamps.ManifestDigest
            ? stamps : throw new StoreDamagedException(wheel.Digest, $"{StoreManifest.FileName} has been changed");
    }

    /// <summary>Where nothing is known, to be filled by whoever looks at the files.</summary>
    /// <exception cref="StoreDamagedException">The manifest cannot be read.</exception>
    public static EntryStamps Unknown(SealedWheel wheel)
    {
        var stamps = Empty(wheel.Table.Total, wheel.Directories.Length);
        stamps.SetManifest(Sha256Digest.Of(StoreFile.Read(wheel.ManifestFile, StoreManifest.MaxBytes, wheel.Digest)), default);
        return stamps;
    }

    /// <summary>Of an entry that was just unpacked and that nobody else has seen yet.</summary>
    /// <param name="manifest">Its path, for now.</param>
    /// <param name="tree">Where its files are, for now.</param>
    public static EntryStamps Take(string manifest, string tree, FileTable files)
    {
        var directories = files.Directories;
        var stamps = Empty(files.Total, directories.Length);
        Parallel.For(0, files.Total, i => stamps.SetFile(i, FileStamp.OfSettled(Path.Combine(tree, files[i].StorePath))));
        for (int i = 0; i < directories.Length; i++) stamps.SetDirectory(i, FileStamp.Of(Path.Combine(tree, directories[i])));
        stamps.SetManifest(Sha256Digest.Of(File.ReadAllBytes(manifest)), FileStamp.OfSettled(manifest));
        return stamps;
    }

    /// <summary>After the last look; nothing is written where nothing has changed.</summary>
    /// <remarks>Losing them costs one reading, so a failure is none.</remarks>
    public void Keep(SealedWheel wheel)
    {
        if (!_isEdited) return;
        SetManifest(ManifestDigest, FileStamp.OfSettled(wheel.ManifestFile));
        Write(wheel.StampsFile);
    }

    /// <inheritdoc cref="Keep"/>
    /// <remarks>
    /// Over what is there: of one wheel all have one length, and what two commands or a crash mix is not believed. A file beside, renamed
    /// into place, would have to be on the disk first on ext4, for every wheel of an install.
    /// </remarks>
    public void Write(string path)
    {
        Sha256Digest.Of(Content).CopyTo(_bytes.AsSpan(Content.Length));
        WriteOver(path, _bytes);
    }

    /// <inheritdoc cref="Write"/>
    internal static void WriteOver(string path, byte[] bytes)
    {
        try
        {
            using var file = OpenToWrite(path) ?? MakeToWrite(path);
            if (file is null) return;
            RandomAccess.Write(file, bytes, 0);
            if (RandomAccess.GetLength(file) != bytes.Length) RandomAccess.SetLength(file, bytes.Length);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // the next compose reads once
        }
    }

    /// <summary>
    /// Of an entry that is no more. What is left of them fits no file, so a failure is none: earlier versions had not even the directory.
    /// </summary>
    public static void Forget(string path)
    {
        try
        {
            File.Delete(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // not believed: another inode, another ctime
        }
    }

    // Whatever was put in its place: a link is not followed, a pipe is not waited for.
    private static SafeFileHandle? OpenToWrite(string path) =>
        RawFile.TryOpen(path, RawFile.WriteOnly | RawFile.Create | RawFile.NonBlocking | RawFile.NoFollow);

    private static SafeFileHandle? MakeToWrite(string path)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!, SealedTree.OpenDirectoryMode);
        return OpenToWrite(path);
    }

    private static EntryStamps? TryRead(SealedWheel wheel)
    {
        try
        {
            int size = SizeFor(wheel.Table.Total, wheel.Directories.Length);
            // Of exactly this wheel and nothing else; torn by a crash or garbled, it is none.
            if (RegularFile.TryRead(wheel.StampsFile, size) is not { } bytes || bytes.Length != size) return null;
            var stamps = new EntryStamps(bytes, wheel.Table.Total);
            bool isWhole = stamps.Content.StartsWith(Magic)
                && Sha256Digest.Of(stamps.Content) == Sha256Digest.FromBytes(bytes.AsSpan(stamps.Content.Length));
            return isWhole && FileSystem.KeepsChangeTimes(wheel.Directory) ? stamps : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private ReadOnlySpan<byte> Content => _bytes.AsSpan(0, _bytes.Length - SHA256.HashSizeInBytes);

    private Span<byte> At(int index) => _bytes.AsSpan(HeaderSize + index * StampSize, StampSize);

    private void Set(int index, in FileStamp stamp)
    {
        stamp.WriteTo(At(index));
        _isEdited = true;
    }

    private void SetManifest(Sha256Digest digest, in FileStamp stamp)
    {
        digest.CopyTo(_bytes.AsSpan(Magic.Length));
        stamp.WriteTo(_bytes.AsSpan(HeaderSize - StampSize));
    }

    private static EntryStamps Empty(int files, int directories)
    {
        var stamps = new EntryStamps(new byte[SizeFor(files, directories)], files);
        Magic.CopyTo(stamps._bytes);
        return stamps;
    }

    private static int SizeFor(int files, int directories) =>
        checked(HeaderSize + (files + directories) * StampSize + SHA256.HashSizeInBytes);
}
