using System.Collections.Concurrent;
using System.Runtime.ExceptionServices;
using Sandpiper.Kernel.Files;
using Sandpiper.Wheels;

namespace Sandpiper.Store;

/// <summary>Writes the files of a wheel into a directory that nobody else writes to, several at a time.</summary>
public static class Unpacking
{
    private const long Large = 64 << 10;

    /// <summary>Inflates every file once: measures it, holds it against RECORD, and writes it unless it is left out.</summary>
    /// <returns>What was seen, in the order of <paramref name="files"/>.</returns>
    public static MeasuredContent[] Run(
        WheelContents contents, IReadOnlyList<PlannedFile> files, FileListing listing, string tree, CancellationToken cancel)
    {
        var directories = files.Where(f => f.IsInstalled).Select(f => Path.GetDirectoryName(f.Member.Name) ?? "");
        foreach (string directory in directories.Distinct(StringComparer.Ordinal))
            Directory.CreateDirectory(Path.Combine(tree, directory), SealedTree.OpenDirectoryMode);

        var measured = new MeasuredContent[files.Count];
        // The largest first: the last one to be begun decides how long the others wait for it.
        int[] order = [.. Enumerable.Range(0, files.Count).OrderByDescending(i => files[i].Member.Size)];
        var options = new ParallelOptions { CancellationToken = cancel, MaxDegreeOfParallelism = Environment.ProcessorCount };
        try
        {
            Parallel.ForEach(Partitioner.Create(order, loadBalance: true), options, () => new MeasuringStream(cancel), (index, _, stream) =>
            {
                measured[index] = Write(contents, files[index], tree, stream);
                listing.CompareContent(files[index].Member.Name, measured[index]);
                return stream;
            }, stream => stream.Dispose());
        }
        catch (AggregateException e)
        {
            // Several files may be wrong; one reason is enough to refuse.
            ExceptionDispatchInfo.Throw(e.Flatten().InnerExceptions[0]);
        }
        return measured;
    }

    private static MeasuredContent Write(WheelContents contents, PlannedFile file, string tree, MeasuringStream stream)
    {
        var mode = file.Member.IsExecutable ? SealedTree.ExecutableMode : SealedTree.FileMode;
        using var target = file.IsInstalled ? SealedTree.CreateFile(Path.Combine(tree, file.Member.Name), mode) : null;
        stream.Begin(target);
        contents.CopyTo(file.Member, stream);
        var measured = stream.End();
        if (target is null) return measured;
        SealedTree.Seal(target, mode);      // after the last write, which sets the time
        // Most bytes are in few files. They go to the disk while the next wheel is on its way, and whoever waits for all waits less.
        if (measured.Size >= Large) ContentOnDisk.Start(target);
        return measured;
    }
}
