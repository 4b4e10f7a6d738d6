using System.CommandLine;
using System.Globalization;
using Sandpiper.Console;
using Sandpiper.Kernel.Processes;

namespace Sandpiper.Commands;

/// <summary>How long a program may run: then it is ended as a SIGTERM to us ends it, with everything that it started.</summary>
internal sealed class RunTime : IDisposable
{
    /// <summary>As timeout(1) ends.</summary>
    public const int ExitCode = 124;

    private static readonly TimeSpan Longest = TimeSpan.FromDays(30);

    private readonly ITimer? _timer;
    private int _isOver;

    /// <param name="limit">Null: as long as it likes.</param>
    public RunTime(TimeSpan? limit, TimeProvider time)
    {
        if (limit is not { } most) return;
        _timer = time.CreateTimer(_ =>
        {
            Interlocked.Exchange(ref _isOver, 1);
            OwnSignal.Terminate();
        }, state: null, most, Timeout.InfiniteTimeSpan);
    }

    /// <summary>It was ended because of that.</summary>
    public bool IsOver => Volatile.Read(ref _isOver) != 0;

    public void Dispose() => _timer?.Dispose();

    /// <summary><c>--timeout 90</c>, <c>1.5s</c>, <c>10m</c>, <c>2h</c>, as timeout(1) reads it.</summary>
    public static Option<TimeSpan?> Option()
    {
        return new Option<TimeSpan?>("--timeout")
        {
            HelpName = "TIME",
            Description = "end it after so many seconds, or 10m, 2h; the exit code is then 124",
            Arity = ArgumentArity.OneOrMore,
            CustomParser = result =>
            {
                if (TryParse(result.Tokens[^1].Value, out TimeSpan limit)) return limit;
                result.AddError($"`--timeout` takes a time from 0.001 s to 30 days: 90, 1.5s, 10m, 2h, not `{result.Tokens[^1].Value}`");
                return null;
            },
        };
    }

    /// <summary>Digits, perhaps with a point, and a unit.</summary>
    internal static bool TryParse(string text, out TimeSpan limit)
    {
        limit = default;
        double unit = text is [.., var last] ? last switch { 's' => 1, 'm' => 60, 'h' => 3600, 'd' => 86400, _ => 0 } : 0;
        ReadOnlySpan<char> digits = unit == 0 ? text : text.AsSpan(0, text.Length - 1);
        if (!double.TryParse(digits, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double number)) return false;
        double seconds = number * (unit == 0 ? 1 : unit);
        if (!(seconds >= 0.001 && seconds <= Longest.TotalSeconds)) return false; // "NaN" is a number, too
        limit = TimeSpan.FromSeconds(seconds);
        return true;
    }
}
