using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.Win32.SafeHandles;
using Sandpiper.Kernel;
using Sandpiper.Kernel.Files;
using Sandpiper.Packaging.Names;
using Sandpiper.Store;

namespace Sandpiper.Environments.Homes;

/// <summary>
/// The private home that programs of one environment have in one project, kept on disk: <c>homes/KEY/</c> below the data root, for its
/// owner alone. What lies in it was made by programs that nobody trusts: it is never run, on no PATH, and no link in it is followed.
/// </summary>
/// <remarks>
/// One program has it at a time, and a second one at the same time has another (<c>homes/KEY+2/</c>): packages and project are mounted in
/// it, and whoever could rename what lies there meanwhile would put his own in their place, for a program that may do more than he.
/// </remarks>
/// <param name="Directory">Where it lies, with what is known of it.</param>
/// <param name="Environment">Whose programs.</param>
/// <param name="Project">Where they are started; null: in no project, as cron does.</param>
public sealed record KeptHome(string Directory, string Environment, string? Project)
{
    /// <summary>Beyond it the next program gets a throw-away one, and that is said.</summary>
    public const long MostBytes = 2_000_000_000;

    /// <summary>The most of its files that are looked at to measure it; more is too much, however small.</summary>
    public const int MostFiles = 100_000;

    /// <summary>As many programs of a project may run at the same time and have one that is kept.</summary>
    public const int Most = 16;

    private const int MaxRecordBytes = 64 << 10;
    private const int LongestPath = 4000;       // PATH_MAX is 4096; what lies deeper nobody can tell
    private const int MostKey = 200, DigestDigits = 32;
    private const char Delimiter = '@', Ordinal = '+';      // neither is left as it is in a name that is escaped

    /// <summary>What a program has for its home.</summary>
    public string Content => Path.Combine(Directory, "home");

    private byte[] Record => JsonSerializer.SerializeToUtf8Bytes(new(Environment, Project), KeptHomeJson.Default.KeptHomeRecord);

    private string RecordFile => Path.Combine(Directory, "of.json");

    private string LockPath => Path.Combine(Directory, "lock");

    private string FullMark => Path.Combine(Directory, "full");

    /// <summary>It was too large after a program had run, and was not emptied since.</summary>
    public bool IsFull => Path.Exists(FullMark);

    /// <summary>Those of these programs, the first one first, whether they are there or not.</summary>
    public static IEnumerable<KeptHome> Of(string root, string environment, string? project)
    {
        string first = Path.Combine(AllBelow(root), KeyOf(environment, project));
        for (int n = 1; n <= Most; n++) yield return new KeptHome(n == 1 ? first : $"{first}{Ordinal}{n}", environment, project);
    }

    /// <summary>Those that there are. One whose record cannot be read is nobody's: null as <see cref="Environment"/> is no name.</summary>
    public static IEnumerable<KeptHome> All(string root) => !System.IO.Directory.Exists(AllBelow(root)) ? []
        : System.IO.Directory.GetDirectories(AllBelow(root)).Order(StringComparer.Ordinal)
            .Where(path => IsKey(Path.GetFileName(path))).Select(Read);

    /// <summary>Where all of them lie.</summary>
    public static string AllBelow(string root) => Path.Combine(Path.GetFullPath(root), "homes");

    /// <summary>Whether a name there is one of ours.</summary>
    public static bool IsKey(string name) => name.Split(Ordinal) is [{ Length: > 0 and <= MostKey } key, ..] parts
        && key.Count(c => c == Delimiter) == 1
        && key.All(c => char.IsAsciiLetterOrDigit(c) || c is '%' or '-' or '_' or '.' or '~' or Delimiter)
        && (parts.Length == 1 || (parts.Length == 2 && int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out _)));

    /// <summary>Whether there is one.</summary>
    public bool IsThere => System.IO.Directory.Exists(Content);

    /// <summary>Makes it where there is none, and holds it while a program has it.</summary>
    /// <returns>Null while another one has it, or it is being emptied.</returns>
    /// <exception cref="UnwritableException">It cannot be made.</exception>
    public SafeFileHandle? TryHold()
    {
        try
        {
            foreach (string directory in (string[])[Path.GetDirectoryName(Directory)!, Directory])
                System.IO.Directory.CreateDirectory(directory, SealedTree.OpenDirectoryMode);
            if (Locked() is not { } held) return null;
            System.IO.Directory.CreateDirectory(Content, SealedTree.OpenDirectoryMode);
            File.SetUnixFileMode(Content, SealedTree.OpenDirectoryMode); // a program may have taken our rights to it away
            if (!File.Exists(RecordFile)) File.WriteAllBytes(RecordFile, Record);
            return held;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new UnwritableException(Directory, error);
        }
    }

    /// <summary>After a program has had it: whether it has become too large. Whatever it left there, this fails for nobody.</summary>
    /// <param name="mounted">Directories below it that had something else in their place: what lies there was measured before.</param>
    public void Measure(IReadOnlySet<string> mounted)
    {
        (int files, long bytes) = Size(mounted);
        if (files < MostFiles && bytes <= MostBytes) return;
        try
        {
            File.WriteAllText(FullMark, "");
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // A full disk: then the next program fails there, and says so.
        }
    }

    /// <summary>
    /// How many files lie in it, of which size; counted no further than is too much anyway, and what cannot be told is too much.
    /// </summary>
    public (int Files, long Bytes) Size() => Size(FrozenSet<string>.Empty);

    private (int Files, long Bytes) Size(IReadOnlySet<string> unseen)
    {
        long bytes = 0;
        try
        {
            using ForeignTree? home = ForeignTree.TryOpen(Content);
            if (home is null) return (0, 0);
            // No link is followed: it could lead anywhere, and in circles. What is closed to us is left out.
            var found = new List<ForeignTree.Entry>();
            home.TryList([], MostFiles, found);
            for (int at = 0; at < found.Count && found.Count < MostFiles; at++)
            {
                if (found[at] is not { Status: { Type: not FileType.SymbolicLink } status, Path: var path }) continue;
                if (path.Length > LongestPath) return (MostFiles, bytes);
                // A file with holes is copied whole, so that they count.
                bytes = Math.Min(bytes + status.Size, long.MaxValue / 2);
                if (status.Type is FileType.Directory && !unseen.Contains(Encoding.UTF8.GetString(path.Span)))
                    home.TryList(path.Span, MostFiles, found);
            }
            return (found.Count, bytes);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return (MostFiles, bytes);
        }
    }

    /// <summary>Names that a person would look for, with how the kernel knows each: not those that begin with a dot.</summary>
    public ImmutableDictionary<string, (FileIdentity Identity, UnixTime ChangedAt)> Names()
    {
        var names = ImmutableDictionary.CreateBuilder<string, (FileIdentity Identity, UnixTime ChangedAt)>(StringComparer.Ordinal);
        try
        {
            if (!System.IO.Directory.Exists(Content)) return names.ToImmutable();
            File.SetUnixFileMode(Content, SealedTree.OpenDirectoryMode);
            foreach (string path in System.IO.Directory.EnumerateFileSystemEntries(Content).Take(MostFiles))
            {
                string name = Path.GetFileName(path);
                if (!name.StartsWith('.') && FileStatus.TryRead(path, out FileStatus status))
                    names[name] = (status.Identity, status.ChangedAt);
            }
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // Whoever looks at them is told; a program that ended has its exit code all the same.
        }
        return names.ToImmutable();
    }

    /// <summary>Removes it with all that lies in it.</summary>
    /// <returns>False while a program has it.</returns>
    /// <exception cref="IOException">Something in it cannot be removed.</exception>
    public bool TryRemove()
    {
        if (!System.IO.Directory.Exists(Directory)) return true;
        using SafeFileHandle? alone = Locked();
        if (alone is null) return false;
        using SafeFileHandle homes = RawFile.Open(
            System.IO.Path.GetDirectoryName(Directory)!, RawFile.ReadOnly | RawFile.OnlyDirectories, out int errno);
        if (errno == 0) errno = TreeRemoval.Remove(homes, Encoding.UTF8.GetBytes(System.IO.Path.GetFileName(Directory)));
        if (errno != 0) throw new KernelException("unlinkat", errno, Directory);
        return true;
    }

    private SafeFileHandle? Locked()
    {
        SafeFileHandle file = RawFile.TryOpen(LockPath, RawFile.ReadWrite | RawFile.Create | RawFile.NoFollow)
            ?? throw new DirectoryNotFoundException(Directory);
        // Emptied meanwhile, it would be another one that is held.
        return LockFile.HeldOrClosed(file, LockPath);
    }

    // As it is called, as far as a name may be so long.
    private static string KeyOf(string environment, string? project)
    {
        string key = $"{environment}{Delimiter}{Uri.EscapeDataString(project ?? "")}";
        return key.Length <= MostKey ? key
            : $"{environment}{Delimiter}~" + Sha256Digest.Of(Encoding.UTF8.GetBytes(project ?? "")).Hex[..DigestDigits];
    }

    private static KeptHome Read(string directory)
    {
        var unknown = new KeptHome(directory, "", null);
        try
        {
            return RegularFile.TryRead(unknown.RecordFile, MaxRecordBytes) is { } text
                && JsonSerializer.Deserialize(text, KeptHomeJson.Default.KeptHomeRecord) is { } known
                && Path.GetFileName(directory).Split(Ordinal)[0] is var key
                && string.Equals(KeyOf(known.Environment, known.Project), key, StringComparison.Ordinal)
                ? unknown with { Environment = known.Environment, Project = known.Project } : unknown;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or JsonException)
        {
            return unknown;
        }
    }
}

/// <summary>What lies beside a home: its name says it already, but not of a project whose path is too long for one.</summary>
public sealed record KeptHomeRecord(string Environment, string? Project);

/// <summary>Nothing twice and nothing else.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, AllowDuplicateProperties = false,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow, RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true, MaxDepth = 2)]
[JsonSerializable(typeof(KeptHomeRecord))]
public sealed partial class KeptHomeJson : JsonSerializerContext;
