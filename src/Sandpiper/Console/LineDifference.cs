using System.Globalization;

namespace Sandpiper.Console;

/// <summary>Two texts line by line: what would have to go and to come to make the one of the other (Myers, "An O(ND) Difference
/// Algorithm").</summary>
internal sealed class LineDifference
{
    // Texts that differ in more lines than that are shown as the one gone and the other there: their way costs the square of it.
    private const int MostSteps = 1000;
    private const int Context = 3;

    private readonly string[] _before, _after;
    private readonly bool[] _gone, _come;

    private LineDifference(string[] before, string[] after)
    {
        (_before, _after) = (before, after);
        (_gone, _come) = (new bool[before.Length], new bool[after.Length]);
        Compare();
    }

    /// <summary>How many lines came.</summary>
    public int Added => _come.Count(come => come);

    /// <summary>How many went.</summary>
    public int Removed => _gone.Count(gone => gone);

    public static LineDifference Between(string before, string after) => new(LinesOf(before), LinesOf(after));

    /// <summary>As diff(1) shows it with <c>-u</c>: lines that begin with <c>@@</c>, a space, <c>-</c> or <c>+</c>.</summary>
    public IEnumerable<string> Unified()
    {
        List<(char Sign, string Line)> all = [.. Signed()];
        int[] changed = [.. Enumerable.Range(0, all.Count).Where(i => all[i].Sign is not ' ')];
        (int at, int before, int after) = (0, 0, 0);
        for (int first = 0, next; first < changed.Length; first = next)
        {
            // What is not far from each other is shown together.
            for (next = first + 1; next < changed.Length && changed[next] - changed[next - 1] <= 2 * Context; next++) { }
            int start = Math.Max(changed[first] - Context, at), end = Math.Min(changed[next - 1] + 1 + Context, all.Count);
            (before, after) = (before + start - at, after + start - at);
            int gone = all[start..end].Count(line => line.Sign is not '+'), come = all[start..end].Count(line => line.Sign is not '-');
            yield return string.Create(CultureInfo.InvariantCulture, $"@@ -{Range(before, gone)} +{Range(after, come)} @@");
            foreach (var (sign, line) in all[start..end])
            {
                yield return sign + line.TrimEnd('\n');
                if (!line.EndsWith('\n')) yield return "\\ No newline at end of file";
            }
            (at, before, after) = (end, before + gone, after + come);
        }
    }

    private IEnumerable<(char Sign, string Line)> Signed()
    {
        for (int before = 0, after = 0; before < _before.Length || after < _after.Length;)
        {
            if (before < _before.Length && _gone[before]) yield return ('-', _before[before++]);
            else if (after < _after.Length && _come[after]) yield return ('+', _after[after++]);
            else yield return (' ', _before[(before++, after++).Item1]);
        }
    }

    // From 1; where there are none, the line that they would follow.
    private static string Range(int start, int count) =>
        string.Create(CultureInfo.InvariantCulture, $"{(count == 0 ? start : start + 1)},{count}");

    // Each with its end: the last one may have none, and is another line then.
    private static string[] LinesOf(string text)
    {
        var lines = new List<string>();
        for (int start = 0; start < text.Length;)
        {
            int end = text.IndexOf('\n', start);
            end = end < 0 ? text.Length : end + 1;
            lines.Add(text[start..end]);
            start = end;
        }
        return [.. lines];
    }

    private void Compare()
    {
        int start = 0, endBefore = _before.Length, endAfter = _after.Length;
        while (start < endBefore && start < endAfter && IsSame(start, start)) start++;
        while (endBefore > start && endAfter > start && IsSame(endBefore - 1, endAfter - 1))
            (endBefore, endAfter) = (endBefore - 1, endAfter - 1);
        if (!Walk(start, endBefore - start, endAfter - start))
        {
            Array.Fill(_gone, true, start, endBefore - start);
            Array.Fill(_come, true, start, endAfter - start);
        }
    }

    // The furthest that is reached with each number of steps, on each diagonal; then the way back.
    private bool Walk(int start, int before, int after)
    {
        int most = Math.Min(before + after, MostSteps);
        var reached = new List<int[]>();
        int[] furthest = new int[(2 * most) + 3];
        for (int steps = 0; steps <= most; steps++)
        {
            reached.Add(furthest[(most + 1 - steps)..(most + 2 + steps)]);
            for (int diagonal = -steps; diagonal <= steps; diagonal += 2)
            {
                int at = most + 1 + diagonal;
                bool isDown = diagonal == -steps || (diagonal != steps && furthest[at - 1] < furthest[at + 1]);
                int x = isDown ? furthest[at + 1] : furthest[at - 1] + 1;
                while (x < before && x - diagonal < after && IsSame(start + x, start + x - diagonal)) x++;
                furthest[at] = x;
                if (x < before || x - diagonal < after) continue;
                Back(reached, start, before, after);
                return true;
            }
        }
        return false;
    }

    private void Back(List<int[]> reached, int start, int x, int y)
    {
        for (int steps = reached.Count - 1; steps > 0; steps--)
        {
            // What was reached with one step less: the middle of it is diagonal 0.
            int[] earlier = reached[steps];
            int diagonal = x - y;
            bool isDown = diagonal == -steps || (diagonal != steps && earlier[steps + diagonal - 1] < earlier[steps + diagonal + 1]);
            int from = isDown ? diagonal + 1 : diagonal - 1;
            int fromX = earlier[steps + from], fromY = fromX - from;
            if (isDown) _come[start + fromY] = true;
            else _gone[start + fromX] = true;
            (x, y) = (fromX, fromY);
        }
    }

    private bool IsSame(int before, int after) => string.Equals(_before[before], _after[after], StringComparison.Ordinal);
}
