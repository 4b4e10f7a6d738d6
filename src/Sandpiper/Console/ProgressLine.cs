using System.Globalization;

namespace Sandpiper.Console;

/// <summary>One line that tells how far the work is; gone when the work is done. Nothing where nobody watches.</summary>
/// <remarks>Safe to be told from several threads. Redraws at most ten times a second: a terminal over a slow line is somebody's terminal.</remarks>
internal sealed class ProgressLine(Terminal terminal, TimeProvider time) : IDisposable
{
    private const int BarWidth = 26;
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(100);
    private readonly Lock _gate = new();
    private long _lastDrawn = long.MinValue;

    /// <summary>A count without a known end: <c>Resolving … 12 packages</c>.</summary>
    public void Count(string doing, int done, string what) => Draw($"{doing} … {done} {what}");

    /// <summary>Bytes of a known total and packages of a known count.</summary>
    public void Bytes(string current, long bytes, long totalBytes, int done, int count)
    {
        double share = totalBytes > 0 ? Math.Clamp((double)bytes / totalBytes, 0, 1) : 0;
        int filled = (int)(share * BarWidth);
        string bar = new string('━', filled) + (filled < BarWidth ? "╺" : "") + new string('─', Math.Max(0, BarWidth - filled - 1));
        Draw(string.Create(CultureInfo.InvariantCulture, $"{Shorten(current),-24} {bar}  {bytes / 1e6:0.0}/{totalBytes / 1e6:0.0} MB  {done} of {count}"));
    }

    public void Dispose()
    {
        lock (_gate)
        {
            if (_lastDrawn != long.MinValue) terminal.ClearTransient();
            _lastDrawn = long.MinValue;
        }
    }

    private static string Shorten(string text) => text.Length <= 24 ? text : text[..23] + "…";

    private void Draw(string text)
    {
        if (!terminal.ShowsProgress) return;
        lock (_gate)
        {
            if (_lastDrawn != long.MinValue && time.GetElapsedTime(_lastDrawn) < Interval) return;
            _lastDrawn = time.GetTimestamp();
            terminal.Transient(text);
        }
    }
}
