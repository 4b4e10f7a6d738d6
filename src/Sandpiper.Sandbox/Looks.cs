namespace Sandpiper.Sandbox;

/// <summary>How often a name is looked at that somebody may be exchanging just now, before it counts as what it is.</summary>
/// <remarks>So many that whoever does nothing else keeps nobody from starting a program, and few enough not to be waited for.</remarks>
internal static class Looks
{
    private const int Most = 2000, BetweenTurns = 20, BetweenRests = 200;

    public static IEnumerable<int> While()
    {
        for (int look = 0; look < Most; look++)
        {
            yield return look;
            // On one processor he has to get his turn, too; where many want one, that takes longer.
            if (look % BetweenRests == BetweenRests - 1) Thread.Sleep((2 * (look / BetweenRests)) + 1);
            else if (look % BetweenTurns == BetweenTurns - 1) _ = Thread.Yield();
        }
    }
}
