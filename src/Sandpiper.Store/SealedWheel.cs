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
    /// <exception cref="StoreDamagedException">It had not been read yet, and the manifest is not what a seal writes.</exception>
    public FileTable Table => Listing.Value;

    /// <summary>Reads <see cref="Table"/> when somebody asks for it: most that have to do with a wheel do not.</summary>
    public required Lazy<FileTable> Listing { private get; init; }

    /// <summary>Somebody has asked for <see cref="Table"/> before.</summary>
    public bool IsListed => Listing.IsValueCreated;

    /// <summary>What lies at the top of its tree.</summary>
    public FileOutline Outline
    {
        get => _outline ?? Table.Outline;
        init => _outline = value;
    }

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
        !Outline.HasRecords ? null : isRequested ? InstalledRecords.RequestedDirectory : DistInfo;

    /// <summary>Of RECORD in that directory.</summary>
    /// <exception cref="StoreDamagedException">It is not there.</exception>
    public Sha256Digest RecordDigest(bool isRequested) => (isRequested ? Outline.RequestedRecord : Outline.Record) is var digest
        && digest != default ? digest : throw new StoreDamagedException(Digest, "its manifest lists no RECORD");

    private const int MaxMetadataBytes = 16 << 20;

    private readonly FileOutline? _outline;

    /// <summary>Absolute: where <see cref="StoredFile.StorePath"/> begins.</summary>
    public string Tree => Path.Combine(Directory, TreeName);

    /// <summary>
    /// Every directory of the tree, those for byte code included, by its path below <see cref="Tree"/>; ordered, the first is the tree
    /// itself, empty.
    /// </summary>
    public ImmutableArray<string> Directories => Table.Directories;

    /// <summary>METADATA among <see cref="Files"/>.</summary>
    public string MetadataPath => $"{DistInfo}/METADATA";

    /// <summary>Of its content.</summary>
    /// <exception cref="StoreDamagedException">It is not there.</exception>
    public Sha256Digest MetadataDigest => Outline.Metadata is var digest && digest != default
        ? digest : throw new StoreDamagedException(Digest, "its manifest lists no METADATA");

    /// <summary>The same with one more finding; null changes nothing.</summary>
    public SealedWheel With(Finding? finding) => finding is null ? this : this with { Findings = Findings?.Add(finding) };

    /// <summary>The content of one of <see cref="Files"/>, held against its SHA-256.</summary>
    /// <exception cref="StoreDamagedException">It is not what was sealed, or is longer than <paramref name="maxBytes"/>.</exception>
    public ReadOnlyMemory<byte> Read(StoredFile file, int maxBytes) => Read(file.StorePath, file.Digest, maxBytes);

    /// <inheritdoc cref="WheelStore.ReadMetadata"/>
    public ReadOnlyMemory<byte> ReadMetadata() => Read(MetadataPath, MetadataDigest, MaxMetadataBytes);

    private ReadOnlyMemory<byte> Read(string storePath, Sha256Digest expected, int maxBytes)
    {
        byte[] content = StoreFile.Read(Path.Combine(Tree, storePath), maxBytes, Digest);
        return Sha256Digest.Of(content) == expected ? content : throw new StoreDamagedException(Digest, $"{storePath} has been changed");
    }
}
