using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Text;
using Microsoft.Win32.SafeHandles;
using Sandpiper.Kernel;
using Sandpiper.Kernel.Files;
using Sandpiper.Packaging.Names;

namespace Sandpiper.Store;

/// <summary>
/// Where each entry of a store lies. What an environment brought lies in a directory of that environment's, so that its programs can be
/// shown all of it by one mount, and nothing of others; a link of the entry's own name beside those directories leads to it.
/// </summary>
/// <remarks>
/// <c>store/&lt;sha256&gt;</c> is the entry itself, or a link that says <c>by-ENVIRONMENT/&lt;sha256&gt;</c>. Whoever makes the link first
/// has decided; it is made before the entry, and goes after it.
/// </remarks>
internal sealed class EntryPlaces(string entries)
{
    private const string Prefix = "by-";
    private const int MostTries = 16;

    private readonly ConcurrentDictionary<Sha256Digest, string> _linked = new();

    /// <summary>Absolute: where an entry lies, or would if it had been brought by nobody in particular.</summary>
    public string Of(Sha256Digest digest)
    {
        if (_linked.TryGetValue(digest, out string? known)) return known;
        string name = Path.Combine(entries, digest.Hex);
        return SymbolicLink.Target(name) is { } target && IsPlace(target, digest.Hex)
            ? _linked.GetOrAdd(digest, Path.Combine(entries, target)) : name;
    }

    /// <summary>Absolute: where what an environment brings lies; it need not be there.</summary>
    public string DirectoryOf(string environment) => Path.Combine(entries, Prefix + environment);

    /// <summary>Of what an environment brought, by one look at that directory.</summary>
    public IReadOnlySet<Sha256Digest> BroughtBy(string environment)
    {
        using SafeFileHandle directory =
            RawFile.Open(DirectoryOf(environment), RawFile.ReadOnly | RawFile.OnlyDirectories | RawFile.NoFollow, out int errno);
        HashSet<Sha256Digest> brought = [];
        if (errno != 0) return brought;
        foreach (DirectoryEntry entry in DirectoryEntries.Of(directory))
        {
            if (Sha256Digest.TryParseHex(Encoding.Latin1.GetString(entry.Name), out var digest)) brought.Add(digest);
        }
        return brought;
    }

    /// <summary>Where an entry lies, or is to: the directory is there.</summary>
    /// <param name="environment">Null: for nobody in particular.</param>
    /// <exception cref="IOException">The store cannot be written.</exception>
    public string Claim(Sha256Digest digest, string? environment)
    {
        Directory.CreateDirectory(entries);
        string name = Path.Combine(entries, digest.Hex), place = Of(digest);
        for (int tries = 0; environment is not null && string.Equals(place, name, StringComparison.Ordinal); tries++)
        {
            // What is there without a link stays, be it of an earlier version.
            if (FileStatus.TryRead(name, out _)) return place;
            if (tries == MostTries) throw new IOException($"something else makes and removes {name}");
            Directory.CreateDirectory(DirectoryOf(environment));
            try
            {
                File.CreateSymbolicLink(name, $"{Prefix}{environment}/{digest.Hex}");
            }
            catch (IOException) when (FileStatus.TryRead(name, out _))
            {
                // Somebody else was first.
            }
            place = Of(digest);
        }
        Directory.CreateDirectory(Path.GetDirectoryName(place)!);
        return place;
    }

    /// <summary>Takes the link to an entry away that is gone.</summary>
    public void Forget(Sha256Digest digest)
    {
        _linked.TryRemove(digest, out _);
        string name = Path.Combine(entries, digest.Hex);
        if (SymbolicLink.Target(name) is { } target && IsPlace(target, digest.Hex)) File.Delete(name);
    }

    /// <summary>What there is an entry of; in no order.</summary>
    public IEnumerable<Sha256Digest> Digests => In(entries).Where(digest => Directory.Exists(Of(digest)));

    /// <summary>Directories in which entries lie, or are on their way: the store's and the environments'.</summary>
    public static IEnumerable<string> Directories(string entries) =>
        DirectoryEntries.In(entries) is { } names ? [entries, .. OfEnvironments(entries, names)] : [];

    /// <summary>What lies in any of these under a name that belongs to a stage (<see cref="Staging.NewNameIn"/>).</summary>
    /// <remarks>Each command asks when it ends: without a look at each of a hundred other names.</remarks>
    public static IEnumerable<string> Beside(string entries, string stage)
    {
        byte[] prefix = Encoding.UTF8.GetBytes(stage + '.');
        if (DirectoryEntries.In(entries) is not { } names) yield break;
        foreach (string of in (IEnumerable<string>)[entries, .. OfEnvironments(entries, names)])
        {
            foreach (DirectoryEntry entry in (ReferenceEquals(of, entries) ? names : DirectoryEntries.In(of)) ?? [])
            {
                if (entry.Name.AsSpan().StartsWith(prefix)) yield return Path.Combine(of, NativeText.Of(entry.Name));
            }
        }
    }

    // Whatever else is called so is no environment's: a link, or a name that is none of an environment.
    private static IEnumerable<string> OfEnvironments(string entries, ImmutableArray<DirectoryEntry> names)
    {
        foreach (DirectoryEntry entry in names)
        {
            if (!entry.Name.AsSpan().StartsWith("by-"u8) || !Ascii.IsValid(entry.Name)) continue;
            string by = Path.Combine(entries, Encoding.ASCII.GetString(entry.Name));
            var type = entry.Type ?? (FileStatus.TryRead(by, out var status) ? status.Type : FileType.Other);
            if (type == FileType.Directory) yield return by;
        }
    }

    /// <summary>Entries to which nothing leads any more: the link to them was taken away, or leads elsewhere.</summary>
    public IEnumerable<(Sha256Digest Digest, string Directory)> Astray => Directories(entries).Skip(1)
        .SelectMany(by => In(by).Select(digest => (Digest: digest, Directory: Path.Combine(by, digest.Hex))))
        .Where(entry => !string.Equals(Of(entry.Digest), entry.Directory, StringComparison.Ordinal));

    /// <summary>Whether a name in the store is that of a directory of an environment.</summary>
    public static bool IsOfEnvironment(string name) => name.StartsWith(Prefix, StringComparison.Ordinal);

    /// <summary>
    /// Takes away what a command left that ended between a link and its entry, and the directories of environments of which nothing is
    /// here. Nobody may be sealing.
    /// </summary>
    public void Tidy()
    {
        foreach (Sha256Digest digest in In(entries).Where(digest => !Directory.Exists(Of(digest))).ToList()) Forget(digest);
        foreach (string by in Directories(entries).Skip(1))
        {
            if (!Directory.EnumerateFileSystemEntries(by).Any()) Directory.Delete(by);
        }
    }

    private static IEnumerable<Sha256Digest> In(string directory) => !Directory.Exists(directory) ? []
        : Directory.GetFileSystemEntries(directory)
            .Select(path => Sha256Digest.TryParseHex(Path.GetFileName(path), out var digest) ? digest : default)
            .Where(digest => digest != default);

    // Any other link is somebody's own: what lies there is looked at as what lies here.
    private static bool IsPlace(string target, string hex) => target.Length > Prefix.Length + 1 + hex.Length
        && target.StartsWith(Prefix, StringComparison.Ordinal) && target.EndsWith(hex, StringComparison.Ordinal)
        && target.IndexOf('/', StringComparison.Ordinal) == target.Length - hex.Length - 1;
}
