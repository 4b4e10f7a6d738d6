namespace Sandpiper.Samples;

/// <summary>How an index offers one file, and where the index lies about it.</summary>
public sealed record SampleOffer
{
    /// <summary>The reason for yanking (PEP 592), possibly empty; null: not yanked.</summary>
    public string? Yanked { get; init; }

    /// <summary>Null: the index does not say.</summary>
    public DateTimeOffset? Uploaded { get; init; } = new(2024, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>In place of what the file's metadata says.</summary>
    public string? RequiresPython { get; init; }

    public bool WithoutHash { get; init; }

    /// <summary>In hexadecimal, in place of the true one.</summary>
    public string? Sha256 { get; init; }

    /// <summary>A wheel's metadata is not served beside it (PEP 658).</summary>
    public bool WithoutMetadata { get; init; }

    /// <summary>Served in place of the wheel's own; the page gives its true hash.</summary>
    public ReadOnlyMemory<byte>? Metadata { get; init; }

    /// <summary>Served in place of the file; the page still gives the file's hash and size.</summary>
    public ReadOnlyMemory<byte>? Content { get; init; }
}
