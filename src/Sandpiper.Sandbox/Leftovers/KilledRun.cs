using Microsoft.Win32.SafeHandles;
using Sandpiper.Kernel;
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

    /// <summary>Its sandbox has not ended yet.</summary>
    Living,
}

/// <summary>One directory of a run that was ended by force, and of which nobody looked what it left.</summary>
public sealed class KilledRun : IDisposable
{
    // When run is dead its sandbox is being killed: with thousands of processes that all want a processor that takes seconds.
    private static readonly TimeSpan Leeway = TimeSpan.FromSeconds(60);

    private const string Told = ".told";

    private readonly SafeFileHandle _held;
    private string _path;
    private readonly RunRecord? _record;
    private readonly int _process;
    private readonly ulong _processBegun;
    private bool _isLiving;

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

    /// <summary>Waits until all that was in its sandbox has ended.</summary>
    internal void Wait(TimeSpan patience)
    {
        if (_process <= 0 || _record is not { IsOfThisStart: true }) return;
        using SafeFileHandle first = OtherProcess.Open(_process);
        // The number may be another one's by now.
        _isLiving = !first.IsInvalid && OtherProcess.BeginOf(_process) == _processBegun
            && !Readiness.Wait(first, null, null, patience).Read;
    }

    /// <summary>Whether it has been said that nobody can look at it.</summary>
    public bool IsTold => _path.EndsWith(Told, StringComparison.Ordinal);

    /// <summary>It need not be said again.</summary>
    /// <exception cref="KernelException">That cannot be put on record.</exception>
    public void TellOnce()
    {
        if (IsTold) return;
        AtomicRename.Replace(_path, _path + Told);
        _path += Told;
    }

    /// <summary>Looks where it was, and where the next program is to write.</summary>
    /// <param name="next">What that may do; null: there is none.</param>
    /// <returns>Null where there is nothing to look at: <see cref="Why"/>.</returns>
    public WritableWatch? TryWatch(Confinement? next)
    {
        Why = WhyUnlooked.Damaged;
        if (_record is null) return null;
        Why = WhyUnlooked.Living;
        if (_isLiving) return null;
        Why = WhyUnlooked.Gone;
        using (SafeFileHandle there = RawFile.Open(_record.Real, RawFile.AsPlace | RawFile.OnlyDirectories, out int errno))
        {
            if (errno == 0)
            {
                Why = WhyUnlooked.Another;
                if (_record.IsOf(there, isWhereItWas: true)) return Watching(there, _record.Root);
            }
        }
        // Moved, it is the same all the same.
        foreach (ShownPath shown in next?.Shown ?? [])
        {
            if (shown is not { Access: PathAccess.Write, Type: FileType.Directory }) continue;
            using SafeFileHandle? place = shown.TryHold();
            if (place is not null && _record.IsOf(place, isWhereItWas: false)) return Watching(place, shown.Path);
        }
        return null;
    }

    // The program may have taken our rights to it.
    private WritableWatch? Watching(SafeFileHandle place, string path)
    {
        Why = WhyUnlooked.Closed;
        if (OwnersRights.Lack(FileStatus.Of(place))) OwnersRights.Give(place);
        SafeFileHandle directory = RawFile.Open(ShownPath.Named(place), RawFile.ReadOnly | RawFile.OnlyDirectories, out int errno);
        if (errno == 0) return WritableWatch.Of(_record!.Watching(directory, path, _record.EndedAt + Leeway));
        directory.Dispose();
        return null;
    }

    /// <summary>It has been looked at, or nobody wants to.</summary>
    public void Forget()
    {
        File.Delete(_path);
        Unmark();
    }

    /// <summary>Leaves nothing of it but its record.</summary>
    public void Unmark()
    {
        if (_record is { IsOfThisStart: true }) _record.Mark?.Remove();
    }

    public void Dispose() => _held.Dispose();
}
