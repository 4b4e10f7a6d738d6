namespace Sandpiper.Operations.Tests;

/// <summary>A clock that stands still.</summary>
internal sealed class StillTime(DateTimeOffset now) : TimeProvider
{
    public override DateTimeOffset GetUtcNow() => now;
}
