using System.Collections.Immutable;

namespace Sandpiper.Assessment.Replicas;

/// <summary>
/// A directory of very many files, of which every trial has a copy by hard links: what nobody writes in place need not be there twice. What
/// probes write in place is copied in truth, and whether nobody else did is looked up in the end.
/// </summary>
internal sealed class SharedTree
{
    private readonly string _path, _aside;
    private readonly long _fingerprint;

    private SharedTree(string path, string aside) => (_path, _aside, _fingerprint) = (path, aside, Fingerprint(aside));

    /// <summary>Takes a directory out of a replica, so that a copy of that does not copy it.</summary>
    /// <param name="path">As people of the replica see it.</param>
    public static SharedTree TakenOutOf(Replica replica, string path)
    {
        string aside = replica.Place + "-aside";
        Directory.Move(replica.Outside(path), aside);
        return new(path, aside);
    }

    /// <summary>Where it lies on this machine.</summary>
    /// <param name="path">At or below the directory.</param>
    /// <returns>Null when it is of another.</returns>
    public string? Outside(string path) => IsBelow(path) ? _aside + path[_path.Length..] : null;

    /// <summary>Puts it into a copy of the replica that it was taken out of.</summary>
    /// <param name="written">Files that may be written in place.</param>
    public void PutInto(Replica copy, ImmutableArray<string> written)
    {
        Replica.Copy(_aside, copy.Outside(_path), "-l");
        CopyInTruth(copy, written.Where(IsBelow));
    }

    /// <summary>Puts what is in one directory of it back.</summary>
    public void Restore(Replica copy, string path, ImmutableArray<string> written)
    {
        Replica.Clear(copy.Outside(path));
        Replica.Copy(Outside(path) + "/.", copy.Outside(path), "-l");
        CopyInTruth(copy, written.Where(w => w.StartsWith(path + "/", StringComparison.Ordinal)));
    }

    /// <exception cref="IOException">What the trials began with is not what it was: none of them can be believed.</exception>
    public void MustBeUnchanged()
    {
        if (Fingerprint(_aside) != _fingerprint) throw new IOException($"a trial changed what others begin with, below `{_path}`");
    }

    private bool IsBelow(string path) =>
        string.Equals(path, _path, StringComparison.Ordinal) || path.StartsWith(_path + "/", StringComparison.Ordinal);

    private void CopyInTruth(Replica copy, IEnumerable<string> paths)
    {
        foreach (string path in paths.Where(p => File.Exists(copy.Outside(p))).Distinct(StringComparer.Ordinal))
        {
            File.Delete(copy.Outside(path));
            File.Copy(Outside(path)!, copy.Outside(path)); // with its mode and its times
        }
    }

    private static long Fingerprint(string directory)
    {
        var all = new HashCode();
        foreach (FileSystemInfo entry in new DirectoryInfo(directory).EnumerateFileSystemInfos("*", SearchOption.AllDirectories)
            .OrderBy(e => e.FullName, StringComparer.Ordinal))
        {
            all.Add(entry.FullName, StringComparer.Ordinal);
            if (entry is not FileInfo { LinkTarget: null } file) continue;
            all.Add(file.Length);
            all.Add(file.LastWriteTimeUtc.Ticks);
            all.Add(file.UnixFileMode);
        }
        return all.ToHashCode();
    }
}
