using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization;
using Sandpiper.Kernel.Files;
using Sandpiper.Packaging.Names;
using Sandpiper.Packaging.Versions;
using Sandpiper.Policies;

namespace Sandpiper.Environments.Generations;

/// <summary>
/// Writes and reads <c>generation.json</c>. What cannot be read to the letter is no generation: the user's
/// programs can write where it lies.
/// </summary>
public static class GenerationFile
{
    public const string Name = "generation.json";

    private const string Schema = "sandpiper/generation/1";
    private const int MaxBytes = 64 << 20;      // a hundred thousand written files

    public static byte[] Write(Generation generation) =>
        JsonSerializer.SerializeToUtf8Bytes(GenerationDocument.Of(generation, Schema), GenerationJson.Default.GenerationDocument);

    /// <summary>SHA-256 of the one in a directory.</summary>
    /// <exception cref="IOException">It is not there, no file, or larger than any.</exception>
    public static Sha256Digest DigestIn(string directory)
    {
        string path = Path.Combine(directory, Name);
        return Sha256Digest.Of(RegularFile.TryRead(path, MaxBytes) ?? throw new FileNotFoundException(message: null, path));
    }

    /// <exception cref="EnvironmentException">It is not there, damaged, of another generation, or of another
    /// version of Sandpiper.</exception>
    public static Generation Read(string directory, string environment, int number)
    {
        string path = Path.Combine(directory, Name);
        try
        {
            byte[] content = RegularFile.TryRead(path, MaxBytes)
                ?? throw (FileStatus.TryRead(path, out _) ? new FormatException("no file") : new FileNotFoundException(null, path));
            var document = JsonSerializer.Deserialize(content, GenerationJson.Default.GenerationDocument)
                ?? throw new FormatException("null");
            if (!string.Equals(document.Schema, Schema, StringComparison.Ordinal))
                throw new EnvironmentException($"`{path}` was written by another version of Sandpiper");
            if (document.Number != number || !string.Equals(document.Environment, environment, StringComparison.Ordinal))
                throw new FormatException("that of another generation");
            return document.ToGeneration(directory);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new EnvironmentException($"`{environment}` has no generation {number}");
        }
        catch (Exception e) when (e is JsonException or FormatException or IOException or UnauthorizedAccessException)
        {
            string because = e is IOException or UnauthorizedAccessException ? "may not be read" : "is not what an install writes";
            string option = string.Equals(environment, ManagedEnvironment.Shared, StringComparison.Ordinal) ? "" : $" --env {environment}";
            throw new EnvironmentException($"`{path}` {because}; `sandpiper rollback N{option}` goes to another generation, "
                + $"`sandpiper env remove {environment}` removes it with all of them");
        }
    }
}

/// <summary>As on disk; becomes a <see cref="Generation"/> at the door.</summary>
public sealed record GenerationDocument(
    string Schema, string Environment, int Number, DateTimeOffset Created, string Python, string PythonPrefix, string PythonName,
    PackageDocument[] Packages, string[] Commands, Dictionary<string, string> WrittenFiles, string[] Copies,
    LinkedDocument[]? Linked = null, string? LinkMode = null, bool? ByteCode = null, ToolDocument? Tool = null,
    string? Directory = null)
{
    public static GenerationDocument Of(Generation generation, string schema) => new(
        schema, generation.Environment, generation.Number, generation.Created, generation.Python, generation.PythonPrefix,
        generation.PythonName, [.. generation.Packages.Select(PackageDocument.Of)], [.. generation.Commands],
        generation.WrittenFiles.ToDictionary(f => f.Key, f => f.Value.Hex, StringComparer.Ordinal), [.. generation.Copies],
        generation.Linked.IsEmpty ? null : [.. generation.Linked.Select(l => new LinkedDocument(l.Path, l.Wheel.Hex, l.StorePath))],
        generation.LinkMode == Generations.LinkMode.Hardlink ? Hardlink : null,
        generation.ShowsByteCode ? null : false,
        generation.Tool is { } tool ? new ToolDocument(tool.Package.Normalized, [.. tool.Commands]) : null,
        generation.Directory);

    private const string Hardlink = "hardlink";

    /// <exception cref="FormatException">A value is not what its name says.</exception>
    public Generation ToGeneration(string directory) => new()
    {
        Environment = Environment,
        Number = Number,
        Directory = directory,
        MadeAt = Directory is null ? null : Absolute(Directory),
        Created = Created,
        Python = Absolute(Python),
        PythonPrefix = Absolute(PythonPrefix),
        PythonName = PythonName.Contains('/', StringComparison.Ordinal)
            ? throw new FormatException("a name with a slash") : Relative(PythonName),
        Packages = [.. Whole(Packages).Select(p => p.ToPackage())],
        Commands = [.. Whole(Commands)],
        WrittenFiles = WrittenFiles.ToImmutableSortedDictionary(
            f => Relative(f.Key), f => PackageDocument.Digest(f.Value), StringComparer.Ordinal),
        Copies = [.. Whole(Copies).Select(Relative)],
        Linked = LinkedOf(Packages.Select(p => p.Sha256).ToHashSet(StringComparer.Ordinal)),
        ShowsByteCode = ByteCode is not false,
        Tool = Tool is null ? null : OfThis(Tool),
        LinkMode = LinkMode switch
        {
            null => Generations.LinkMode.Symlink,
            Hardlink => Generations.LinkMode.Hardlink,
            _ => throw new FormatException("links of a later version"),
        },
    };

    // Its commands come onto a person's PATH: none that is not there.
    private Tool OfThis(ToolDocument tool) =>
        Packages.Any(p => string.Equals(p.Name, tool.Package, StringComparison.Ordinal))
            && Whole(tool.Commands).All(c => Commands.Contains(c, StringComparer.Ordinal))
            ? new Tool(PackageName.Parse(tool.Package), [.. tool.Commands]) : throw new FormatException("a tool of another generation");

    // What is linked is shown to programs: of the packages that are installed, and of nobody else.
    private ImmutableArray<LinkedDirectory> LinkedOf(HashSet<string> installed) =>
        [.. Whole(Linked).Select(l => installed.Contains(l.Wheel)
            ? new LinkedDirectory(Relative(l.Path), PackageDocument.Digest(l.Wheel), Relative(l.StorePath))
            : throw new FormatException("a link to what is not installed"))];

    /// <summary>Annotations say nothing of the members of an array.</summary>
    /// <exception cref="FormatException">One is null.</exception>
    internal static T[] Whole<T>(T[]? values) where T : class =>
        values is null ? [] : values.Contains(null) ? throw new FormatException("null among values") : values;

    private static string Absolute(string path) =>
        Path.IsPathFullyQualified(path) ? path : throw new FormatException("a path that is not absolute");

    // Verifying opens what is named here.
    private static string Relative(string path)
    {
        foreach (var segment in path.AsSpan().Split('/'))
        {
            if (path.AsSpan(segment) is "" or "." or "..") throw new FormatException("a path that leaves its place");
        }
        return path.Contains('\0', StringComparison.Ordinal) ? throw new FormatException("a path with a zero") : path;
    }
}

/// <summary>One package of it.</summary>
public sealed record PackageDocument(
    string Name, string Version, string Wheel, string Sha256, bool Requested, string? Requirement, bool Alone, string[] Extras,
    string[] RequiredBy, string Index,
    string[] OmittedHooks, string[] AllowedHooks, AcceptanceDocument[]? Accepted = null, string[]? Yielded = null,
    string? Manifest = null, string? Record = null, string? OwningIndex = null)
{
    public static PackageDocument Of(InstalledPackage package) => new(
        package.Name.Normalized, package.Version.Original, package.WheelFileName, package.Digest.Hex, package.IsRequested,
        package.Requirement, package.IsAlone, [.. package.Extras.Select(e => e.Normalized)],
        [.. package.RequiredBy.Select(n => n.Normalized)], package.Index, [.. package.OmittedHooks], [.. package.AllowedHooks],
        package.Accepted.IsEmpty ? null : [.. package.Accepted.Select(a => new AcceptanceDocument(a.Rule, a.Path, a.Others, a.Waiver))],
        package.Yielded.IsEmpty ? null : [.. package.Yielded], package.Manifest == default ? null : package.Manifest.Hex,
        package.Record == default ? null : package.Record.Hex, package.OwningIndex.Length == 0 ? null : package.OwningIndex);

    public InstalledPackage ToPackage() => new()
    {
        Name = PackageName.Parse(Name),
        Version = Pep440Version.Parse(Version),
        WheelFileName = Sandpiper.Packaging.Wheels.WheelFileName.TryParse(Wheel, out _, out _)
            ? Wheel : throw new FormatException("a file name that is not that of a wheel"),
        Digest = Digest(Sha256),
        Manifest = Manifest is null ? default : Digest(Manifest),
        Record = Record is null ? default : Digest(Record),
        IsRequested = Requested,
        Requirement = Requirement is null ? null : Readable(Requirement),
        IsAlone = Alone,
        Extras = [.. GenerationDocument.Whole(Extras).Select(PackageName.Parse)],
        RequiredBy = [.. GenerationDocument.Whole(RequiredBy).Select(PackageName.Parse)],
        Index = Index,
        OwningIndex = OwningIndex ?? "",
        OmittedHooks = [.. GenerationDocument.Whole(OmittedHooks)],
        AllowedHooks = [.. GenerationDocument.Whole(AllowedHooks)],
        Accepted = [.. GenerationDocument.Whole(Accepted).Select(a => new Acceptance(a.Rule, a.Path, a.Others, a.Waiver))],
        Yielded = [.. GenerationDocument.Whole(Yielded)],
    };

    // The next install reads it again, as what was asked for.
    private string Readable(string requirement) =>
        Sandpiper.Packaging.Requirements.Requirement.TryParse(requirement, out var parsed, out _) && parsed.Name == PackageName.Parse(Name)
            ? requirement : throw new FormatException("a requirement that is none of this package");

    public static Sha256Digest Digest(string hex) =>
        Sha256Digest.TryParseHex(hex, out var digest) ? digest : throw new FormatException("a SHA-256 that is none");
}

/// <summary>What it was made for.</summary>
public sealed record ToolDocument(string Package, string[] Commands);

/// <summary>A directory that is a link into the store.</summary>
public sealed record LinkedDocument(string Path, string Wheel, string StorePath);

/// <summary>A finding that was accepted.</summary>
public sealed record AcceptanceDocument(string Rule, string Path, int Others, int? Waiver);

/// <summary>How it is written, without reflection.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, AllowDuplicateProperties = false,
    RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true, MaxDepth = 8, WriteIndented = true)]
[JsonSerializable(typeof(GenerationDocument))]
public sealed partial class GenerationJson : JsonSerializerContext;
