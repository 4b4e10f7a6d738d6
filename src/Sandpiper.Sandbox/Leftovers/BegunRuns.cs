using System.Collections.Immutable;
using Microsoft.Win32.SafeHandles;
using Sandpiper.Kernel;
using Sandpiper.Kernel.Files;
using Sandpiper.Kernel.Processes;

namespace Sandpiper.Sandbox.Leftovers;

/// <summary>
/// Runs whose programs may write, on record from before those begin until what they left has been looked at: <c>begun/</c> in the data
/// root, which no grant may meet; one file for each directory. A run that is killed looks at nothing, and the next command finds its
/// record.
/// </summary>
/// <remarks>
/// A record is locked by its run for as long as that lives; the kernel lets go of it however it ends. It is called <c>….new</c> until it
/// is whole: what a kill leaves of that name is of a program that had not begun. Nothing is flushed: where the power fails, what was made
/// in the last seconds is lost or not, a record as well as what it was for.
/// </remarks>
/// <param name="root">The data root.</param>
public sealed class BegunRuns(string root)
{
    private const string Unfinished = ".new";
    private const int NameBytes = 8;
    private static readonly TimeSpan LongestEnd = TimeSpan.FromSeconds(5);

    private readonly string _directory = Path.Combine(Path.GetFullPath(root), "begun");

    /// <summary>Whether any is on record, be it one that goes on.</summary>
    public bool AreThere
    {
        get
        {
            try
            {
                return Directory.Exists(_directory) && Directory.EnumerateFiles(_directory).Any();
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                return true;    // whoever looks at them says so
            }
        }
    }

    /// <summary>Puts one on record that is about to begin.</summary>
    /// <param name="watch">What was there.</param>
    /// <param name="command">What is run.</param>
    /// <param name="now">Now.</param>
    /// <exception cref="IOException">Nothing can be written here, or there is too much to be written.</exception>
    /// <exception cref="UnauthorizedAccessException">Likewise.</exception>
    public BegunRun Put(WritableWatch watch, string command, DateTimeOffset now)
    {
        HeldFiles.MakeDirectory(_directory);
        var begun = new BegunRun();
        try
        {
            foreach (WatchedRoot watched in watch.Roots)
            {
                EndMark? mark = EndMark.Begin();
                begun.Add(mark);
                byte[] content = RunRecord.Of(watched, command, now, mark).ToBytes()
                    ?? throw new IOException($"more than {RunRecord.MostBytes >> 20} MB of names that others run");
                begun.Add(Written(content));
            }
            return begun;
        }
        catch
        {
            begun.Dispose();
            throw;
        }
    }

    private (SafeFileHandle File, string Path) Written(byte[] content)
    {
        while (true)
        {
            string path = Path.Join(_directory, RandomName.OfBytes(NameBytes)), first = path + Unfinished;
            SafeFileHandle made = RawFile.TryOpen(first, RawFile.ReadWrite | RawFile.Create | RawFile.Exclusive)
                ?? throw new DirectoryNotFoundException(_directory);
            // Somebody may have seen it before it was locked, and have taken it for one that was left.
            if (LockFile.HeldOrClosed(made, first) is not { } held) continue;
            try
            {
                if (!Descriptor.WriteAll(held, content)) throw new KernelException("write", Errno.NoSpace, first);
                AtomicRename.Replace(first, path);
                return (held, path);
            }
            catch
            {
                File.Delete(first);
                held.Dispose();
                throw;
            }
        }
    }

    /// <summary>Those whose run is dead; each is its reader's alone until it is disposed of.</summary>
    /// <param name="patience">How long the end of its sandbox is waited for; null: some seconds, for all of it is being killed.</param>
    /// <exception cref="IOException">They cannot be looked at.</exception>
    /// <exception cref="UnauthorizedAccessException">Likewise.</exception>
    public IEnumerable<KilledRun> Killed(TimeSpan? patience = null)
    {
        if (!Directory.Exists(_directory)) yield break;
        foreach (string path in Directory.EnumerateFiles(_directory).Order(StringComparer.Ordinal).ToImmutableArray())
        {
            if (RawFile.TryOpen(path, RawFile.ReadWrite | RawFile.NoFollow | RawFile.NonBlocking) is not { } file
                || LockFile.HeldOrClosed(file, path) is not { } held) continue;
            if (path.EndsWith(Unfinished, StringComparison.Ordinal))
            {
                using (held) File.Delete(path);
                continue;
            }
            KilledRun killed = KilledRun.Read(held, path);
            killed.Wait(patience ?? LongestEnd);
            yield return killed;
        }
    }
}
