using Sandpiper.Console;

namespace Sandpiper.Tests.Console;

public sealed class ProgressLineTests
{
    private const string Anew = "\r\e[2K";
    private readonly MovedTime _time = new();

    [Fact]
    public void It_shows_how_far_the_work_is()
    {
        var listener = new Listener(watches: true);
        using var line = new ProgressLine(listener.Terminal, _time);
        line.Bytes("numpy-2.1.0-cp311-cp311-manylinux_2_17_x86_64.whl", 5_000_000, 10_000_000, 1, 3);
        Assert.Equal($"{Anew}numpy-2.1.0-cp311-cp311… ━━━━━━━━━━━━━╺────────────  5.0/10.0 MB  1 of 3", listener.Error);
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(0, 10)]
    [InlineData(10, 10)]
    [InlineData(20, 10)]    // the index promised less
    [InlineData(5, -1)]
    public void The_bar_is_as_wide_as_ever_whatever_the_numbers(long bytes, long total)
    {
        var listener = new Listener(watches: true);
        using var line = new ProgressLine(listener.Terminal, _time);
        line.Bytes("six", bytes, total, 0, 1);
        Assert.Equal(26, listener.Error.Count(c => c is '━' or '╺' or '─'));
    }

    [Theory]
    [InlineData(72, "numpy-2.1.0-cp311-cp311… ━━━━━━━━━━━━╺────────────  5.0/10.0 MB  1 of 3")]
    [InlineData(54, "numpy-2.1.0-cp311-cp311…  5.0/10.0 MB  1 of 3")]
    [InlineData(40, "numpy-2.1.0-cp311-cp311…  5.0/10.0 MB …")]
    [InlineData(2, "…")]
    [InlineData(1, "…")]
    public void It_is_never_wider_than_the_terminal(int columns, string expected)
    {
        var listener = new Listener(watches: true, columns: columns);
        using var line = new ProgressLine(listener.Terminal, _time);
        line.Bytes("numpy-2.1.0-cp311-cp311-manylinux_2_17_x86_64.whl", 5_000_000, 10_000_000, 1, 3);
        Assert.Equal(Anew + expected, listener.Error);
    }

    [Fact]
    public void It_is_redrawn_ten_times_a_second_at_most()
    {
        var listener = new Listener(watches: true);
        using var line = new ProgressLine(listener.Terminal, _time);
        line.Count("Resolving", 1, "package");
        line.Count("Resolving", 2, "package");
        _time.Move(TimeSpan.FromMilliseconds(100));
        line.Count("Resolving", 3, "package");
        Assert.Equal($"{Anew}Resolving … 1 package{Anew}Resolving … 3 packages", listener.Error);
    }

    [Fact]
    public void It_is_gone_when_the_work_is_done()
    {
        var listener = new Listener(watches: true);
        var line = new ProgressLine(listener.Terminal, _time);
        line.Count("Resolving", 1, "package");
        line.Dispose();
        line.Dispose();
        Assert.Equal($"{Anew}Resolving … 1 package{Anew}", listener.Error);
    }

    [Fact]
    public void Nobody_who_does_not_watch_sees_any_of_it()
    {
        var listener = new Listener(watches: false);
        using (var line = new ProgressLine(listener.Terminal, _time)) line.Count("Resolving", 1, "package");
        Assert.Equal("", listener.Error);
    }

    private sealed class MovedTime : TimeProvider
    {
        private long _ticks;

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => _ticks;

        public void Move(TimeSpan by) => _ticks += by.Ticks;
    }
}
