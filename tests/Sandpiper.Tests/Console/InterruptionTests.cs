using System.Runtime.InteropServices;
using Sandpiper.Console;

namespace Sandpiper.Tests.Console;

public sealed class InterruptionTests
{
    private readonly StandingTime _time = new();

    [Theory]
    [InlineData(PosixSignal.SIGTERM, ExitCode.Terminated)]
    [InlineData(PosixSignal.SIGINT, ExitCode.Interrupted)]
    [InlineData(PosixSignal.SIGHUP, ExitCode.HungUp)]
    public void The_first_signal_is_a_wish_and_the_same_one_twice_at_once_is_one(PosixSignal signal, object exit)
    {
        using var interruption = new Interruption(_time);
        Assert.False(interruption.Token.IsCancellationRequested);
        Assert.True(interruption.IsWish(signal));
        Assert.True(interruption.Token.IsCancellationRequested);
        _time.Move(199);
        Assert.True(interruption.IsWish(signal));
        Assert.Equal(exit, interruption.Exit);
    }

    [Fact]
    public void One_that_comes_later_ends_the_process_and_so_does_another_at_once()
    {
        using var interruption = new Interruption(_time);
        Assert.True(interruption.IsWish(PosixSignal.SIGTERM));
        Assert.False(interruption.IsWish(PosixSignal.SIGINT));
        _time.Move(200);
        Assert.False(interruption.IsWish(PosixSignal.SIGTERM));
        Assert.Equal(ExitCode.Terminated, interruption.Exit);
    }

    private sealed class StandingTime : TimeProvider
    {
        private long _milliseconds;

        public override long TimestampFrequency => 1000;

        public override long GetTimestamp() => _milliseconds;

        public void Move(long milliseconds) => _milliseconds += milliseconds;
    }
}
