namespace Sandpiper.Archives;

/// <summary>An archive that readers could read differently, or that reaches outside. Nothing was written.</summary>
public sealed class ArchiveRefusedException(string rule, string because, string? member, long offset) : Exception($"{because} ({rule})")
{
    /// <summary>Stable: users quote it to override; never reused for another meaning.</summary>
    public string Rule { get; } = rule;

    public string Because { get; } = because;

    /// <summary>As written in the archive, so possibly full of escape sequences; null when it is about the whole archive.</summary>
    public string? Member { get; } = member;

    /// <summary>Bytes from the start of the archive.</summary>
    public long Offset { get; } = offset;
}
