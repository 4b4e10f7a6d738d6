using Microsoft.Win32.SafeHandles;
using Sandpiper.Kernel.Processes;

namespace Sandpiper.Sandbox.Leftovers;

/// <summary>A run that is on record while its program may write. Whoever disposes of it when that has begun leaves the record.</summary>
public sealed class BegunRun : IDisposable
{
    private readonly List<(SafeFileHandle File, string Path)> _records = [];
    private readonly List<EndMark> _marks = [];
    private bool _isOver = true;    // nothing has begun

    internal BegunRun() { }

    /// <summary>Its program may have written something.</summary>
    public bool HasBegun { get; private set; }

    internal void Add((SafeFileHandle File, string Path) record) => _records.Add(record);

    internal void Add(EndMark? mark)
    {
        if (mark is { } there) _marks.Add(there);
    }

    /// <summary>
    /// Its program is about to begin: whoever comes when we are dead waits until the sandbox is, too. That dies a moment later, and all in
    /// it has ended when its first process has.
    /// </summary>
    /// <param name="program">As we number it.</param>
    public void Begins(int program)
    {
        (HasBegun, _isOver) = (true, false);
        if (OtherProcess.StateOf(program) is not var (_, first) || OtherProcess.BeginOf(first) is not { } began) return;
        Span<byte> said = stackalloc byte[RunRecord.BytesOfProcess];
        RunRecord.Write(said, first, began);
        try
        {
            foreach (var (file, _) in _records) RandomAccess.Write(file, said, RunRecord.PlaceOfProcess);
        }
        catch (IOException)
        {
            // Then nobody waits.
        }
    }

    /// <summary>What it left has been looked at.</summary>
    public void IsSettled() => _isOver = true;

    public void Dispose()
    {
        foreach (var (file, path) in _records)
        {
            using (file)
            {
                if (_isOver) File.Delete(path);
            }
        }
        if (_isOver) _marks.ForEach(mark => mark.Remove());
    }
}
