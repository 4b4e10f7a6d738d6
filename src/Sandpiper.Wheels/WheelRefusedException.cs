namespace Sandpiper.Wheels;

/// <summary>A wheel that contradicts itself, its name or the standard. Nothing of it is in the store.</summary>
public sealed class WheelRefusedException(string rule, string because, string? member, string? evidence) : Exception($"{because} ({rule})")
{
    /// <summary>Stable: users quote it to override; never reused for another meaning.</summary>
    public string Rule { get; } = rule;

    public string Because { get; } = because;

    /// <summary>As written in the wheel, so possibly full of escape sequences; null when it is about the whole wheel.</summary>
    public string? Member { get; } = member;

    /// <summary>What was seen, as written in the wheel; null when <see cref="Because"/> says all.</summary>
    public string? Evidence { get; } = evidence;

    /// <summary>Whether sealing can go on when a user says so: only where it stays clear what would be installed.</summary>
    public bool MayBeWaived { get; } = Objections.MayBeWaived(rule);
}
