using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using Sandpiper.Packaging.Names;
using Sandpiper.Packaging.Versions;

namespace Sandpiper.Environments.Generations;

/// <summary>Writes and reads <c>generation.json</c>. What cannot be read to the letter is no generation.</summary>
internal static class GenerationFile
{
    public const string Name = "generation.json";
    private const string Schema = "sandpiper/generation/1";

    public static byte[] Write(Generation generation)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { Indented = true }))
        {
            json.WriteStartObject();
            json.WriteString("schema", Schema);
            json.WriteString("environment", generation.Environment);
            json.WriteNumber("number", generation.Number);
            json.WriteString("created", generation.Created.ToString("O", CultureInfo.InvariantCulture));
            json.WriteString("python", generation.Python);
            json.WriteString("python_prefix", generation.PythonPrefix);
            json.WriteString("python_name", generation.PythonName);
            json.WriteStartArray("packages");
            foreach (InstalledPackage package in generation.Packages) Write(json, package);
            json.WriteEndArray();
            Write(json, "commands", generation.Commands);
            json.WriteStartObject("written_files");
            foreach ((string path, Sha256Digest digest) in generation.WrittenFiles) json.WriteString(path, digest.Hex);
            json.WriteEndObject();
            json.WriteEndObject();
        }
        return buffer.ToArray();
    }

    /// <exception cref="EnvironmentException">It is damaged, or of another version of Sandpiper.</exception>
    public static Generation Read(string directory)
    {
        string path = Path.Combine(directory, Name);
        try
        {
            using JsonDocument document = JsonDocument.Parse(File.ReadAllBytes(path), new JsonDocumentOptions { MaxDepth = 8 });
            JsonElement root = document.RootElement;
            if (!string.Equals(root.GetProperty("schema").GetString(), Schema, StringComparison.Ordinal)) throw new EnvironmentException($"`{path}` was written by another version of Sandpiper");
            return new Generation
            {
                Environment = Text(root, "environment"),
                Number = root.GetProperty("number").GetInt32(),
                Directory = directory,
                Created = DateTimeOffset.Parse(Text(root, "created"), CultureInfo.InvariantCulture),
                Python = Text(root, "python"),
                PythonPrefix = Text(root, "python_prefix"),
                PythonName = Text(root, "python_name"),
                Packages = [.. root.GetProperty("packages").EnumerateArray().Select(ReadPackage)],
                Commands = Texts(root, "commands"),
                WrittenFiles = root.GetProperty("written_files").EnumerateObject().ToImmutableSortedDictionary(p => p.Name, p => Digest(p.Value), StringComparer.Ordinal),
            };
        }
        catch (Exception error) when (error is JsonException or KeyNotFoundException or InvalidOperationException or FormatException or IOException or UnauthorizedAccessException)
        {
            string because = error is IOException or UnauthorizedAccessException ? "is missing, or may not be read" : "is not what an install writes";
            throw new EnvironmentException($"`{path}` {because}; `sandpiper rollback N` goes to another generation");
        }
    }

    private static void Write(Utf8JsonWriter json, InstalledPackage package)
    {
        json.WriteStartObject();
        json.WriteString("name", package.Name.Normalized);
        json.WriteString("version", package.Version.Original);
        json.WriteString("wheel", package.WheelFileName);
        json.WriteString("sha256", package.Digest.Hex);
        json.WriteBoolean("requested", package.IsRequested);
        if (package.Requirement is not null) json.WriteString("requirement", package.Requirement);
        if (package.IsAlone) json.WriteBoolean("alone", true);
        Write(json, "extras", package.Extras.Select(e => e.Normalized));
        Write(json, "required_by", package.RequiredBy.Select(e => e.Normalized));
        json.WriteString("index", package.Index);
        Write(json, "omitted_hooks", package.OmittedHooks);
        Write(json, "allowed_hooks", package.AllowedHooks);
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, string name, IEnumerable<string> values)
    {
        json.WriteStartArray(name);
        foreach (string value in values) json.WriteStringValue(value);
        json.WriteEndArray();
    }

    private static InstalledPackage ReadPackage(JsonElement package) => new()
    {
        Name = PackageName.Parse(Text(package, "name")),
        Version = Pep440Version.Parse(Text(package, "version")),
        WheelFileName = Text(package, "wheel"),
        Digest = Digest(package.GetProperty("sha256")),
        IsRequested = package.GetProperty("requested").GetBoolean(),
        Requirement = package.TryGetProperty("requirement", out JsonElement requirement) ? requirement.GetString() : null,
        IsAlone = package.TryGetProperty("alone", out JsonElement alone) && alone.GetBoolean(),
        Extras = [.. Texts(package, "extras").Select(PackageName.Parse)],
        RequiredBy = [.. Texts(package, "required_by").Select(PackageName.Parse)],
        Index = Text(package, "index"),
        OmittedHooks = Texts(package, "omitted_hooks"),
        AllowedHooks = Texts(package, "allowed_hooks"),
    };

    private static string Text(JsonElement element, string name) => element.GetProperty(name).GetString() ?? throw new FormatException(name);

    private static ImmutableArray<string> Texts(JsonElement element, string name) => [.. element.GetProperty(name).EnumerateArray().Select(e => e.GetString() ?? throw new FormatException(name))];

    private static Sha256Digest Digest(JsonElement element) => Sha256Digest.TryParseHex(element.GetString(), out Sha256Digest digest) ? digest : throw new FormatException("sha256");
}
