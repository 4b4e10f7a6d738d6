namespace Sandpiper.Indexes;

/// <summary>An index that could not be asked or whose answer cannot be trusted. Nothing was changed.</summary>
/// <remarks><see cref="IndexRules"/> lists the rules. Neither the text nor <see cref="Location"/> holds credentials.</remarks>
public sealed class IndexException(string rule, string because, Uri? location, Exception? inner = null) : Exception(because, inner)
{
    /// <summary><c>SP-INDEX-…</c>; stable.</summary>
    public string Rule { get; } = rule;

    public string Because { get; } = because;

    /// <summary>What was asked for, without credentials.</summary>
    public Uri? Location { get; } = location;

    /// <summary>True when the answer was refused (wrong digest, lying page); false when there was none (network, 5xx).</summary>
    public bool IsRefusal { get; init; }

    /// <summary>The way failed, not the server: asking again may help.</summary>
    internal bool MayPass { get; init; }
}
