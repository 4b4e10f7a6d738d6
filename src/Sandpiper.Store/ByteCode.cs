using System.Collections.Immutable;
using System.Text;
using Sandpiper.Wheels;

namespace Sandpiper.Store;

/// <summary>
/// Where the byte code of a wheel's modules lies: in <c>__pycache__</c> beside each, as PEP 3147 has it. The seal makes these directories,
/// empty and read-only; what is in them comes later, from the sandbox, one set of files for each kind of interpreter.
/// </summary>
public static class ByteCode
{
    /// <summary>Of every directory that holds byte code.</summary>
    public const string DirectoryName = "__pycache__";

    private const string SourceSuffix = ".py";
    private const int MaxStemBytes = 180;       // NAME_MAX is 255, and tag and suffix are added
    private const int MaxTagLength = 40;        // `cpython-311` has eleven

    private static ReadOnlySpan<byte> SourceBytes => ".py"u8;

    private static ReadOnlySpan<byte> NameBytes => "__pycache__"u8;

    /// <summary>A tag as an interpreter gives it (<c>sys.implementation.cache_tag</c>), fit to be part of a file name.</summary>
    public static bool IsTag(string tag) =>
        tag.Length is > 0 and <= MaxTagLength && tag.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_');

    /// <summary>The modules of a wheel, in the order of its files.</summary>
    internal static ImmutableArray<Module> ModulesOf(FileTable files)
    {
        var taken = new HashSet<string>(StringComparer.Ordinal);
        for (int i = 0; i < files.Count; i++)
        {
            if (files.NameOf(i).EndsWith(NameBytes)) taken.Add(Encoding.UTF8.GetString(files.NameOf(i)));
        }
        var modules = ImmutableArray.CreateBuilder<Module>();
        string place = "";
        var directory = ReadOnlySpan<byte>.Empty;
        for (int i = 0; i < files.Count; i++)
        {
            if (!IsModule(files.SchemeOf(i), files.NameOf(i))) continue;
            var above = files.NameOf(i)[..(files.NameOf(i).LastIndexOf((byte)'/') + 1)];
            if (place.Length == 0 || !above.SequenceEqual(directory))
            {
                directory = above;
                place = Encoding.UTF8.GetString(above) + DirectoryName;
            }
            // Where a file has the name of the directory, there can be none.
            if (taken.Count == 0 || !taken.Contains(place)) modules.Add(new Module(files, i, place));
        }
        return modules.DrainToImmutable();
    }

    /// <summary>The directories that hold their byte code, below the wheel's tree; ordered, each once.</summary>
    public static ImmutableArray<string> PlacesOf(ImmutableArray<Module> modules)
    {
        var places = new SortedSet<string>(StringComparer.Ordinal);
        string last = "";
        foreach (var module in modules)
        {
            if (!ReferenceEquals(last, module.Place)) places.Add(last = module.Place);
        }
        return [.. places];
    }

    private static bool IsModule(Scheme scheme, ReadOnlySpan<byte> path)
    {
        if (scheme is not (Scheme.Purelib or Scheme.Platlib) || !path.EndsWith(SourceBytes)) return false;
        int name = path.LastIndexOf((byte)'/') + 1;
        if (path.Length - name - SourceSuffix.Length is <= 0 or > MaxStemBytes) return false;
        int inside = path.IndexOf("__pycache__/"u8);
        return inside < 0 || !(inside == 0 || path.IndexOf("/__pycache__/"u8) >= 0);
    }

    /// <summary>A file of Python source that is imported from where it lies.</summary>
    /// <param name="files">Of the wheel.</param>
    /// <param name="index">Among them.</param>
    /// <param name="place">The directory of its byte code, below the wheel's tree.</param>
    public sealed class Module(FileTable files, int index, string place)
    {
        public int Index => index;

        public string Place => place;

        public string Stem => Encoding.UTF8.GetString(StemBytes);

        /// <summary>The name of its byte code, as <c>importlib.util.cache_from_source</c> has it.</summary>
        public string NameFor(string tag) => $"{Stem}.{tag}.pyc";

        /// <summary>The same, below the wheel's tree.</summary>
        public string PathFor(string tag) => $"{Place}/{NameFor(tag)}";

        /// <summary>The same as the kernel takes it.</summary>
        /// <param name="into">Large enough for any path that can be looked at.</param>
        /// <returns>With its zero; empty for one that is longer.</returns>
        internal ReadOnlySpan<byte> PathFor(ReadOnlySpan<byte> tag, Span<byte> into)
        {
            var name = files.NameOf(index);
            var above = name[..(name.LastIndexOf((byte)'/') + 1)];
            var writer = new PathWriter(into);
            writer.Put(above);
            writer.Put("__pycache__/"u8);
            writer.Put(StemBytes);
            writer.Put("."u8);
            writer.Put(tag);
            writer.Put(".pyc\0"u8);
            return writer.Written;
        }

        private ReadOnlySpan<byte> StemBytes => files.NameOf(index)[(files.NameOf(index).LastIndexOf((byte)'/') + 1)..^SourceSuffix.Length];
    }

    private ref struct PathWriter(Span<byte> into)
    {
        private readonly Span<byte> _into = into;
        private int _end;
        private bool _isFull;

        public readonly ReadOnlySpan<byte> Written => _isFull ? [] : _into[.._end];

        public void Put(ReadOnlySpan<byte> part)
        {
            _isFull |= !part.TryCopyTo(_into[_end..]);
            if (!_isFull) _end += part.Length;
        }
    }
}
