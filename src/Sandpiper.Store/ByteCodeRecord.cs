using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Security.Cryptography;
using Sandpiper.Kernel.Files;
using Sandpiper.Packaging.Names;

namespace Sandpiper.Store;

/// <summary>
/// What byte code a wheel has for one kind of interpreter: <c>stamps/SHA256.TAG</c> below the data root. It knows the digest of every file
/// that was written, so that byte code can be held against it as sources are against RECORD, and how the kernel knew the file then.
/// </summary>
/// <remarks>
/// Written twice: before the first file takes its place, as <c>SHA256.TAG.begun</c>, and when all have. A kill in between leaves files that
/// are known all the same, and some that are not there yet; who compiles next begins anew.
/// </remarks>
public sealed class ByteCodeRecord
{
    private const int DigestSize = SHA256.HashSizeInBytes;
    private const int HeaderSize = 8 + DigestSize + 4 + 4;
    private const int ModuleSize = DigestSize + FileStamp.KeptSize;
    private const string BegunSuffix = ".begun";

    private readonly byte[] _bytes;     // as it is kept, the digest at the end included
    private readonly int _modules;

    private ByteCodeRecord(string tag, byte[] bytes, int modules) =>
        (Tag, _bytes, _modules) = (tag, bytes, modules);

    /// <param name="digests">In the order of <see cref="SealedWheel.Modules"/>; null for a module that did not compile.</param>
    /// <param name="stamps">The same order. Of one that was only begun the size alone.</param>
    /// <param name="places">Of the directories, in the order of <see cref="ByteCode.PlacesOf"/>.</param>
    internal static ByteCodeRecord Of(SealedWheel wheel, string tag, ImmutableArray<Sha256Digest?> digests,
        IReadOnlyList<FileStamp> stamps, IReadOnlyList<FileStamp> places)
    {
        var record = new ByteCodeRecord(tag, new byte[SizeFor(digests.Length, places.Count)], digests.Length);
        var content = record._bytes.AsSpan(0, record._bytes.Length - DigestSize);
        Magic.CopyTo(content);
        wheel.Digest.CopyTo(content[Magic.Length..]);
        BinaryPrimitives.WriteInt32LittleEndian(content[(Magic.Length + DigestSize)..], digests.Length);
        BinaryPrimitives.WriteInt32LittleEndian(content[(Magic.Length + DigestSize + 4)..], places.Count);
        for (int i = 0; i < digests.Length; i++)
        {
            digests[i]?.CopyTo(content[At(i)..]);
            stamps[i].WriteTo(content[(At(i) + DigestSize)..]);
        }
        for (int i = 0; i < places.Count; i++) places[i].WriteTo(content[record.AtPlace(i)..]);
        Sha256Digest.Of(content).CopyTo(record._bytes.AsSpan(content.Length));
        return record;
    }

    /// <summary>Of the interpreters it is for: <c>cpython-311</c>.</summary>
    public string Tag { get; }

    /// <summary>A module of <see cref="SealedWheel.Modules"/> did compile.</summary>
    public bool Has(int module) => _bytes.AsSpan(At(module), DigestSize).ContainsAnyExcept((byte)0);

    /// <summary>Null for a module that did not compile.</summary>
    public Sha256Digest? DigestOf(int module) => Has(module) ? Sha256Digest.FromBytes(_bytes.AsSpan(At(module), DigestSize)) : null;

    /// <summary>Of a module's byte code; of one that was only begun the size alone.</summary>
    public FileStamp OfModule(int module) => FileStamp.ReadFrom(_bytes.AsSpan(At(module) + DigestSize));

    /// <summary>Of a directory, by its index among <see cref="ByteCode.PlacesOf"/>.</summary>
    public FileStamp OfPlace(int place) => FileStamp.ReadFrom(_bytes.AsSpan(AtPlace(place)));

    /// <summary>All of its files are there.</summary>
    public bool IsWhole { get; private init; }

    private static ReadOnlySpan<byte> Magic => "spbytec1"u8;

    /// <summary>Null when there is none, or none to be believed: then nobody knows what byte code of that tag there may be.</summary>
    public static ByteCodeRecord? Find(SealedWheel wheel, string tag) =>
        TryRead(wheel, tag, isWhole: true) ?? TryRead(wheel, tag, isWhole: false);

    /// <summary>Of all wheels; the tag of one that is both begun and whole is there once.</summary>
    internal static ILookup<Sha256Digest, string> TagsBelow(string stamps) => (Directory.Exists(stamps) ? Directory.GetFiles(stamps) : [])
        .Where(path => TagOf(path) is not null)
        .Select(path => (Wheel: Sha256Digest.TryParseHex(Path.GetFileName(path).Split('.')[0], out var digest) ? digest : default,
            Tag: TagOf(path)!))
        .Distinct().ToLookup(name => name.Wheel, name => name.Tag);

    /// <summary>Of these interpreters, as far as it can be believed.</summary>
    public static ImmutableArray<ByteCodeRecord> Of(SealedWheel wheel, IEnumerable<string> tags) =>
        [.. tags.Select(tag => Find(wheel, tag)).OfType<ByteCodeRecord>()];

    /// <summary>Of all interpreters.</summary>
    public static ImmutableArray<ByteCodeRecord> All(SealedWheel wheel)
    {
        return
        [
            .. Kept(wheel.StampsFile).Select(kept => kept.Tag).Distinct(StringComparer.Ordinal)
                .Select(tag => Find(wheel, tag)).OfType<ByteCodeRecord>(),
        ];
    }

    /// <summary>The names of its files that lie in a place, as far as they are there or may be.</summary>
    public IEnumerable<string> NamesIn(string place, ImmutableArray<ByteCode.Module> modules) =>
        modules.Where((m, i) => Has(i) && string.Equals(m.Place, place, StringComparison.Ordinal))
            .Select(m => m.NameFor(Tag));

    /// <exception cref="IOException">It could not be written.</exception>
    /// <exception cref="UnauthorizedAccessException">It could not be written.</exception>
    internal void Write(SealedWheel wheel, bool isWhole)
    {
        string path = PathOf(wheel, Tag) + (isWhole ? "" : BegunSuffix);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!, SealedTree.OpenDirectoryMode);
        WholeFile.Write(path, $"{path}.{Environment.ProcessId}", _bytes, SealedTree.FileMode);
        if (isWhole) File.Delete(path + BegunSuffix);
    }

    /// <summary>Of all interpreters: what of it may be there is nobody's from now on.</summary>
    internal static void ForgetAll(string stampsFile)
    {
        foreach (var (path, _) in Kept(stampsFile)) File.Delete(path);
    }

    private static IEnumerable<(string Path, string Tag)> Kept(string stampsFile)
    {
        string directory = Path.GetDirectoryName(stampsFile)!;
        if (!Directory.Exists(directory)) yield break;
        foreach (string path in Directory.GetFiles(directory, Path.GetFileName(stampsFile) + "*"))
        {
            if (TagOf(path) is { } tag) yield return (path, tag);
        }
    }

    // Null of what lies beside them there: stamps, outlines, and marks of distrust.
    private static string? TagOf(string path) => Path.GetFileName(path).Split('.') is [_, var tag, ..] && ByteCode.IsTag(tag)
        && !path.EndsWith(WheelStore.DistrustSuffix, StringComparison.Ordinal)
        && !path.EndsWith(OutlineFile.Suffix, StringComparison.Ordinal) ? tag : null;

    private static string PathOf(SealedWheel wheel, string tag) => $"{wheel.StampsFile}.{tag}";

    private static ByteCodeRecord? TryRead(SealedWheel wheel, string tag, bool isWhole)
    {
        try
        {
            int modules = wheel.Modules.Length, places = wheel.Table.Places.Length;
            int size = SizeFor(modules, places);
            string path = PathOf(wheel, tag) + (isWhole ? "" : BegunSuffix);
            if (RegularFile.TryRead(path, size) is not { } bytes || bytes.Length != size) return null;
            var content = bytes.AsSpan(0, size - DigestSize);
            if (!content.StartsWith(Magic) || Sha256Digest.Of(content) != Sha256Digest.FromBytes(bytes.AsSpan(content.Length))) return null;
            if (Sha256Digest.FromBytes(content.Slice(Magic.Length, DigestSize)) != wheel.Digest) return null;
            return new ByteCodeRecord(tag, bytes, modules) { IsWhole = isWhole };
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static int SizeFor(int modules, int places) =>
        checked(HeaderSize + modules * ModuleSize + places * FileStamp.KeptSize + DigestSize);

    private static int At(int module) => HeaderSize + module * ModuleSize;

    private int AtPlace(int place) => HeaderSize + _modules * ModuleSize + place * FileStamp.KeptSize;
}
