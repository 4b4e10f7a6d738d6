namespace Sandpiper.Resolution;

/// <summary>
/// What a search has cost, counted in the small: a version held against a clause, a demand against another. Pages and METADATA are made by
/// whoever wants, so their product is bounded and not only each of them.
/// </summary>
/// <param name="most">What it may cost.</param>
internal sealed class Effort(long most = Effort.Most)
{
    /// <summary>Some seconds; the largest real sets need a twentieth of it.</summary>
    public const long Most = 200_000_000;

    private long _spent;

    public bool IsSpent => Interlocked.Read(ref _spent) > most;

    /// <summary>Another one, that may cost so much less.</summary>
    public Effort Part(int divisor) => new(most / divisor);

    public void Spend(long steps) => Interlocked.Add(ref _spent, steps);
}
