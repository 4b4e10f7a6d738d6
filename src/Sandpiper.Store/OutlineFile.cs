using System.Buffers.Binary;
using System.Collections.Immutable;
using System.IO.Hashing;
using System.Security.Cryptography;
using System.Text;
using Sandpiper.Kernel.Files;
using Sandpiper.Packaging.Names;
using Sandpiper.Packaging.Wheels;

namespace Sandpiper.Store;

/// <summary>
/// What a change of an environment has to know of a wheel that it does not look at: <c>stamps/SHA256.outline</c> below the data root, some
/// hundred bytes where the manifest has a line for each file.
/// </summary>
/// <remarks>
/// Made of the manifest, and believed as long as that is, to its ctime, the file that it was made of (as <see cref="EntryStamps"/> are).
/// Who comes to need the files reads the manifest and compares. Read as hostile: it says nothing that a manifest could not. Of a wheel in
/// which something was found there is none.
/// </remarks>
internal static class OutlineFile
{
    public const string Suffix = ".outline";

    private const int MaxBytes = 1 << 20;       // of a wheel with more names at its top, or more programs, the manifest is read

    // What a kill cut short or two commands mixed is not believed; who writes one of his own could sum it up by anything.
    private const int CheckSize = sizeof(ulong);

    private static ReadOnlySpan<byte> Magic => "spoutln2"u8;

    /// <summary>Null where there is none, or none to be believed.</summary>
    /// <param name="manifest">As the kernel knows it now.</param>
    /// <param name="read">Reads the manifest.</param>
    public static SealedWheel? TryRead(string path, Sha256Digest digest, string directory, FileStamp manifest, Func<SealedWheel> read)
    {
        try
        {
            return RegularFile.TryRead(path, MaxBytes) is { } kept ? Parse(kept, digest, directory, manifest, read) : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or FormatException or ArgumentException)
        {
            return null;
        }
    }

    /// <summary>Null of a wheel that has none.</summary>
    /// <param name="manifest">As the kernel knew it when it was read.</param>
    public static byte[]? Of(SealedWheel wheel, in FileStamp manifest)
    {
        if (wheel.Findings is not { IsEmpty: true } || manifest == default) return null;
        using var buffer = new MemoryStream();
        using var writer = new BinaryWriter(buffer, Encoding.UTF8);
        Span<byte> fixedPart = stackalloc byte[FileStamp.KeptSize];
        writer.Write(Magic);
        Put(wheel.Digest);
        manifest.WriteTo(fixedPart);
        writer.Write(fixedPart);
        Put(wheel.ManifestDigest);
        writer.Write(wheel.FileName.FileName);
        writer.Write(wheel.DistInfo);
        var outline = wheel.Table.Outline;
        writer.Write(outline.Files);
        writer.Write(outline.HasElsewhere);
        writer.Write(outline.HasHooks);
        writer.Write(outline.HasRecords);
        Put(outline.Metadata);
        Put(outline.Record);
        Put(outline.RequestedRecord);
        writer.Write(outline.Tops.Length);
        foreach (var top in outline.Tops)
        {
            writer.Write(top.Name);
            writer.Write(top.IsDirectory);
            writer.Write(top.IsPlain);
        }
        writer.Write(wheel.Scripts.Length);
        foreach (var script in wheel.Scripts)
        {
            writer.Write(script.Name);
            writer.Write(script.Module);
            writer.Write(script.Attribute);
            writer.Write(script.IsGui);
        }
        writer.Write(wheel.Notes.Length);
        foreach (string note in wheel.Notes) writer.Write(note);
        writer.Flush();
        if (buffer.Length > MaxBytes - CheckSize) return null;
        writer.Write(XxHash3.HashToUInt64(buffer.GetBuffer().AsSpan(0, (int)buffer.Length)));
        writer.Flush();
        return buffer.ToArray();

        void Put(Sha256Digest one)
        {
            Span<byte> bytes = stackalloc byte[SHA256.HashSizeInBytes];
            one.CopyTo(bytes);
            writer.Write(bytes);
        }
    }

    private static SealedWheel? Parse(byte[] kept, Sha256Digest digest, string directory, FileStamp manifest, Func<SealedWheel> read)
    {
        int length = kept.Length - CheckSize;
        if (length < 0 || XxHash3.HashToUInt64(kept.AsSpan(0, length)) != BinaryPrimitives.ReadUInt64LittleEndian(kept.AsSpan(length)))
            return null;
        var left = new Cursor(kept.AsSpan(0, length));
        if (!left.Take(Magic.Length).SequenceEqual(Magic) || left.TakeDigest() != digest) return null;
        if (FileStamp.ReadFrom(left.Take(FileStamp.KeptSize)) != manifest) return null;
        var manifestDigest = left.TakeDigest();
        if (!WheelFileName.TryParse(left.TakeText(), out var name, out _)) return null;
        string distInfo = TopName(left.TakeText());
        var outline = new FileOutline([])
        {
            Files = left.TakeCount(),
            HasElsewhere = left.TakeBoolean(),
            HasHooks = left.TakeBoolean(),
            HasRecords = left.TakeBoolean(),
            Metadata = left.TakeDigest(),
            Record = left.TakeDigest(),
            RequestedRecord = left.TakeDigest(),
        };
        var tops = ImmutableArray.CreateBuilder<FileOutline.Top>();
        for (int count = left.TakeCount(); count > 0; count--)
            tops.Add(new FileOutline.Top(TopName(left.TakeText()), left.TakeBoolean(), left.TakeBoolean()));
        if (tops.DistinctBy(t => t.Name, StringComparer.Ordinal).Count() != tops.Count) return null;
        var scripts = ImmutableArray.CreateBuilder<ScriptEntryPoint>();
        for (int count = left.TakeCount(); count > 0; count--)
            scripts.Add(StoreManifest.CheckedScript(left.TakeText(), left.TakeText(), left.TakeText(), left.TakeBoolean()));
        var notes = ImmutableArray.CreateBuilder<string>();
        for (int count = left.TakeCount(); count > 0; count--) notes.Add(left.TakeText());
        if (!left.IsAtEnd) return null;
        return new SealedWheel
        {
            Digest = digest,
            Directory = directory,
            FileName = name,
            DistInfo = distInfo,
            Listing = new(() => Listed(read(), kept, manifest)),
            Outline = outline with { Tops = tops.DrainToImmutable() },
            Scripts = scripts.DrainToImmutable(),
            Findings = [],
            Notes = notes.DrainToImmutable(),
            ManifestDigest = manifestDigest,
        };
    }

    // Whoever wrote an outline of his own has said less of the wheel, or other things, than its manifest: nothing is made of both.
    private static FileTable Listed(SealedWheel whole, byte[] kept, in FileStamp manifest) =>
        Of(whole, manifest) is { } same && same.AsSpan().SequenceEqual(kept)
            ? whole.Table : throw new StoreDamagedException(whole.Digest, "its manifest is not the one that its outline was made of");

    private static string TopName(string name) =>
        name.Contains('/', StringComparison.Ordinal) ? throw new FormatException("a path") : StoreManifest.CheckedPath(name);

    /// <summary>
    /// Takes one piece after the other; an <see cref="ArgumentException"/> or <see cref="FormatException"/> where it ends early.
    /// </summary>
    private ref struct Cursor(ReadOnlySpan<byte> left)
    {
        private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

        private ReadOnlySpan<byte> _left = left;

        public readonly bool IsAtEnd => _left.IsEmpty;

        public ReadOnlySpan<byte> Take(int length)
        {
            var taken = _left[..length];
            _left = _left[length..];
            return taken;
        }

        public Sha256Digest TakeDigest() => Sha256Digest.FromBytes(Take(SHA256.HashSizeInBytes));

        public bool TakeBoolean() => Take(1)[0] switch { 0 => false, 1 => true, _ => throw new FormatException("no truth") };

        // Whoever takes more than there are bytes for comes to their end.
        public int TakeCount() => BinaryPrimitives.ReadInt32LittleEndian(Take(sizeof(int))) is >= 0 and var count
            ? count : throw new FormatException("a number below zero");

        // As BinaryWriter has it: seven bits of its length in each byte, the least first.
        public string TakeText()
        {
            int length = 0;
            for (int shift = 0; ; shift += 7)
            {
                byte next = Take(1)[0];
                if (shift > 21) throw new FormatException("a text without end");
                length |= (next & 0x7f) << shift;
                if (next < 0x80) break;
            }
            return Strict.GetString(Take(length));
        }
    }
}
