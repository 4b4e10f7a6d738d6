using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;
using System.Text;
using Sandpiper.Packaging.Names;
using Sandpiper.Packaging.Versions;
using Sandpiper.Packaging.Wheels;

namespace Sandpiper.Packaging.Index;

/// <summary>A page in the form in which it is kept: versions in order, of each where its files stand, and the files.</summary>
/// <remarks>
/// <para>
/// It is searched, not parsed: opening it reads the versions, and the files of a version are read when somebody asks for them. The texts
/// that a page repeats thousands of times (what precedes a file's name in its address, Requires-Python) stand in it once.
/// </para>
/// <para>
/// It says no more than the page said, and is trusted no further: whoever can write where it is kept could have put another page there, and
/// what a file must be is checked when it is fetched. So what cannot be read costs the page where it is about the versions, and the file
/// where it is about one; addresses are held to the same rule as on a page (<see cref="FileLink"/>).
/// </para>
/// </remarks>
internal sealed class PackedPage
{
    private const int MaxTexts = 1 << 16;
    private const int MaxLeftOut = ProjectPage.MaxFiles;
    private const int NoText = 0;       // before a text that stands where it is needed; else the number of one of the table, from 1

    private readonly ReadOnlyMemory<byte> _bytes;
    private readonly Uri _location;
    private readonly string[] _texts;
    private int _files;                 // where the first stands; known once all that precedes it is read

    private PackedPage(ReadOnlyMemory<byte> bytes, Uri location, string[] texts) => (_bytes, _location, _texts) = (bytes, location, texts);

    /// <summary>The page in that form.</summary>
    public static ReadOnlyMemory<byte> Pack(ProjectPage page)
    {
        var head = new PackedWriter();
        var files = new PackedWriter();
        var prefixes = new LastPrefix();
        string[] texts = Repeated(page.Files, prefixes);
        var numbers = texts.Select((text, at) => (text, at)).ToDictionary(t => t.text, t => (ulong)t.at + 1, StringComparer.Ordinal);
        head.PutText(page.Name.Normalized);
        head.PutText(page.Status);
        head.Put(page.StatusReason is null ? (byte)0 : (byte)1);
        head.PutText(page.StatusReason ?? "");
        head.PutNumber((ulong)page.SkippedFiles);
        head.PutNumber((ulong)page.LeftOut.Length);
        foreach (LeftOutEntry entry in page.LeftOut)
        {
            head.PutText(entry.FileName);
            head.Put((byte)entry.Reason);
            head.PutText(entry.Evidence);
        }
        head.PutNumber((ulong)texts.Length);
        foreach (string text in texts) head.PutText(text);
        head.PutNumber((ulong)page.Releases.Length);
        foreach (PageRelease release in page.Releases)
        {
            head.PutText(release.Version.Original);
            head.Put(release.HasSdist ? (byte)1 : (byte)0);
            head.PutNumber((ulong)release.Files.Length);
            head.PutFixed((uint)files.Length);
            foreach (IndexFile file in release.Files) Put(file, files, numbers, prefixes);
        }
        // Those whose names tell no version are of no use to a resolver, but they were on the page.
        IndexFile[] others = [];
        if (page.Releases.Sum(r => r.Files.Length) != page.Files.Length)
        {
            var known = page.Releases.SelectMany(r => r.Files).ToHashSet(ReferenceEqualityComparer.Instance);
            others = [.. page.Files.Where(file => !known.Contains(file))];
        }
        head.PutNumber((ulong)others.Length);
        head.PutFixed((uint)files.Length);
        foreach (IndexFile file in others) Put(file, files, numbers, prefixes);
        head.PutAll(files.Written);
        return head.Written;
    }

    /// <summary>Reads what precedes the files; false when it is damaged, or about another project.</summary>
    /// <param name="location">The final address of the page.</param>
    public static bool TryOpen(
        ReadOnlyMemory<byte> bytes, Uri location, PackageName expected, [NotNullWhen(true)] out ProjectPage? page)
    {
        page = null;
        var head = new PackedReader(bytes.Span);
        if (!PackageName.TryParse(head.TakeText(), out PackageName name, out _) || name != expected) return false;
        string status = head.TakeText();
        bool hasReason = head.TakeByte() != 0;
        string reason = head.TakeText();
        int skipped = head.TakeCount(int.MaxValue);
        LeftOutEntry[] leftOut = TakeLeftOut(ref head);
        string[] texts = new string[head.TakeCount(MaxTexts)];
        for (int i = 0; i < texts.Length; i++) texts[i] = head.TakeText();
        var packed = new PackedPage(bytes, location, texts);
        var releases = new PageRelease[head.TakeCount(ProjectPage.MaxFiles)];
        int all = 0;
        for (int i = 0; i < releases.Length && !head.IsDamaged; i++)
        {
            bool isVersion = Pep440Version.TryParse(head.TakeText(), out Pep440Version version, out _);
            // From the newest down, each once: the resolver tries them in this order, and another would be another answer.
            if (!isVersion || (i > 0 && version >= releases[i - 1].Version)) head.SetDamaged();
            PackedRelease place = TakePlace(ref head, hasSdist: head.TakeByte() != 0);
            releases[i] = new PageRelease(packed, version, place);
            // A file is one version's: places that lie over each other would be read for each of 100,000 versions.
            if ((all += place.Count) > ProjectPage.MaxFiles) head.SetDamaged();
        }
        PackedRelease others = TakePlace(ref head, hasSdist: false);
        if (head.IsDamaged) return false;

        packed._files = head.Position;
        page = new ProjectPage(packed, others, ImmutableCollectionsMarshal.AsImmutableArray(releases))
        {
            Name = name,
            Status = status,
            StatusReason = hasReason ? reason : null,
            SkippedFiles = skipped,
            LeftOut = [.. leftOut],
        };
        return true;
    }

    /// <summary>The files of one place; one that cannot be read is not among them.</summary>
    /// <param name="isOfInterest">Null: all of them. Asked in vain about a name that is longer than any file's.</param>
    public IndexFile[] FilesOf(PackedRelease place, FileNameFilter? isOfInterest = null)
    {
        var found = new List<IndexFile>();
        // An offset that is too large for an int is beyond the end in any case.
        long start = _files + (long)place.Offset;
        var files = new PackedReader(_bytes.Span, (int)Math.Min(start, int.MaxValue));
        for (int i = 0; i < place.Count && !files.IsDamaged; i++)
        {
            if (TryTake(ref files, isOfInterest, out IndexFile? file)) found.Add(file);
        }
        return [.. found];
    }

    // What is said of one file. The bits are in what precedes it.
    [Flags]
    private enum Said : byte
    {
        Nothing = 0,
        Sha256 = 1,
        Size = 2,
        UploadTime = 4,
        RequiresPython = 8,
        Yanked = 16,
        Metadata = 32,
        MetadataSha256 = 64,
        NameEndsAddress = 128,
    }

    private static void Put(IndexFile file, PackedWriter files, Dictionary<string, ulong> numbers, LastPrefix prefixes)
    {
        string? prefix = prefixes.Of(file);
        Said said = If(file.Sha256 is not null, Said.Sha256) | If(file.Size is not null, Said.Size)
            | If(file.UploadTime is not null, Said.UploadTime) | If(file.RequiresPython is not null, Said.RequiresPython)
            | If(file.YankedReason is not null, Said.Yanked) | If(file.HasMetadata, Said.Metadata)
            | If(file.MetadataSha256 is not null, Said.MetadataSha256) | If(prefix is not null, Said.NameEndsAddress);
        files.Put((byte)said);
        files.PutText(file.FileName);
        PutShared(prefix ?? file.Url.OriginalString);
        if (file.Sha256 is { } digest) files.PutDigest(digest);
        if (file.Size is { } size) files.PutNumber((ulong)size);
        if (file.UploadTime is { } time) files.PutNumber((ulong)time.UtcTicks);
        if (file.RequiresPython is { } python) PutShared(python);
        if (file.YankedReason is { } reason) PutShared(reason);
        if (file.MetadataSha256 is { } metadata) files.PutDigest(metadata);

        static Said If(bool isSaid, Said said) => isSaid ? said : Said.Nothing;

        void PutShared(string text)
        {
            if (numbers.TryGetValue(text, out ulong number))
            {
                files.PutNumber(number);
                return;
            }
            files.PutNumber(NoText);
            files.PutText(text);
        }
    }

    private bool TryTake(ref PackedReader files, FileNameFilter? isOfInterest, [NotNullWhen(true)] out IndexFile? file)
    {
        file = null;
        var said = (Said)files.TakeByte();
        ReadOnlySpan<byte> nameBytes = files.TakeTextBytes();
        if (isOfInterest is not null && !IsOfInterest(nameBytes, isOfInterest))
        {
            Skip(ref files, said);
            return false;
        }
        string name = Encoding.UTF8.GetString(nameBytes);
        string address = TakeShared(ref files);
        if (said.HasFlag(Said.NameEndsAddress) && address.Length <= FileLink.MaxLength) address += name;
        Sha256Digest? sha256 = said.HasFlag(Said.Sha256) ? files.TakeDigest() : null;
        long? size = said.HasFlag(Said.Size) ? (long)(files.TakeNumber() & long.MaxValue) : null;
        ulong ticks = said.HasFlag(Said.UploadTime) ? files.TakeNumber() : 0;
        string? python = said.HasFlag(Said.RequiresPython) ? TakeShared(ref files) : null;
        string? yanked = said.HasFlag(Said.Yanked) ? TakeShared(ref files) : null;
        Sha256Digest? metadata = said.HasFlag(Said.MetadataSha256) ? files.TakeDigest() : null;
        if (files.IsDamaged || ticks > (ulong)DateTimeOffset.MaxValue.UtcTicks) return false;
        DateTimeOffset? time = said.HasFlag(Said.UploadTime) ? new DateTimeOffset((long)ticks, TimeSpan.Zero) : null;
        // The same rule as on a page, and no user or password: none of those is kept.
        if (!FileLink.TryResolve(_location, address, name, out Uri? url, out _) || url.UserInfo.Length > 0) return false;
        file = new IndexFile(name, url, sha256, size, time, python, yanked, said.HasFlag(Said.Metadata), metadata);
        return true;
    }

    private static bool IsOfInterest(ReadOnlySpan<byte> name, FileNameFilter isOfInterest)
    {
        if (name.Length > PlainFileName.MaxBytes) return false;
        Span<char> place = stackalloc char[PlainFileName.MaxBytes];
        return isOfInterest(place[..Encoding.UTF8.GetChars(name, place)]);
    }

    // What follows the name, unread.
    private static void Skip(ref PackedReader files, Said said)
    {
        files.Skip(TextBytes(ref files));
        if (said.HasFlag(Said.Sha256)) files.Skip(Sha256Digest.Size);
        if (said.HasFlag(Said.Size)) files.TakeNumber();
        if (said.HasFlag(Said.UploadTime)) files.TakeNumber();
        if (said.HasFlag(Said.RequiresPython)) files.Skip(TextBytes(ref files));
        if (said.HasFlag(Said.Yanked)) files.Skip(TextBytes(ref files));
        if (said.HasFlag(Said.MetadataSha256)) files.Skip(Sha256Digest.Size);

        static int TextBytes(ref PackedReader files) => files.TakeNumber() == NoText ? files.TakeCount(int.MaxValue) : 0;
    }

    private string TakeShared(ref PackedReader files)
    {
        int number = files.TakeCount(int.MaxValue);
        if (number == NoText) return files.TakeText();
        if (number <= _texts.Length) return _texts[number - 1];
        files.SetDamaged();
        return "";
    }

    private static LeftOutEntry[] TakeLeftOut(ref PackedReader head)
    {
        var entries = new LeftOutEntry[head.TakeCount(MaxLeftOut)];
        for (int i = 0; i < entries.Length; i++)
            entries[i] = LeftOutEntry.Of(head.TakeText(), (LeftOutReason)head.TakeByte(), head.TakeText());
        if (Array.Exists(entries, entry => !Enum.IsDefined(entry.Reason))) head.SetDamaged();
        return entries;
    }

    private static PackedRelease TakePlace(ref PackedReader head, bool hasSdist) =>
        new(head.TakeCount(ProjectPage.MaxFiles), head.TakeFixed(), hasSdist);

    private static string[] Repeated(ImmutableArray<IndexFile> files, LastPrefix prefixes)
    {
        var times = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (IndexFile file in files)
        {
            Count(prefixes.Of(file));
            Count(file.RequiresPython);
            Count(file.YankedReason);
        }
        return [.. times.Where(text => text.Value > 1).OrderByDescending(text => text.Value).Select(text => text.Key).Take(MaxTexts)];

        void Count(string? text)
        {
            if (text is not null) times[text] = times.GetValueOrDefault(text) + 1;
        }
    }

    // What precedes a file's name in its address. A name that is written otherwise there ("%2B" for "+") is not taken apart.
    private sealed class LastPrefix
    {
        private string _last = "";

        public string? Of(IndexFile file)
        {
            string address = file.Url.OriginalString;
            if (!address.EndsWith(file.FileName, StringComparison.Ordinal)) return null;
            ReadOnlySpan<char> prefix = address.AsSpan(0, address.Length - file.FileName.Length);
            return prefix.SequenceEqual(_last) ? _last : _last = prefix.ToString();
        }
    }
}

/// <summary>Where the files of one version stand.</summary>
/// <param name="Count">How many.</param>
/// <param name="Offset">Bytes behind the first file of the page; not checked yet.</param>
internal readonly record struct PackedRelease(int Count, uint Offset, bool HasSdist);
