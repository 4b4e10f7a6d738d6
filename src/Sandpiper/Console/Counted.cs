namespace Sandpiper.Console;

/// <summary>A number and what it counts, in the right number.</summary>
internal static class Counted
{
    public static string Of(long count, string thing) => $"{count:N0} {thing}{(count == 1 ? "" : "s")}";
}
