using System.Text;
using Microsoft.Win32.SafeHandles;
using Sandpiper.Kernel;
using Sandpiper.Kernel.Files;

namespace Sandpiper.Store;

/// <summary>The place where one command prepares what it will rename into the store or an environment. Removed on disposal.</summary>
/// <remarks>
/// <c>staging/x.lock</c> is made before <c>staging/x</c> and removed after it, and is held in between. So a stage without a holder is what
/// a crashed command left, whatever its age.
/// </remarks>
public sealed class Staging : IDisposable
{
    private const int MaxRootBytes = 2048;      // PATH_MAX is 4,096: as much again for our own directories and a wheel's
    private const string LockSuffix = ".lock";

    private readonly StageLock _lock;
    private int _count;

    private Staging(StageLock held, string directory) => (_lock, Directory) = (held, directory);

    /// <summary>Absolute; 0700, and empty when it is made.</summary>
    public string Directory { get; }

    /// <summary>A fresh stage below <paramref name="root"/>, the data root; stages of crashed commands are swept first.</summary>
    /// <exception cref="UnwritableException">The data root cannot be written.</exception>
    public static Staging Create(string root)
    {
        string all = Path.Combine(Path.GetFullPath(root), "staging");
        if (Encoding.UTF8.GetByteCount(all) > MaxRootBytes)
            throw new UnwritableException(all, new PathTooLongException($"a data root's path may have {MaxRootBytes} bytes"));
        try
        {
            System.IO.Directory.CreateDirectory(all, SealedTree.OpenDirectoryMode);
            SpreadDirectory.TryMake(all);
            Sweep(all);
            while (true)
            {
                string stage = Path.Combine(all, RandomName.OfBytes(8));
                // A sweep may have had the lock for a moment between its making and our taking it: then this name is spent.
                if (StageLock.TryCreate(stage + LockSuffix) is not { } held) continue;
                System.IO.Directory.CreateDirectory(stage, SealedTree.OpenDirectoryMode);
                return new Staging(held, stage);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new UnwritableException(all, e);
        }
    }

    /// <summary>A fresh empty directory inside this stage. May be called from several threads.</summary>
    public string NewDirectory()
    {
        string name = Interlocked.Increment(ref _count).ToString(), directory = Path.Combine(Directory, name);
        // Not by its path, which would make whatever is missing of that: a data root that was given up meanwhile stays away.
        using SafeFileHandle stage = RawFile.Open(Directory, RawFile.ReadOnly | RawFile.OnlyDirectories | RawFile.NoFollow, out int errno);
        if (errno == 0) errno = NameInDirectory.MakeDirectory(stage, Encoding.ASCII.GetBytes(name), SealedTree.OpenDirectoryMode);
        return errno == 0 ? directory : throw new KernelException("mkdir", errno, directory);
    }

    /// <summary>
    /// A free name directly in another directory of the data root, for what is on its way there or away from it: what carries such a name
    /// belongs to the stage, and goes with it.
    /// </summary>
    public string NewNameIn(string directory) =>
        Path.Combine(directory, $"{Path.GetFileName(Directory)}.{Interlocked.Increment(ref _count)}");

    /// <summary>Removes the stage and everything still in it; what cannot be removed now is swept up by the next that is made.</summary>
    public void Dispose()
    {
        try
        {
            Remove(Directory);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // What the stage was for has happened, or has not: either way that is told, and this is neither.
        }
        _lock.Dispose();
    }

    private static void Remove(string stage)
    {
        string entries = Path.Combine(Path.GetDirectoryName(Path.GetDirectoryName(stage)!)!, WheelStore.EntriesName);
        foreach (string beside in EntryPlaces.Beside(entries, Path.GetFileName(stage))) SealedTree.Remove(beside);
        SealedTree.Remove(stage);
    }

    private static void Sweep(string all)
    {
        foreach (string path in System.IO.Directory.GetFileSystemEntries(all))
        {
            if (path.EndsWith(LockSuffix, StringComparison.Ordinal))
            {
                using var abandoned = StageLock.TryTakeAbandoned(path);
                if (abandoned is not null) Remove(path[..^LockSuffix.Length]);
            }
            else if (!File.Exists(path + LockSuffix))
            {
                Remove(path);    // the lock is made first and removed last: without one, this is nobody's
            }
        }
    }
}
