using System.Security.Cryptography;
using Sandpiper.Environments.Generations;
using Sandpiper.Kernel.Files;
using Sandpiper.Packaging.Names;
using Sandpiper.Store;

namespace Sandpiper.Environments.Verifying;

/// <summary>Holds sealed trees against what they should be, one lstat a name. Follows no link, and changes nothing.</summary>
/// <param name="everyByte">Reads every file; otherwise only those that cannot be told by type, size, time, mode and identity.</param>
public sealed class TreeComparison(bool everyByte, CancellationToken cancel)
{
    private static readonly UnixTime Sealed = UnixTime.Of(SealedTree.SealTime);

    private readonly Dictionary<string, FileIdentity> _identities = new(StringComparer.Ordinal);
    private readonly HashSet<(FileIdentity, Sha256Digest)> _read = [];

    /// <summary>One thing that is not as it should be; the path as it was walked.</summary>
    public sealed record Difference(FindingKind Kind, string Path, InstalledPackage? Owner, DateTimeOffset? ChangedAt);

    public List<Difference> Differences { get; } = [];

    /// <summary>Regular files looked at.</summary>
    public int Files { get; private set; }

    /// <param name="path">Absolute.</param>
    public void Compare(string path, ExpectedDirectory expected)
    {
        if (!FileStatus.TryRead(path, out var status)) Report(FindingKind.Missing, path, expected, null);
        else Compare(path, expected, status);
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
            case (ExpectedLink link, FileType.SymbolicLink) when string.Equals(SymbolicLink.Target(path), link.Target, StringComparison.Ordinal):
                break;
            default:
                Report(FindingKind.Changed, path, expected, status);
                break;
        }
    }

    private void Compare(string path, ExpectedDirectory expected, in FileStatus status)
    {
        cancel.ThrowIfCancellationRequested();
        if (status.Mode != SealedTree.DirectoryMode) Report(FindingKind.Mode, path, expected, status);
        int before = Differences.Count;
        var names = NamesIn(path);
        foreach (string name in names)
        {
            string below = $"{path}/{name}";
            // A name that is no UTF-8 cannot be looked at by its text; whatever it is, nobody put it there.
            FileStatus? there = FileStatus.TryRead(below, out var found) ? found : null;
            if (there is { } present && expected.Children.TryGetValue(name, out var child)) Compare(below, child, present);
            else Report(FindingKind.Added, below, null, there);
        }
        foreach (var (name, child) in expected.Children)
        {
            if (!names.Contains(name)) Report(FindingKind.Missing, $"{path}/{name}", child, null);
        }
        // Something was here that is gone again; said only where nothing better is to be said.
        if (status.ModifiedAt != Sealed && Differences.Count == before) Report(FindingKind.Changed, path, expected, status);
    }

    private FindingKind? Differs(string path, ExpectedFile expected, in FileStatus status)
    {
        _identities[path] = status.Identity;
        if (expected.Size is { } size && status.Size != size) return FindingKind.Changed;
        bool isReplaced = expected.SameAs is { } other && _identities.TryGetValue(other, out var identity) && identity != status.Identity;
        // Read even if its time tells already: then only what differs is called changed, and a file is read once however many names it has.
        bool mustRead = everyByte || expected.IsAlwaysRead || isReplaced;
        if (mustRead && expected.Digest is { } digest && !_read.Contains((status.Identity, digest)))
        {
            if (DigestOf(path) != digest) return FindingKind.Changed;
            _read.Add((status.Identity, digest));
        }
        if (status.ModifiedAt != Sealed) return FindingKind.Changed;
        bool isMode = expected.Mode is { } mode ? status.Mode == mode : status.Mode is SealedTree.FileMode or SealedTree.ExecutableMode;
        return isMode ? null : FindingKind.Mode;
    }

    private static HashSet<string> NamesIn(string path)
    {
        try
        {
            return [.. Directory.EnumerateFileSystemEntries(path).Select(entry => Path.GetFileName(entry))];
        }
        catch (UnauthorizedAccessException)
        {
            return [];      // its mode is a finding already, and everything in it is missing for us as for everybody
        }
    }

    // An unreadable file is not what was installed, whatever it is.
    private static Sha256Digest? DigestOf(string path)
    {
        try
        {
            using var content = File.OpenRead(path);
            return Sha256Digest.FromBytes(SHA256.HashData(content));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private void Report(FindingKind kind, string path, ExpectedNode? expected, FileStatus? status) =>
        Differences.Add(new Difference(kind, path, expected?.SoleOwner, status?.ChangedAt.ToDateTime()));
}
