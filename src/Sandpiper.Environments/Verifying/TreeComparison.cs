using System.Security.Cryptography;
using Sandpiper.Environments.Generations;
using Sandpiper.Kernel.Files;
using Sandpiper.Packaging.Names;
using Sandpiper.Store;

namespace Sandpiper.Environments.Verifying;

/// <summary>
/// Holds sealed trees against what they should be, one lstat a name. Follows no link, and changes nothing. What one tree has shown of a
/// file holds for its other names too.
/// </summary>
/// <param name="everyByte">Reads every file; otherwise only those that were touched since their content was
/// known, or of which none is.</param>
public sealed class TreeComparison(bool everyByte, CancellationToken cancel)
{
    private static readonly UnixTime Sealed = UnixTime.Of(SealedTree.SealTime);

    private readonly HashSet<(FileIdentity, Sha256Digest)> _known = [];
    private string _root = "";
    private List<Difference> _differences = [];

    /// <summary>One thing that is not as it should be; the path below the directory that was compared, empty for itself.</summary>
    public sealed record Difference(DeviationKind Kind, string Path, InstalledPackage? Owner, DateTimeOffset? ChangedAt);

    /// <summary>Regular files looked at.</summary>
    public int Files { get; private set; }

    /// <param name="directory">Absolute.</param>
    /// <returns>What is not as it should be.</returns>
    public List<Difference> Compare(string directory, ExpectedDirectory expected)
    {
        _root = directory;
        _differences = [];
        if (!FileStatus.TryRead(directory, out var status)) Report(DeviationKind.Missing, "", expected, null);
        else Compare("", expected, status);
        return _differences;
    }

    private void Compare(string path, ExpectedNode expected, in FileStatus status)
    {
        switch (expected, status.Type)
        {
            case (ExpectedDirectory directory, FileType.Directory):
                Compare(path, directory, status);
                break;
            case (ExpectedFile file, FileType.Regular):
                Files++;
                if (Differs(path, file, status) is { } kind) Report(kind, path, expected, status);
                break;
            case (ExpectedLink link, FileType.SymbolicLink)
                when string.Equals(SymbolicLink.Target(Absolute(path)), link.Target, StringComparison.Ordinal):
                break;
            default:
                Report(DeviationKind.Changed, path, expected, status);
                break;
        }
    }

    private void Compare(string path, ExpectedDirectory expected, in FileStatus status)
    {
        cancel.ThrowIfCancellationRequested();
        if (status.Mode != SealedTree.DirectoryMode && !expected.MayBeOpen) Report(DeviationKind.Mode, path, expected, status);
        int before = _differences.Count;
        var names = NamesIn(Absolute(path));
        foreach (string name in names)
        {
            string below = Below(path, name);
            // A name that is no UTF-8 cannot be looked at by its text; whatever it is, nobody put it there.
            FileStatus? there = FileStatus.TryRead(Absolute(below), out var found) ? found : null;
            if (there is { } present && expected.Children.TryGetValue(name, out var child)) Compare(below, child, present);
            else Report(DeviationKind.Added, below, null, there);
        }
        foreach (var (name, child) in expected.Children)
        {
            if (!names.Contains(name) && child is not ExpectedFile { IsOptional: true })
                Report(DeviationKind.Missing, Below(path, name), child, null);
        }
        // Something was here that is gone again; said only where nothing better is to be said.
        if (status.ModifiedAt != Sealed && !expected.MayBeOpen && _differences.Count == before)
            Report(DeviationKind.Changed, path, expected, status);
    }

    private DeviationKind? Differs(string path, ExpectedFile expected, in FileStatus status)
    {
        if (expected.Size is { } size && status.Size != size) return DeviationKind.Changed;
        if (expected.Digest is { } digest && !IsKnown(status, digest, everyByte ? default : expected.Stamp))
        {
            // Read even if its time tells already: then only what differs is called changed, and a file is read
            // once however many names it has.
            if (DigestOf(Absolute(path)) != digest) return DeviationKind.Changed;
            _known.Add((status.Identity, digest));
        }
        if (status.ModifiedAt != Sealed) return DeviationKind.Changed;
        bool isMode = expected.Mode is { } mode ? status.Mode == mode : status.Mode is SealedTree.FileMode or SealedTree.ExecutableMode;
        return isMode ? null : DeviationKind.Mode;
    }

    private bool IsKnown(in FileStatus status, Sha256Digest digest, in FileStamp stamp)
    {
        if (_known.Contains((status.Identity, digest))) return true;
        if (stamp == default || stamp != FileStamp.Of(status)) return false;
        _known.Add((status.Identity, digest));
        return true;
    }

    private string Absolute(string path) => path.Length == 0 ? _root : $"{_root}/{path}";

    private static string Below(string path, string name) => path.Length == 0 ? name : $"{path}/{name}";

    private static HashSet<string> NamesIn(string path)
    {
        try
        {
            return [.. Directory.EnumerateFileSystemEntries(path).Select(entry => Path.GetFileName(entry))];
        }
        catch (UnauthorizedAccessException)
        {
            return [];      // its mode is a deviation already, and everything in it is missing for us as for everybody
        }
    }

    // An unreadable file is not what was installed, whatever it is.
    private static Sha256Digest? DigestOf(string path)
    {
        try
        {
            using var file = RegularFile.TryOpen(path);
            if (file is null) return null;
            using var content = new FileStream(file, FileAccess.Read, bufferSize: 0);
            return Sha256Digest.FromBytes(SHA256.HashData(content));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private void Report(DeviationKind kind, string path, ExpectedNode? expected, FileStatus? status) =>
        _differences.Add(new Difference(kind, path, expected?.SoleOwner, status?.ChangedAt.ToDateTime()));
}
