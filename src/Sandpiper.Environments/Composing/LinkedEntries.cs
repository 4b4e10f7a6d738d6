using System.Collections.Concurrent;
using System.Diagnostics;
using Sandpiper.Packaging.Names;
using Sandpiper.Store;

namespace Sandpiper.Environments.Composing;

/// <summary>
/// The entries of the store that a generation is made of, each looked at once. The look at every file is most of the work of an install,
/// so it can begin on another core while it is still being found out what else there will be.
/// </summary>
/// <param name="byteCodeTag">Of the interpreter that it is for: its byte code is looked at as its sources are; null: none is.</param>
public sealed class LinkedEntries(string? byteCodeTag) : IDisposable
{
    private readonly ConcurrentDictionary<Sha256Digest, Lazy<(LinkedEntry Entry, long At)>> _entries = new();
    private readonly CancellationTokenSource _isOver = new();
    private Task _ahead = Task.CompletedTask;

    /// <summary>What was looked at longer ago than this before the first link is looked at again.</summary>
    public TimeSpan Holds { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Of the interpreter's byte code, if that is one for which there can be any.</summary>
    public static LinkedEntries For(string byteCodeTag) => new(ByteCode.IsTag(byteCodeTag) ? byteCodeTag : null);

    /// <summary>Begins with these, and does not wait. Who asks for one that is damaged hears it then.</summary>
    public void LookAhead(IEnumerable<SealedWheel> wheels)
    {
        SealedWheel[] largestFirst = [.. wheels.DistinctBy(w => w.Digest).OrderByDescending(w => w.Outline.Files)];
        if (largestFirst.Length > 0) _ahead = Task.Run(() => Look(largestFirst));
    }

    /// <summary>All of one is looked at, for who shows it already; what is found to be as it was sealed is known from then on.</summary>
    /// <exception cref="StoreDamagedException">It is not.</exception>
    public void MustBeAsSealed(SealedWheel wheel)
    {
        LinkedEntry entry = Of(wheel);
        entry.MustBeAsSealed("");
        entry.KeepStamps();
    }

    /// <summary>Before the first link: what was looked at long ago, or has been replaced since, counts for nothing.</summary>
    internal void Begin()
    {
        foreach (var (digest, looked) in _entries)
        {
            if (!looked.IsValueCreated || (Stopwatch.GetElapsedTime(looked.Value.At) < Holds && looked.Value.Entry.IsInItsPlace)) continue;
            if (_entries.TryRemove(digest, out var old)) old.Value.Entry.Dispose();
        }
    }

    /// <summary>Safe for several threads.</summary>
    /// <exception cref="StoreDamagedException">Its files are gone.</exception>
    internal LinkedEntry Of(SealedWheel wheel) => _entries.GetOrAdd(wheel.Digest, _ => new(() =>
    {
        long at = Stopwatch.GetTimestamp();
        return (new LinkedEntry(wheel, byteCodeTag), at);
    })).Value.Entry;

    /// <summary>After the last link.</summary>
    internal void KeepStamps()
    {
        EndLooking();
        OnAllCores.ForEach([.. Made.Where(entry => entry.HasStamps)], entry => entry.KeepStamps());
    }

    public void Dispose()
    {
        EndLooking();
        foreach (var entry in Made) entry.Dispose();
        _entries.Clear();
        _isOver.Dispose();
    }

    private IEnumerable<LinkedEntry> Made
    {
        get
        {
            foreach (var looked in _entries.Values)
            {
                if (looked.IsValueCreated) yield return looked.Value.Entry;
            }
        }
    }

    private void EndLooking()
    {
        _isOver.Cancel();
        _ahead.GetAwaiter().GetResult();
    }

    private void Look(SealedWheel[] wheels)
    {
        foreach (var wheel in wheels)
        {
            if (_isOver.IsCancellationRequested) return;
            try
            {
                Of(wheel).Look();
            }
            catch (Exception e) when (e is StoreDamagedException or IOException or UnauthorizedAccessException)
            {
                // Kept, and thrown once more at whoever asks for it.
            }
        }
    }
}
