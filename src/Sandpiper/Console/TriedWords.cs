using System.Globalization;
using System.Runtime.InteropServices;
using Sandpiper.Sandbox.Tried;

namespace Sandpiper.Console;

/// <summary>The words for what a program tried.</summary>
internal static class TriedWords
{
    public static string Title(TriedKind kind) => kind switch
    {
        TriedKind.Key => "keys that are there and that it was not shown",
        TriedKind.Unshown => "there, and not shown to it",
        TriedKind.RefusedWrite => "wanted to write, and may not",
        TriedKind.HomeWrite => "written in its private home, not in yours (sandpiper home)",
        TriedKind.Host => "hosts",
        TriedKind.LocalSocket => "services of this machine (--read PATH lets it speak to one)",
        _ => "programs",
    };

    /// <summary>As JSON has it.</summary>
    public static string Key(TriedKind kind) => kind switch
    {
        TriedKind.Key => "key",
        TriedKind.Unshown => "unshown",
        TriedKind.RefusedWrite => "refused_write",
        TriedKind.HomeWrite => "home_write",
        TriedKind.Host => "host",
        TriedKind.LocalSocket => "socket",
        _ => "program",
    };

    /// <summary>What came of it, and how often.</summary>
    public static string Of(TriedThing thing)
    {
        string? what = thing.Kind switch
        {
            TriedKind.Key or TriedKind.Unshown => (thing.IsOpened ? "opened" : "looked for")
                + (thing.IsOfOthers ? ", and not yours to read either" : ""),
            TriedKind.Host or TriedKind.LocalSocket when thing.IsReached => "reached",
            TriedKind.Host when !thing.IsOpened => "asked for its address",
            TriedKind.Host or TriedKind.LocalSocket when thing.IsBegun => "begun; what came of it is not known",
            TriedKind.Host or TriedKind.LocalSocket when thing.Errno != 0 =>
                $"not reached: {Marshal.GetPInvokeErrorMessage(thing.Errno)}",
            TriedKind.Host or TriedKind.LocalSocket => "not reached",
            TriedKind.RefusedWrite => Of(thing.Obstacle),
            _ => null,
        };
        string? times = thing.Times > 1 ? string.Create(CultureInfo.InvariantCulture, $"{thing.Times:N0} times") : null;
        return string.Join(", ", new[] { what, times }.OfType<string>());
    }

    /// <summary>As JSON has it.</summary>
    public static string? Key(WriteObstacle? obstacle) => obstacle switch
    {
        WriteObstacle.ReadOnly => "read_only",
        WriteObstacle.Protected => "protected",
        WriteObstacle.NotShown => "not_shown",
        _ => null,
    };

    private static string? Of(WriteObstacle? obstacle) => Key(obstacle) is { } key ? key.Replace('_', ' ') : null;

    /// <summary>What the list lacks.</summary>
    public static IEnumerable<string> Gaps(TriedReport report)
    {
        if (report.LeftOut > 0) yield return $"and {Counted.Of(report.LeftOut, "call")} beyond what is noted; the list is not whole";
        if (report.Unread > 0)
            yield return $"and {Counted.Of(report.Unread, "call")} that could not be read; the list is not whole";
        if (report.NotLooked > 0)
            yield return $"and {Counted.Of(report.NotLooked, "path")} on other machines, where nobody looked whether there is anything";
    }
}
