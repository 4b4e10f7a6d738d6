using System.Collections.Immutable;
using System.Security.Cryptography;
using Sandpiper.Kernel;
using Sandpiper.Kernel.Files;
using Sandpiper.Packaging.Names;
using Sandpiper.Store;
using Sandpiper.Wheels;

namespace Sandpiper.Environments.Composing;

/// <summary>
/// One entry of the store while its files and directories get second names: what somebody edited there, or through an environment that
/// shares its files, is not carried on. Nothing is linked that was not either untouched since its content was known, or read now.
/// </summary>
internal sealed class LinkedEntry : IDisposable
{
    private static readonly UnixTime Sealed = UnixTime.Of(SealedTree.SealTime);

    private readonly SealedWheel _wheel;
    private readonly OpenDirectory _tree;
    private readonly Lazy<EntryStamps?> _known;
    private readonly Lazy<EntryStamps> _stamps;
    private readonly Lazy<ByteCodeRecord?> _byteCode;
    private readonly Lazy<bool> _isUntouched;
    private readonly Lazy<HashSet<string>> _names;

    /// <param name="wheel">The entry's.</param>
    /// <param name="byteCodeTag">Of the interpreter whose byte code is looked at; null: of none.</param>
    /// <exception cref="StoreDamagedException">Its files are gone.</exception>
    public LinkedEntry(SealedWheel wheel, string? byteCodeTag)
    {
        _wheel = wheel;
        _known = new(() => EntryStamps.Find(wheel));
        _stamps = new(() => _known.Value ?? EntryStamps.Unknown(wheel));
        _byteCode = new(() => byteCodeTag is null ? null : ByteCodeRecord.Find(wheel, byteCodeTag));
        _names = new(() => Enumerable.Range(0, wheel.Table.Total).Select(i => wheel.Table[i].StorePath).Concat(wheel.Directories)
            .ToHashSet(StringComparer.Ordinal));
        _isUntouched = new(() => _known.Value is { } known
            && UntouchedEntry.Is(wheel, known, _byteCode.Value is { } code ? [code] : []));
        try
        {
            _tree = OpenDirectory.At(wheel.Tree);
        }
        catch (IOException)
        {
            throw new StoreDamagedException(wheel.Digest, "its files cannot be opened");
        }
    }

    /// <summary>Nobody has put another one there since: a repair, somebody by hand.</summary>
    public bool IsInItsPlace =>
        FileStatus.TryRead(_wheel.Tree, out var status) && _tree.TryLookAt(".", out var seen) && status.Identity == seen.Identity;

    /// <summary>At all of it at once, before a link moves a ctime: then no directory has to be looked through.</summary>
    /// <exception cref="StoreDamagedException">Its manifest is not the one that was sealed.</exception>
    public void Look() => _ = IsUntouched;

    /// <summary>All of it is, name by name, as the kernel knew it when it was as it was sealed.</summary>
    /// <inheritdoc cref="Look" path="/exception"/>
    public bool IsUntouched => _isUntouched.Value;

    /// <summary>Safe for several threads, each with files of its own.</summary>
    /// <param name="shown">
    /// What the current generation has at that place; null: nothing. Where it is this very file nothing is read and no stamp is set, so
    /// that whoever links it anew does.
    /// </param>
    /// <returns>False where the file system has no hard link for it.</returns>
    /// <exception cref="StoreDamagedException">It is gone, or not as it was sealed.</exception>
    public bool TryLink(LinkedFile file, OpenDirectory into, string name, string generation, FileIdentity? shown)
    {
        // What it is in the store has to be known before the link moves its ctime, unless it is what is shown.
        FileStatus? looked = shown is null ? LookAt(file.Stored) : null;
        if (!TryAdopt(file.Stored, into, name)) return false;

        // The link itself has moved the ctime. Looked at before the content is read: an edit during the reading shows the next time.
        if (!into.TryLookAt(name, out var after) || (looked is { } before && after.Identity != before.Identity))
            throw Damaged(file.Stored.StorePath, "was replaced while it was linked");
        MustLookSealed(file.Stored, after);
        if (shown == after.Identity) return true;
        bool isUntouched = looked is { } known && _stamps.Value.OfFile(file.Index) == FileStamp.Of(known);
        if (!isUntouched && DigestOf(Path.Combine(generation, file.Path), after) != file.Digest)
            throw Damaged(file.Stored.StorePath, "has been changed");
        _stamps.Value.SetFile(file.Index, FileStamp.Of(after));
        return true;
    }

    /// <summary>
    /// A link shows whatever lies in a directory, so everything in it is looked at: that it is there, as it was sealed, and nothing else.
    /// Safe for several threads, each with a directory of its own.
    /// </summary>
    /// <param name="directory">Below the tree; empty for all of it.</param>
    /// <exception cref="StoreDamagedException">It is not.</exception>
    public void MustBeAsSealed(string directory)
    {
        if (IsUntouched) return;
        bool isAll = directory.Length == 0;
        var directories = _wheel.Directories;
        for (int i = 0; i < directories.Length; i++)
        {
            // Or a place for byte code of which one file is linked.
            bool isIt = string.Equals(directories[i], directory, StringComparison.Ordinal)
                || (DirectoryLinks.IsBelow(directory, directories[i])
                    && _wheel.Table.Places.Contains(directories[i], StringComparer.Ordinal));
            if (isIt || isAll || DirectoryLinks.IsBelow(directories[i], directory)) MustHoldNothingElse(i);
        }
        for (int i = 0; i < _wheel.Table.Total; i++)
        {
            var file = _wheel.Table[i];
            if (!isAll && !DirectoryLinks.IsBelow(file.StorePath, directory)) continue;
            var status = LookAt(file);
            if (_stamps.Value.OfFile(i) == FileStamp.Of(status)) continue;
            if (DigestOf(Path.Combine(_wheel.Tree, file.StorePath), status) != file.Digest)
                throw Damaged(file.StorePath, "has been changed");
            _stamps.Value.SetFile(i, FileStamp.Of(status));
        }
    }

    /// <summary>Something was looked at that nobody had known as it is now.</summary>
    public bool HasStamps => _stamps.IsValueCreated;

    /// <summary>After the last link.</summary>
    public void KeepStamps()
    {
        if (_stamps.IsValueCreated) _stamps.Value.Keep(_wheel);
    }

    public void Dispose() => _tree.Dispose();

    private bool TryAdopt(StoredFile file, OpenDirectory into, string name)
    {
        try
        {
            return into.TryAdopt(_tree, file.StorePath, name);
        }
        catch (KernelException gone) when (gone.Errno is Errno.NoSuchFile or Errno.NotDirectory)
        {
            throw Damaged(file.StorePath, "is gone");
        }
    }

    private FileStatus LookAt(StoredFile file)
    {
        if (!_tree.TryLookAt(file.StorePath, out var status)) throw Damaged(file.StorePath, "is gone");
        MustLookSealed(file, status);
        return status;
    }

    private void MustLookSealed(StoredFile file, in FileStatus status)
    {
        bool asSealed = status.Type == FileType.Regular && status.Size == file.Size && status.ModifiedAt == Sealed
            && status.Mode == (file.IsExecutable ? SealedTree.ExecutableMode : SealedTree.FileMode);
        if (!asSealed) throw Damaged(file.StorePath, "has been changed");
    }

    private void MustHoldNothingElse(int index)
    {
        string directory = _wheel.Directories[index];
        if (!_tree.TryLookAt(directory.Length == 0 ? "." : directory, out var status)) throw Damaged(directory, "is gone");
        int place = _wheel.Table.Places.BinarySearch(directory, StringComparer.Ordinal);
        // While byte code is put there, or where a kill ended that, it is open.
        bool isBegun = place >= 0 && _byteCode.Value is { IsWhole: false };
        bool asSealed = status.Type == FileType.Directory
            && (isBegun || (status.ModifiedAt == Sealed && status.Mode == SealedTree.DirectoryMode));
        if (!asSealed) throw Damaged(directory, "has been changed");
        if (place >= 0 && _byteCode.Value is { } code)
        {
            MustBeKnownByteCode(code, directory);
            if (code.OfPlace(place) == FileStamp.Of(status)) return;
        }
        // Of a directory the ctime is of its names, too: none has come or gone since.
        if (_stamps.Value.OfDirectory(index) == FileStamp.Of(status)) return;
        foreach (string path in Directory.EnumerateFileSystemEntries(Path.Combine(_wheel.Tree, directory)))
        {
            string name = Path.Combine(directory, Path.GetFileName(path));
            if (!_names.Value.Contains(name) && !(place >= 0 && IsByteCode(directory, Path.GetFileName(path))))
                throw Damaged(name, "was added");
        }
        _stamps.Value.SetDirectory(index, FileStamp.Of(status));
    }

    // Of whichever interpreter: only who asks for it runs it.
    private bool IsByteCode(string place, string name) =>
        ByteCodeRecord.All(_wheel).Any(record => record.NamesIn(place, _wheel.Modules).Contains(name, StringComparer.Ordinal));

    private void MustBeKnownByteCode(ByteCodeRecord record, string place)
    {
        var modules = _wheel.Modules;
        for (int i = 0; i < modules.Length; i++)
        {
            if (record.DigestOf(i) is not { } digest || !string.Equals(modules[i].Place, place, StringComparison.Ordinal)) continue;
            string path = modules[i].PathFor(record.Tag);
            if (!_tree.TryLookAt(path, out var status))
            {
                if (record.IsWhole) throw Damaged(path, "is gone");
                continue;
            }
            bool asSealed = status.Type == FileType.Regular && status.Size == record.OfModule(i).Size && status.ModifiedAt == Sealed
                && status.Mode == SealedTree.FileMode;
            if (!asSealed || (record.OfModule(i) != FileStamp.Of(status) && DigestOf(Path.Combine(_wheel.Tree, path), status) != digest))
                throw Damaged(path, "has been changed");
        }
    }

    private static Sha256Digest? DigestOf(string path, in FileStatus expected)
    {
        using var file = RegularFile.TryOpen(path);
        if (file is null || FileStatus.Of(file).Identity != expected.Identity) return null;
        // Who has mapped it to write changes it afterwards without moving its ctime, and with nobody there it takes a chmod first.
        if (Descriptor.HasWriter(file)) return null;
        using var content = new FileStream(file, FileAccess.Read, bufferSize: 0);
        return Sha256Digest.FromBytes(SHA256.HashData(content));
    }

    private StoreDamagedException Damaged(string path, string how) => new(_wheel.Digest, $"{path} {how}");
}
