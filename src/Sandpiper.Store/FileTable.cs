using System.Collections.Immutable;
using System.Runtime.InteropServices;
using System.Text;
using Sandpiper.Packaging.Names;
using Sandpiper.Wheels;

namespace Sandpiper.Store;

/// <summary>The files of a sealed wheel in the order of its manifest, in two pieces of memory.</summary>
/// <remarks>
/// A warm install looks at every file of every wheel and needs an object of few: of ten thousand, most lie in directories that are linked
/// as a whole. Names are kept as the kernel takes them.
/// </remarks>
public sealed class FileTable
{
    private readonly byte[] _names;     // the path of each below the tree, ended by a zero
    private readonly Row[] _rows;       // the first of them, as many as there are; last those of records
    private readonly IReadOnlyDictionary<int, string> _otherPaths;
    private readonly Lazy<ImmutableArray<StoredFile>> _files;
    private readonly Lazy<ImmutableArray<string>> _directories;
    private readonly Lazy<ImmutableArray<ByteCode.Module>> _modules;
    private readonly Lazy<ImmutableArray<string>> _places;
    private readonly Lazy<(FileOutline Outline, ImmutableArray<int> TopOf)> _outline;

    private FileTable(byte[] names, Row[] rows, int count, int total, IReadOnlyDictionary<int, string> otherPaths, bool hasPlaces)
    {
        (_names, _rows, Count, Total, _otherPaths, HasPlaces) = (names, rows, count, total, otherPaths, hasPlaces);
        _files = new(() => ImmutableCollectionsMarshal.AsImmutableArray(Enumerable.Range(0, Count).Select(i => this[i]).ToArray()));
        _modules = new(() => HasPlaces ? ByteCode.ModulesOf(this) : []);
        _places = new(() => ByteCode.PlacesOf(Modules));
        _directories = new(FindDirectories);
        _outline = new(() => (FileOutline.Of(this, out var topOf), topOf));
    }

    /// <summary>Of the wheel's own files: what is installed.</summary>
    public int Count { get; }

    /// <summary>The same with those that the seal made (<see cref="InstalledRecords"/>), which follow them.</summary>
    public int Total { get; }

    /// <summary>The seal made directories for byte code.</summary>
    public bool HasPlaces { get; }

    /// <summary>Made when it is asked for.</summary>
    public StoredFile this[int index]
    {
        get
        {
            Row row = _rows[index];
            string stored = Encoding.UTF8.GetString(NameOf(index));
            return new StoredFile(row.Scheme, _otherPaths.GetValueOrDefault(index, stored), stored, row.Digest, row.Size, row.IsExecutable,
                row.Kind) { ReachesOut = row.ReachesOut };
        }
    }

    /// <summary>The wheel's own as objects.</summary>
    public ImmutableArray<StoredFile> Files => _files.Value;

    /// <summary>Every directory of the tree, those that the seal made included; ordered, the first is the tree itself, empty.</summary>
    public ImmutableArray<string> Directories => _directories.Value;

    /// <summary>Those for which byte code can be kept.</summary>
    public ImmutableArray<ByteCode.Module> Modules => _modules.Value;

    /// <summary>The directories of their byte code; ordered, each once.</summary>
    public ImmutableArray<string> Places => _places.Value;

    /// <summary>What lies at the top of its tree.</summary>
    public FileOutline Outline => _outline.Value.Outline;

    /// <summary>Of each file the index of its top in the outline; -1 for one that is not installed where it lies in the tree.</summary>
    public ImmutableArray<int> TopOf => _outline.Value.TopOf;

    /// <summary>Below the tree, UTF-8.</summary>
    public ReadOnlySpan<byte> NameOf(int index) => _names.AsSpan(_rows[index].Start, _rows[index].Length);

    /// <summary>The same, for as long as the table is there.</summary>
    public ReadOnlyMemory<byte> NameMemoryOf(int index) => _names.AsMemory(_rows[index].Start, _rows[index].Length);

    /// <summary>The same with its zero, as the kernel takes it.</summary>
    public ReadOnlySpan<byte> NameForKernel(int index) => _names.AsSpan(_rows[index].Start, _rows[index].Length + 1);

    public Scheme SchemeOf(int index) => _rows[index].Scheme;

    public StoredFileKind KindOf(int index) => _rows[index].Kind;

    public Sha256Digest DigestOf(int index) => _rows[index].Digest;

    public long SizeOf(int index) => _rows[index].Size;

    /// <inheritdoc cref="StoredFile.ReachesOut"/>
    public bool ReachesOut(int index) => _rows[index].ReachesOut;

    /// <summary>It lies in the tree as it does below its scheme: not in <c>.data</c>.</summary>
    public bool IsAtRoot(int index) =>
        _rows[index].Scheme is Scheme.Purelib or Scheme.Platlib && (_otherPaths.Count == 0 || !_otherPaths.ContainsKey(index));

    /// <summary>Of files alone.</summary>
    public static FileTable Of(ImmutableArray<StoredFile> files) => Of(files, []);

    /// <summary>Of a wheel that is being sealed.</summary>
    /// <param name="records">What the seal makes besides directories for byte code.</param>
    public static FileTable Of(ImmutableArray<StoredFile> files, ImmutableArray<RecordedFile> records)
    {
        var maker = new Maker();
        foreach (var file in files)
        {
            maker.Add(Encoding.UTF8.GetBytes(file.StorePath), file.Scheme, file.Digest, file.Size, file.IsExecutable, file.Kind,
                file.ReachesOut, string.Equals(file.Path, file.StorePath, StringComparison.Ordinal) ? null : file.Path);
        }
        maker.EndFiles();
        foreach (var record in records) maker.Add(record);
        return maker.Make(hasPlaces: true);
    }

    /// <summary>The index of a name of the tree; null: there is none.</summary>
    public int? Find(ReadOnlySpan<byte> name)
    {
        for (int i = 0; i < Total; i++)
        {
            if (NameOf(i).SequenceEqual(name)) return i;
        }
        return null;
    }

    private ImmutableArray<string> FindDirectories()
    {
        var all = new HashSet<string>(StringComparer.Ordinal) { "" };
        var known = all.GetAlternateLookup<ReadOnlySpan<char>>();
        foreach (string place in Places) AddWithThoseAbove(place);
        var before = ReadOnlySpan<byte>.Empty;
        for (int i = 0; i < Total; i++)
        {
            var name = NameOf(i);
            var directory = name[..Math.Max(0, name.LastIndexOf((byte)'/'))];
            if (directory.SequenceEqual(before)) continue;
            before = directory;
            AddWithThoseAbove(Encoding.UTF8.GetString(directory));
        }
        return [.. all.Order(StringComparer.Ordinal)];

        void AddWithThoseAbove(ReadOnlySpan<char> directory)
        {
            while (known.Add(directory)) directory = directory[..Math.Max(0, directory.LastIndexOf('/'))];
        }
    }

    /// <summary>One file; its name is in the other piece.</summary>
    private readonly record struct Row(
        int Start, int Length, Sha256Digest Digest, long Size, Scheme Scheme, StoredFileKind Kind, bool IsExecutable, bool ReachesOut);

    /// <summary>Collects files one after the other.</summary>
    /// <param name="bytes">About how long all names will be.</param>
    /// <param name="files">About how many there will be.</param>
    internal sealed class Maker(int bytes = 256, int files = 16)
    {
        private readonly Dictionary<int, string> _otherPaths = [];
        private Row[] _rows = new Row[files];
        private byte[] _names = GC.AllocateUninitializedArray<byte>(bytes);
        private int _end, _count, _files = -1;

        /// <param name="otherPath">Below its scheme, where that is not its name in the tree.</param>
        public void Add(ReadOnlySpan<byte> name, Scheme scheme, Sha256Digest digest, long size, bool isExecutable, StoredFileKind kind,
            bool reachesOut, string? otherPath)
        {
            if (_names.Length - _end <= name.Length) Array.Resize(ref _names, Math.Max(2 * _names.Length, _end + name.Length + 1));
            name.CopyTo(_names.AsSpan(_end));
            _names[_end + name.Length] = 0;
            if (otherPath is not null) _otherPaths.Add(_count, otherPath);
            if (_count == _rows.Length) Array.Resize(ref _rows, 2 * _count + 1);
            _rows[_count++] = new Row(_end, name.Length, digest, size, scheme, kind, isExecutable, reachesOut);
            _end += name.Length + 1;
        }

        /// <summary>What follows are records that the seal made.</summary>
        public void EndFiles() => _files = _count;

        public void Add(RecordedFile record) => Add(Encoding.UTF8.GetBytes(record.StorePath), Scheme.Purelib, record.Digest, record.Size,
            isExecutable: false, StoredFileKind.Plain, reachesOut: false, otherPath: null);

        public FileTable Make(bool hasPlaces) => new(_names, _rows, _files < 0 ? _count : _files, _count, _otherPaths, hasPlaces);
    }
}
