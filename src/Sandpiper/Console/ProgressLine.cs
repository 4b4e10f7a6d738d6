using System.Globalization;
using System.Runtime.InteropServices;
using Sandpiper.Sandbox.Terminals;

namespace Sandpiper.Console;

/// <summary>One line that tells how far the work is; gone when the work is done. Nothing where nobody watches.</summary>
/// <remarks>
/// Safe to be told from several threads. Redraws at most ten times a second: a terminal over a slow line is somebody's terminal. Ctrl-C,
/// which ends the process at once, takes the line away first.
/// </remarks>
internal sealed class ProgressLine(Terminal terminal, TimeProvider time) : IDisposable
{
    private const int BarWidth = 26, ShortestBar = 8, NameWidth = 24;
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(100);
    private readonly Lock _gate = new();
    private long _lastDrawn = long.MinValue;
    private PosixSignalRegistration[] _ends = [];
    private bool _isOver;

    /// <summary>A count without a known end: <c>Resolving … 12 packages</c>.</summary>
    public void Count(string doing, int done, string thing) => Draw($"{doing} … {Counted.Of(done, thing)}");

    /// <summary>Pieces of work of a known count: <c>Measuring (4) virtualenv … 12 of 40</c>.</summary>
    public void Of(string doing, int done, int count) => Draw($"{doing} … {done} of {count}");

    /// <summary>Bytes of a known total and packages of a known count.</summary>
    public void Bytes(string current, long bytes, long totalBytes, int done, int count)
    {
        string name = ShortText.Of(current, NameWidth);
        string numbers = string.Create(CultureInfo.InvariantCulture, $"{bytes / 1e6:0.0}/{totalBytes / 1e6:0.0} MB  {done} of {count}");
        int width = Math.Min(BarWidth, terminal.Columns() - NameWidth - numbers.Length - 4);
        if (width < ShortestBar)
        {
            Draw($"{name}  {numbers}");
            return;
        }
        double share = totalBytes > 0 ? Math.Clamp((double)bytes / totalBytes, 0, 1) : 0;
        int filled = (int)(share * width);
        string bar = new string('━', filled) + (filled < width ? "╺" : "") + new string('─', Math.Max(0, width - filled - 1));
        Draw($"{name.PadRight(NameWidth)} {bar}  {numbers}");
    }

    public void Dispose()
    {
        PosixSignalRegistration[] ends;
        lock (_gate)
        {
            if (_lastDrawn != long.MinValue) terminal.ClearTransient();
            _lastDrawn = long.MinValue;
            (ends, _ends) = (_ends, []);
        }
        foreach (PosixSignalRegistration end in ends) end.Dispose();
    }

    private void Draw(string text)
    {
        if (!terminal.ShowsProgress) return;
        lock (_gate)
        {
            if (_isOver || (_lastDrawn != long.MinValue && time.GetElapsedTime(_lastDrawn) < Interval)) return;
            if (_ends.Length == 0) _ends = [
                PosixSignalRegistration.Create(PosixSignal.SIGINT, End), PosixSignalRegistration.Create(PosixSignal.SIGTERM, End)];
            _lastDrawn = time.GetTimestamp();
            // The last column stays free: some terminals wrap as soon as it is written.
            int room = Math.Max(1, terminal.Columns() - 1);
            terminal.Transient(ShortText.Of(VisibleText.Of(text), room));
        }
    }

    // What the signal does by itself, ending the process, is done afterwards.
    private void End(PosixSignalContext context)
    {
        lock (_gate)
        {
            terminal.ClearTransient();
            _isOver = true;
        }
    }
}
