namespace Sandpiper.Sandbox;

/// <summary>How often a name is looked at that somebody may be exchanging just now, before it counts as what it is.</summary>
/// <remarks>So many that whoever does nothing else keeps nobody from starting a program, and few enough not to be waited for.</remarks>
internal struct Looks
{
    private const int Most = 2000, BetweenTurns = 20, BetweenRests = 200;

    /// <summary>For <c>foreach</c>; no list of them: the second stage looks at sixty names, and is waited for.</summary>
    public static Looks While() => new() { Current = -1 };

    public int Current { get; private set; }

    public readonly Looks GetEnumerator() => this;

    public bool MoveNext()
    {
        // On one processor he has to get his turn, too; where many want one, that takes longer.
        if (Current >= 0 && Current % BetweenRests == BetweenRests - 1) Thread.Sleep((2 * (Current / BetweenRests)) + 1);
        else if (Current >= 0 && Current % BetweenTurns == BetweenTurns - 1) _ = Thread.Yield();
        return ++Current < Most;
    }
}
