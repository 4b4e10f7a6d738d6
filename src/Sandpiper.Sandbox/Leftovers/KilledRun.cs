using Microsoft.Win32.SafeHandles;
using Sandpiper.Kernel.Files;
using Sandpiper.Kernel.Processes;
using Sandpiper.Sandbox.Profiles;

namespace Sandpiper.Sandbox.Leftovers;

/// <summary>Why what a killed run left cannot be looked at.</summary>
public enum WhyUnlooked
{
    /// <summary>The record was damaged, or is of a version that looks at something else.</summary>
    Damaged,

    /// <summary>The directory is not where it was: its disk is not there, it was moved, or removed.</summary>
    Gone,

    /// <summary>Another directory is where it was.</summary>
    Another,

    /// <summary>It cannot be read.</summary>
    Closed,
}

/// <summary>One directory of a run that was ended by force, and of which nobody looked what it left.</summary>
public sealed class KilledRun : IDisposable
{
    // A file that was made a moment after a death that is known to the second can still be that program's, on a busy machine.
    private static readonly TimeSpan Leeway = TimeSpan.FromSeconds(10);

    private readonly SafeFileHandle _held;
    private readonly string _path;
    private readonly RunRecord? _record;
    private readonly int _process;
    private readonly ulong _processBegun;

    private KilledRun(SafeFileHandle held, string path, RunRecord? record, int process, ulong processBegun) =>
        (_held, _path, _record, _process, _processBegun) = (held, path, record, process, processBegun);

    /// <summary>What was run; empty where the record does not say.</summary>
    public string Command => _record?.Command ?? "";

    /// <summary>When it had begun; null where the record does not say.</summary>
    public DateTimeOffset? Begun => _record?.Begun;

    /// <summary>Which directory it could write; null where the record does not say.</summary>
    public string? Root => _record?.Root;

    /// <summary>Why there was nothing to look at.</summary>
    public WhyUnlooked Why { get; private set; }

    internal static KilledRun Read(SafeFileHandle held, string path)
    {
        if (FileStatus.Of(held) is not { Type: FileType.Regular, Size: <= RunRecord.MostBytes } status) return new(held, path, null, 0, 0);
        RunRecord? record = RunRecord.TryRead(RegularFile.Read(held, (int)status.Size), out int process, out ulong begun);
        return new(held, path, record, process, begun);
    }

    /// <summary>Whether all that was in its sandbox has ended; it is waited for.</summary>
    internal bool HasEnded(TimeSpan patience)
    {
        if (_process <= 0 || _record is not { IsOfThisStart: true }) return true;
        using SafeFileHandle first = OtherProcess.Open(_process);
        // The number may be another one's by now.
        return first.IsInvalid || OtherProcess.BeginOf(_process) != _processBegun
            || Readiness.Wait(first, null, null, patience).Read;
    }

    /// <summary>Looks where it was, and where the next program is to write.</summary>
    /// <param name="next">What that may do; null: there is none.</param>
    /// <returns>Null where there is nothing to look at: <see cref="Why"/>.</returns>
    public WritableWatch? TryWatch(Confinement? next)
    {
        Why = WhyUnlooked.Damaged;
        if (_record is null) return null;
        Why = WhyUnlooked.Gone;
        using (SafeFileHandle there = RawFile.Open(_record.Real, RawFile.AsPlace | RawFile.OnlyDirectories, out int errno))
        {
            if (errno == 0)
            {
                Why = WhyUnlooked.Another;
                if (_record.IsOf(there)) return Watching(there, _record.Root);
            }
        }
        // Moved, it is the same all the same.
        foreach (ShownPath shown in next?.Shown ?? [])
        {
            if (shown is not { Access: PathAccess.Write, Type: FileType.Directory }) continue;
            using SafeFileHandle? place = shown.TryHold();
            if (place is not null && _record.IsOf(place)) return Watching(place, shown.Path);
        }
        return null;
    }

    // The program may have taken our rights to it.
    private WritableWatch? Watching(SafeFileHandle place, string path)
    {
        Why = WhyUnlooked.Closed;
        if (OwnersRights.Lack(FileStatus.Of(place))) OwnersRights.Give(place);
        SafeFileHandle directory = RawFile.Open(ShownPath.Named(place), RawFile.ReadOnly | RawFile.OnlyDirectories, out int errno);
        if (errno == 0) return WritableWatch.Of(_record!.Watching(directory, path, EndedBy()));
        directory.Dispose();
        return null;
    }

    private DateTimeOffset? EndedBy() => _record switch
    {
        { IsOfThisStart: true } => _record.Mark?.At() is { } end ? end + Leeway : null,
        _ => MachineStart.At,
    };

    /// <summary>It has been looked at, or nobody wants to.</summary>
    public void Forget()
    {
        File.Delete(_path);
        if (_record is { IsOfThisStart: true }) _record.Mark?.Remove();
    }

    public void Dispose() => _held.Dispose();
}
