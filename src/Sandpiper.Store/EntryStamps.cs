using System.Collections.Immutable;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Microsoft.Win32.SafeHandles;
using Sandpiper.Kernel.Files;
using Sandpiper.Packaging.Names;
using Sandpiper.Wheels;

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

    private EntryStamps(
        Sha256Digest manifestDigest, FileStamp manifest, ImmutableArray<FileStamp> files, ImmutableArray<FileStamp> directories) =>
        (ManifestDigest, Manifest, Files, Directories) = (manifestDigest, manifest, files, directories);

    /// <summary>Of <c>manifest.json</c> as the seal wrote it.</summary>
    public Sha256Digest ManifestDigest { get; }

    public FileStamp Manifest { get; }

    /// <summary>In the order of <see cref="SealedWheel.Files"/>.</summary>
    public ImmutableArray<FileStamp> Files { get; }

    /// <summary>In the order of <see cref="SealedWheel.Directories"/>.</summary>
    public ImmutableArray<FileStamp> Directories { get; }

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

    /// <summary>Of an entry that was just unpacked and that nobody else has seen yet.</summary>
    /// <param name="manifest">Its path, for now.</param>
    /// <param name="tree">Where its files are, for now.</param>
    public static EntryStamps Take(string manifest, string tree, ImmutableArray<StoredFile> files)
    {
        var stamps = new FileStamp[files.Length];
        Parallel.For(0, stamps.Length, i => stamps[i] = FileStamp.Of(Path.Combine(tree, files[i].StorePath)));
        return new EntryStamps(Sha256Digest.Of(File.ReadAllBytes(manifest)), FileStamp.Of(manifest),
            ImmutableCollectionsMarshal.AsImmutableArray(stamps),
            [
                .. SealedWheel.DirectoriesOf(files, ByteCode.PlacesOf(ByteCode.ModulesOf(files)))
                    .Select(d => FileStamp.Of(Path.Combine(tree, d))),
            ]);
    }

    /// <summary>Losing them costs one reading, so a failure is none.</summary>
    /// <param name="files">In the order of <see cref="SealedWheel.Files"/>; the default value where nothing is known.</param>
    /// <param name="directories">In the order of <see cref="SealedWheel.Directories"/>.</param>
    public static void Keep(SealedWheel wheel, EntryStamps? before, FileStamp[] files, FileStamp[] directories)
    {
        try
        {
            var manifest = FileStamp.Of(wheel.ManifestFile);
            var digest = before?.ManifestDigest
                ?? Sha256Digest.Of(StoreFile.Read(wheel.ManifestFile, StoreManifest.MaxBytes, wheel.Digest));
            new EntryStamps(digest, manifest, ImmutableCollectionsMarshal.AsImmutableArray(files),
                ImmutableCollectionsMarshal.AsImmutableArray(directories)).Write(wheel.StampsFile);
        }
        catch (StoreDamagedException)
        {
            // Whoever reads the entry next says so.
        }
    }

    /// <inheritdoc cref="Keep"/>
    /// <remarks>
    /// Over what is there: of one wheel all have one length, and what two commands or a crash mix is not believed. A file beside, renamed
    /// into place, would have to be on the disk first on ext4, for every wheel of an install.
    /// </remarks>
    public void Write(string path)
    {
        try
        {
            using var file = OpenToWrite(path) ?? MakeToWrite(path);
            if (file is null) return;
            byte[] bytes = ToBytes();
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
            int directories = wheel.Directories.Length;
            int size = checked(HeaderSize + (wheel.Files.Length + directories) * StampSize + SHA256.HashSizeInBytes);
            // Of exactly this wheel and nothing else; torn by a crash or garbled, it is none.
            if (RegularFile.TryRead(wheel.StampsFile, size) is not { } bytes || bytes.Length != size) return null;
            var content = bytes.AsSpan(0, size - SHA256.HashSizeInBytes);
            if (!content.StartsWith(Magic) || !SHA256.HashData(content).AsSpan().SequenceEqual(bytes.AsSpan(content.Length))) return null;
            if (!FileSystem.KeepsChangeTimes(wheel.Directory)) return null;
            var all = new FileStamp[wheel.Files.Length + directories];
            for (int i = 0; i < all.Length; i++) all[i] = FileStamp.ReadFrom(content[(HeaderSize + i * StampSize)..]);
            var manifest = Sha256Digest.FromBytes(content.Slice(Magic.Length, SHA256.HashSizeInBytes));
            return new EntryStamps(
                manifest, FileStamp.ReadFrom(content[(HeaderSize - StampSize)..]), [.. all[..^directories]], [.. all[^directories..]]);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private byte[] ToBytes()
    {
        ImmutableArray<FileStamp> all = [.. Files, .. Directories];
        byte[] bytes = new byte[HeaderSize + all.Length * StampSize + SHA256.HashSizeInBytes];
        var content = bytes.AsSpan(0, bytes.Length - SHA256.HashSizeInBytes);
        Magic.CopyTo(content);
        Convert.FromHexString(ManifestDigest.Hex).CopyTo(content[Magic.Length..]);
        Manifest.WriteTo(content[(HeaderSize - StampSize)..]);
        for (int i = 0; i < all.Length; i++) all[i].WriteTo(content[(HeaderSize + i * StampSize)..]);
        SHA256.HashData(content, bytes.AsSpan(content.Length));
        return bytes;
    }
}
