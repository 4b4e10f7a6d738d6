using System.Collections.Immutable;
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

    /// <summary>A tag as an interpreter gives it (<c>sys.implementation.cache_tag</c>), fit to be part of a file name.</summary>
    public static bool IsTag(string tag) =>
        tag.Length is > 0 and <= MaxTagLength && tag.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_');

    /// <summary>The modules of a wheel, in the order of its files.</summary>
    public static ImmutableArray<Module> ModulesOf(ImmutableArray<StoredFile> files)
    {
        var taken = files.Where(f => f.StorePath.EndsWith(DirectoryName, StringComparison.Ordinal)).Select(f => f.StorePath)
            .ToHashSet(StringComparer.Ordinal);
        var modules = ImmutableArray.CreateBuilder<Module>();
        for (int i = 0; i < files.Length; i++)
        {
            // Where a file has the name of the directory, there can be none.
            if (TryOf(files[i], i) is { } module && (taken.Count == 0 || !taken.Contains(module.Place))) modules.Add(module);
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

    private static Module? TryOf(StoredFile file, int index)
    {
        string path = file.StorePath;
        if (file.Scheme is not (Scheme.Purelib or Scheme.Platlib) || !path.EndsWith(SourceSuffix, StringComparison.Ordinal)) return null;
        int name = path.LastIndexOf('/') + 1;
        int stem = path.Length - name - SourceSuffix.Length;
        bool isNamed = stem > 0 && System.Text.Encoding.UTF8.GetByteCount(path.AsSpan(name, stem)) <= MaxStemBytes;
        if (!isNamed || path.StartsWith($"{DirectoryName}/", StringComparison.Ordinal)
            || path.Contains($"/{DirectoryName}/", StringComparison.Ordinal)) return null;
        return new Module(index, path[..name] + DirectoryName, path.Substring(name, stem));
    }

    /// <summary>A file of Python source that is imported from where it lies.</summary>
    /// <param name="Index">Among the wheel's files.</param>
    /// <param name="Place">The directory of its byte code, below the wheel's tree.</param>
    /// <param name="Stem">Its name without the suffix.</param>
    public sealed record Module(int Index, string Place, string Stem)
    {
        /// <summary>The name of its byte code, as <c>importlib.util.cache_from_source</c> has it.</summary>
        public string NameFor(string tag) => $"{Stem}.{tag}.pyc";

        /// <summary>The same, below the wheel's tree.</summary>
        public string PathFor(string tag) => $"{Place}/{NameFor(tag)}";
    }
}
