using System.Collections.Immutable;
using System.Text;
using Sandpiper.Packaging.Names;
using Sandpiper.Packaging.Wheels;
using Sandpiper.Policies;
using Sandpiper.Wheels;

namespace Sandpiper.Store;

/// <summary>A wheel in the store: inspected, unpacked, read-only, known by the SHA-256 of its file.</summary>
public sealed record SealedWheel
{
    public required Sha256Digest Digest { get; init; }

    /// <summary>Absolute: the store's directory for this wheel; the unpacked tree is <c>wheel/</c> below it.</summary>
    public required string Directory { get; init; }

    public required WheelFileName FileName { get; init; }

    /// <summary>Name of the <c>.dist-info</c> directory, as in the wheel.</summary>
    public required string DistInfo { get; init; }

    /// <summary>Of the manifest that all this was read from.</summary>
    public Sha256Digest ManifestDigest { get; init; }

    /// <summary>Every file to install. RECORD is not among them: each environment gets its own.</summary>
    public ImmutableArray<StoredFile> Files => Table.Files;

    /// <summary>The same in one piece: whoever only looks at them makes no objects.</summary>
    public required FileTable Table { get; init; }

    public required ImmutableArray<ScriptEntryPoint> Scripts { get; init; }

    /// <summary>
    /// What was found when it was inspected, for whoever installs it to judge; null: an earlier version sealed it and kept none, so that
    /// it has to be inspected again.
    /// </summary>
    public required ImmutableArray<Finding>? Findings { get; init; }

    /// <summary>What was done silently, in words: <c>"3 byte-code files were left out"</c>.</summary>
    public required ImmutableArray<string> Notes { get; init; }

    public const string TreeName = "wheel";

    /// <summary>Absolute: where its <see cref="EntryStamps"/> are kept.</summary>
    public string StampsFile { get; init; } = "";

    /// <summary>The seal made directories for byte code; an earlier version made none, and there can be none.</summary>
    public bool HasPlacesForByteCode => Table.HasPlaces;

    /// <summary>Those of <see cref="Files"/> for which byte code can be kept.</summary>
    public ImmutableArray<ByteCode.Module> Modules => Table.Modules;

    /// <summary>Absolute: what the seal found.</summary>
    public string ManifestFile => Path.Combine(Directory, StoreManifest.FileName);

    /// <summary>
    /// The directory of the tree that an environment can show as the record of the package; null where the environment has to write one.
    /// </summary>
    /// <param name="isRequested">Somebody asked for it by name.</param>
    public string? RecordsFor(bool isRequested) =>
        Table.Total == Table.Count ? null : isRequested ? InstalledRecords.RequestedDirectory : DistInfo;

    /// <summary>Of RECORD in such a directory.</summary>
    /// <exception cref="StoreDamagedException">It is not there.</exception>
    public Sha256Digest RecordDigest(string records) => Table.Find(Encoding.UTF8.GetBytes($"{records}/RECORD")) is { } index
        ? Table.DigestOf(index) : throw new StoreDamagedException(Digest, "its manifest lists no RECORD");

    private const int MaxMetadataBytes = 16 << 20;

    /// <summary>Absolute: where <see cref="StoredFile.StorePath"/> begins.</summary>
    public string Tree => Path.Combine(Directory, TreeName);

    /// <summary>
    /// Every directory of the tree, those for byte code included, by its path below <see cref="Tree"/>; ordered, the first is the tree
    /// itself, empty.
    /// </summary>
    public ImmutableArray<string> Directories => Table.Directories;

    /// <summary>METADATA among <see cref="Files"/>.</summary>
    /// <exception cref="StoreDamagedException">It is not there.</exception>
    public StoredFile Metadata
    {
        get
        {
            return Table.Find(Encoding.UTF8.GetBytes($"{DistInfo}/METADATA")) is { } index
                ? Table[index] : throw new StoreDamagedException(Digest, "its manifest lists no METADATA");
        }
    }

    /// <summary>The same with one more finding; null changes nothing.</summary>
    public SealedWheel With(Finding? finding) => finding is null ? this : this with { Findings = Findings?.Add(finding) };

    /// <summary>The content of one of <see cref="Files"/>, held against its SHA-256.</summary>
    /// <exception cref="StoreDamagedException">It is not what was sealed, or is longer than <paramref name="maxBytes"/>.</exception>
    public ReadOnlyMemory<byte> Read(StoredFile file, int maxBytes)
    {
        byte[] content = StoreFile.Read(Path.Combine(Tree, file.StorePath), maxBytes, Digest);
        return Sha256Digest.Of(content) == file.Digest
            ? content : throw new StoreDamagedException(Digest, $"{file.StorePath} has been changed");
    }

    /// <inheritdoc cref="WheelStore.ReadMetadata"/>
    public ReadOnlyMemory<byte> ReadMetadata() => Read(Metadata, MaxMetadataBytes);
}
