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

    internal ByteCodeRecord(string tag, ImmutableArray<Sha256Digest?> digests, ImmutableArray<FileStamp> stamps,
        ImmutableArray<FileStamp> places)
    {
        (Tag, Digests, Stamps, Places) = (tag, digests, stamps, places);
    }

    /// <summary>Of the interpreters it is for: <c>cpython-311</c>.</summary>
    public string Tag { get; }

    /// <summary>In the order of <see cref="SealedWheel.Modules"/>; null for a module that did not compile.</summary>
    public ImmutableArray<Sha256Digest?> Digests { get; }

    /// <summary>The same order. Of one that was only begun the size alone.</summary>
    public ImmutableArray<FileStamp> Stamps { get; }

    /// <summary>Of the directories, in the order of <see cref="ByteCode.PlacesOf"/>.</summary>
    public ImmutableArray<FileStamp> Places { get; }

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
        modules.Where((m, i) => Digests[i] is not null && string.Equals(m.Place, place, StringComparison.Ordinal))
            .Select(m => m.NameFor(Tag));

    /// <exception cref="IOException">It could not be written.</exception>
    /// <exception cref="UnauthorizedAccessException">It could not be written.</exception>
    internal void Write(SealedWheel wheel, bool isWhole)
    {
        string path = PathOf(wheel, Tag) + (isWhole ? "" : BegunSuffix);
        string next = $"{path}.{Environment.ProcessId}";
        Directory.CreateDirectory(Path.GetDirectoryName(path)!, SealedTree.OpenDirectoryMode);
        File.Delete(next);
        SealedTree.WriteFile(next, ToBytes(wheel.Digest), SealedTree.FileMode);
        AtomicRename.Replace(next, path);
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

    // Null of what lies beside them there: stamps, and marks of distrust.
    private static string? TagOf(string path) => Path.GetFileName(path).Split('.') is [_, var tag, ..] && ByteCode.IsTag(tag)
        && !path.EndsWith(WheelStore.DistrustSuffix, StringComparison.Ordinal) ? tag : null;

    private static string PathOf(SealedWheel wheel, string tag) => $"{wheel.StampsFile}.{tag}";

    private static ByteCodeRecord? TryRead(SealedWheel wheel, string tag, bool isWhole)
    {
        try
        {
            var modules = wheel.Modules;
            int places = ByteCode.PlacesOf(modules).Length;
            int size = checked(HeaderSize + modules.Length * ModuleSize + places * FileStamp.KeptSize + DigestSize);
            string path = PathOf(wheel, tag) + (isWhole ? "" : BegunSuffix);
            if (RegularFile.TryRead(path, size) is not { } bytes || bytes.Length != size) return null;
            var content = bytes.AsSpan(0, size - DigestSize);
            if (!content.StartsWith(Magic) || !SHA256.HashData(content).AsSpan().SequenceEqual(bytes.AsSpan(content.Length))) return null;
            if (Sha256Digest.FromBytes(content.Slice(Magic.Length, DigestSize)) != wheel.Digest) return null;
            var digests = ImmutableArray.CreateBuilder<Sha256Digest?>(modules.Length);
            var stamps = ImmutableArray.CreateBuilder<FileStamp>(modules.Length);
            for (int i = 0; i < modules.Length; i++)
            {
                var at = content[(HeaderSize + i * ModuleSize)..];
                digests.Add(at[..DigestSize].ContainsAnyExcept((byte)0) ? Sha256Digest.FromBytes(at[..DigestSize]) : null);
                stamps.Add(FileStamp.ReadFrom(at[DigestSize..]));
            }
            var ofPlaces = ImmutableArray.CreateBuilder<FileStamp>(places);
            for (int i = 0; i < places; i++)
                ofPlaces.Add(FileStamp.ReadFrom(content[(HeaderSize + modules.Length * ModuleSize + i * FileStamp.KeptSize)..]));
            return new ByteCodeRecord(tag, digests.MoveToImmutable(), stamps.MoveToImmutable(), ofPlaces.MoveToImmutable())
            {
                IsWhole = isWhole,
            };
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private byte[] ToBytes(Sha256Digest wheel)
    {
        byte[] bytes = new byte[HeaderSize + Digests.Length * ModuleSize + Places.Length * FileStamp.KeptSize + DigestSize];
        var content = bytes.AsSpan(0, bytes.Length - DigestSize);
        Magic.CopyTo(content);
        Convert.FromHexString(wheel.Hex).CopyTo(content[Magic.Length..]);
        BinaryPrimitives.WriteInt32LittleEndian(content[(Magic.Length + DigestSize)..], Digests.Length);
        BinaryPrimitives.WriteInt32LittleEndian(content[(Magic.Length + DigestSize + 4)..], Places.Length);
        for (int i = 0; i < Digests.Length; i++)
        {
            var at = content[(HeaderSize + i * ModuleSize)..];
            if (Digests[i] is { } digest) Convert.FromHexString(digest.Hex).CopyTo(at);
            Stamps[i].WriteTo(at[DigestSize..]);
        }
        for (int i = 0; i < Places.Length; i++)
            Places[i].WriteTo(content[(HeaderSize + Digests.Length * ModuleSize + i * FileStamp.KeptSize)..]);
        SHA256.HashData(content, bytes.AsSpan(content.Length));
        return bytes;
    }
}
