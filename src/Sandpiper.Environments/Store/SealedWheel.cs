using System.Collections.Immutable;
using Sandpiper.Packaging.Names;
using Sandpiper.Packaging.Wheels;

namespace Sandpiper.Environments.Store;

/// <summary>A wheel in the store: inspected, unpacked, read-only, known by the SHA-256 of its file.</summary>
public sealed record SealedWheel
{
    public required Sha256Digest Digest { get; init; }

    /// <summary>Absolute: the store's directory for this wheel; the unpacked tree is <c>wheel/</c> below it.</summary>
    public required string Directory { get; init; }

    public required WheelFileName FileName { get; init; }

    /// <summary>Name of the <c>.dist-info</c> directory, as in the wheel.</summary>
    public required string DistInfo { get; init; }

    /// <summary>Every file to install. RECORD is not among them: each environment gets its own.</summary>
    public required ImmutableArray<StoredFile> Files { get; init; }

    public required ImmutableArray<ScriptEntryPoint> Scripts { get; init; }

    /// <summary>What was done silently, in words: <c>"3 byte-code files were left out"</c>.</summary>
    public required ImmutableArray<string> Notes { get; init; }
}
