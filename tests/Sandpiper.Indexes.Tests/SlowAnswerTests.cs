using System.Net;
using Sandpiper.Indexes.Fetching;
using Sandpiper.Indexes.Tests.Surroundings;
using Sandpiper.Packaging.Index;
using Sandpiper.Surroundings;

namespace Sandpiper.Indexes.Tests;

/// <summary>A server that drips is never silent and never done; time passes here only when a test moves it.</summary>
public sealed class SlowAnswerTests
{
    private static readonly FetchLimits Limits = FetchLimits.Default;
    private readonly EagerTime _time = new();

    [Fact]
    public async Task A_byte_every_other_second_is_left_soon_after_the_start()
    {
        (long arrived, IndexException? error) = await ReadAsync(size: 2_400_000, bytesAPiece: 1, secondsAPiece: 2);
        Assert.Equal(IndexRules.Unreachable, error!.Rule);
        Assert.InRange(arrived, 1, (long)Limits.Start.TotalSeconds);
    }

    [Fact]
    public async Task A_slow_line_gets_the_time_that_a_large_file_takes()
    {
        (long arrived, IndexException? error) = await ReadAsync(size: 50_000_000, Limits.SlowestBytesPerSecond * 10, secondsAPiece: 10);
        Assert.Null(error);
        Assert.Equal(50_000_000, arrived);
    }

    [Fact]
    public async Task A_server_that_begins_fast_and_then_drips_is_left_when_what_it_brought_is_used_up()
    {
        int fast = Limits.SlowestBytesPerSecond * 60;
        await using var body = new Drip(_time, fast * 2, fast, TimeSpan.FromSeconds(1), thenBytes: 1);
        (long arrived, IndexException? error) = await ReadAsync(body);
        Assert.Equal(IndexRules.Unreachable, error!.Rule);
        Assert.InRange(arrived, fast, fast + (long)Limits.Start.TotalSeconds + 60);
    }

    [Fact]
    public async Task A_wheel_that_comes_too_slowly_is_given_up_and_not_asked_for_again()
    {
        byte[] large = new byte[4 << 20];
        using LyingIndexServer server = new LyingIndexServer().ServeAll().Serve(Served.WheelPath, ServedAnswer.Bytes(large));
        using SimpleIndex index = server.Index(time: _time);
        IndexFile file = await index.FileOf() with { Size = large.Length };
        var clock = new Moving(_time);
        Assert.Equal(
            $"({IndexRules.Unreachable})",
            await Served.RuleOf(() => index.DownloadAsync(file, [], Stream.Null, clock, TestContext.Current.CancellationToken)));
        Assert.Equal(1, server.CountOf(Served.WheelPath));
    }

    private async Task<(long Arrived, IndexException? Error)> ReadAsync(long size, int bytesAPiece, int secondsAPiece)
    {
        await using var body = new Drip(_time, size, bytesAPiece, TimeSpan.FromSeconds(secondsAPiece), bytesAPiece);
        return await ReadAsync(body);
    }

    private async Task<(long Arrived, IndexException? Error)> ReadAsync(Drip body)
    {
        using var response = new HttpResponseMessage(HttpStatusCode.OK) { Content = new StreamContent(body) };
        var answer = new Answer(response, new Uri("https://index.example/"), Limits, _time);
        byte[] piece = new byte[1 << 20];
        long arrived = 0;
        try
        {
            for (int read; (read = await answer.ReadAsync(body, piece, TestContext.Current.CancellationToken)) > 0; arrived += read)
            {
            }
        }
        catch (IndexException error)
        {
            return (arrived, error);
        }
        return (arrived, null);
    }

    /// <summary>Each piece takes its time.</summary>
    private sealed class Drip(EagerTime time, long size, int firstBytes, TimeSpan each, int thenBytes) : Stream
    {
        private long _given;

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => size;

        public override long Position { get => _given; set => throw new NotSupportedException(); }

        public override int Read(byte[] buffer, int offset, int count)
        {
            time.Move(each);
            int next = (int)Math.Min(Math.Min(_given == 0 ? firstBytes : thenBytes, count), size - _given);
            _given += next;
            return next;
        }

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            ValueTask.FromResult(Read([], 0, buffer.Length));

        public override void Flush() { }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }

    /// <summary>An hour goes by with every piece that arrives.</summary>
    private sealed class Moving(EagerTime time) : IProgress<long>
    {
        public void Report(long value) => time.Move(TimeSpan.FromHours(1));
    }
}
