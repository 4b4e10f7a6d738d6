using System.Buffers;
using System.Collections.Immutable;
using System.Text.Json;
using Sandpiper.Packaging.Names;
using Sandpiper.Packaging.Requirements;
using Sandpiper.Packaging.Versions;
using Sandpiper.Packaging.Wheels;
using Sandpiper.Policies;

namespace Sandpiper.Environments.Generations;

/// <summary><c>generation.json</c>, member by member.</summary>
/// <remarks>By hand: every start reads one, and what a serializer learns of its types first takes five times as long as that.</remarks>
internal static class GenerationJson
{
    private const string Schema = "sandpiper/generation/1", Hardlink = "hardlink";

    private static readonly JsonReaderOptions Strict = new() { MaxDepth = 8 };

    private static readonly JsonWriterOptions Indented = new() { Indented = true };

    // In the order in which they are written; those that one of an earlier version lacks come last.
    private static readonly string[] OfGeneration =
    [
        "schema", "environment", "number", "created", "python", "python_prefix", "python_name", "packages", "commands", "written_files",
        "copies", "linked", "link_mode", "byte_code", "tool", "directory",
    ];

    private static readonly string[] OfPackage =
    [
        "name", "version", "wheel", "sha256", "requested", "requirement", "alone", "extras", "required_by", "index", "omitted_hooks",
        "allowed_hooks", "accepted", "yielded", "manifest", "record", "owning_index",
    ];

    private static readonly string[] OfLinked = ["path", "wheel", "store_path"];
    private static readonly string[] OfTool = ["package", "commands"];
    private static readonly string[] OfAcceptance = ["rule", "path", "others", "waiver"];

    public static byte[] Write(Generation generation)
    {
        var content = new ArrayBufferWriter<byte>(4096 + 1024 * generation.Packages.Length + 256 * generation.Linked.Length);
        using (var json = new Utf8JsonWriter(content, Indented)) Write(json, generation);
        return content.WrittenSpan.ToArray();
    }

    /// <returns>Null: of another version.</returns>
    /// <exception cref="JsonException">It is no JSON, or not of this form.</exception>
    /// <exception cref="InvalidOperationException">A value is of another kind.</exception>
    /// <exception cref="FormatException">A value is not what its name says.</exception>
    public static Generation? Read(ReadOnlySpan<byte> content, string directory)
    {
        var json = new Utf8JsonReader(content, Strict);
        json.Read();
        return ReadGeneration(ref json, directory) is not { } generation ? null
            : json.Read() ? throw new JsonException("something follows it") : generation;
    }

    private static void Write(Utf8JsonWriter json, Generation generation)
    {
        json.WriteStartObject();
        json.WriteString("schema", Schema);
        json.WriteString("environment", generation.Environment);
        json.WriteNumber("number", generation.Number);
        json.WriteString("created", generation.Created);
        json.WriteString("python", generation.Python);
        json.WriteString("python_prefix", generation.PythonPrefix);
        json.WriteString("python_name", generation.PythonName);
        json.WriteStartArray("packages");
        foreach (InstalledPackage package in generation.Packages) Write(json, package);
        json.WriteEndArray();
        Write(json, "commands", generation.Commands);
        json.WriteStartObject("written_files");
        foreach (var (path, digest) in generation.WrittenFiles) json.WriteString(path, digest.Hex);
        json.WriteEndObject();
        Write(json, "copies", generation.Copies);
        WriteIfAny(json, "linked", generation.Linked, linked =>
        {
            json.WriteString("path", linked.Path);
            json.WriteString("wheel", linked.Wheel.Hex);
            json.WriteString("store_path", linked.StorePath);
        });
        json.WriteString("link_mode", generation.LinkMode == LinkMode.Hardlink ? Hardlink : null);
        if (generation.ShowsByteCode) json.WriteNull("byte_code");
        else json.WriteBoolean("byte_code", false);
        if (generation.Tool is { } tool)
        {
            json.WriteStartObject("tool");
            json.WriteString("package", tool.Package.Normalized);
            Write(json, "commands", tool.Commands);
            json.WriteEndObject();
        }
        else
        {
            json.WriteNull("tool");
        }
        json.WriteString("directory", generation.Directory);
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, InstalledPackage package)
    {
        json.WriteStartObject();
        json.WriteString("name", package.Name.Normalized);
        json.WriteString("version", package.Version.Original);
        json.WriteString("wheel", package.WheelFileName);
        json.WriteString("sha256", package.Digest.Hex);
        json.WriteBoolean("requested", package.IsRequested);
        json.WriteString("requirement", package.Requirement);
        json.WriteBoolean("alone", package.IsAlone);
        Write(json, "extras", package.Extras);
        Write(json, "required_by", package.RequiredBy);
        json.WriteString("index", package.Index);
        Write(json, "omitted_hooks", package.OmittedHooks);
        Write(json, "allowed_hooks", package.AllowedHooks);
        WriteIfAny(json, "accepted", package.Accepted, accepted =>
        {
            json.WriteString("rule", accepted.Rule);
            json.WriteString("path", accepted.Path);
            json.WriteNumber("others", accepted.Others);
            if (accepted.Waiver is { } waiver) json.WriteNumber("waiver", waiver);
            else json.WriteNull("waiver");
        });
        if (package.Yielded.IsEmpty) json.WriteNull("yielded");
        else Write(json, "yielded", package.Yielded);
        json.WriteString("manifest", package.Manifest == default ? null : package.Manifest.Hex);
        json.WriteString("record", package.Record == default ? null : package.Record.Hex);
        json.WriteString("owning_index", package.OwningIndex.Length == 0 ? null : package.OwningIndex);
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, string name, ImmutableArray<string> values)
    {
        json.WriteStartArray(name);
        foreach (string value in values) json.WriteStringValue(value);
        json.WriteEndArray();
    }

    private static void Write(Utf8JsonWriter json, string name, ImmutableArray<PackageName> values)
    {
        json.WriteStartArray(name);
        foreach (PackageName value in values) json.WriteStringValue(value.Normalized);
        json.WriteEndArray();
    }

    private static void WriteIfAny<T>(Utf8JsonWriter json, string name, ImmutableArray<T> values, Action<T> members)
    {
        if (values.IsEmpty)
        {
            json.WriteNull(name);
            return;
        }
        json.WriteStartArray(name);
        foreach (T value in values)
        {
            json.WriteStartObject();
            members(value);
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }

    private static Generation? ReadGeneration(ref Utf8JsonReader json, string directory)
    {
        var members = JsonMembers.Of(json, OfGeneration, needed: 11);
        string environment = "", python = "", prefix = "", pythonName = "";
        string? linkMode = null, madeAt = null;
        int number = 0;
        bool showsByteCode = true;
        DateTimeOffset created = default;
        ImmutableArray<InstalledPackage> packages = [];
        ImmutableArray<string> commands = [], copies = [];
        ImmutableArray<LinkedDirectory> linked = [];
        Dictionary<string, Sha256Digest> written = [];
        Tool? tool = null;
        while (members.Next(ref json) is { } member)
        {
            switch (member)
            {
                case "schema":
                    if (!string.Equals(JsonValues.Text(ref json), Schema, StringComparison.Ordinal)) return null;
                    break;
                case "environment": environment = JsonValues.Text(ref json); break;
                case "number": number = json.GetInt32(); break;
                case "created": created = json.GetDateTimeOffset(); break;
                case "python": python = Absolute(JsonValues.Text(ref json)); break;
                case "python_prefix": prefix = Absolute(JsonValues.Text(ref json)); break;
                case "python_name": pythonName = Segment(JsonValues.Text(ref json)); break;
                case "packages": packages = JsonValues.All(ref json, ReadPackage); break;
                case "commands": commands = JsonValues.All(ref json, JsonValues.Text); break;
                case "written_files": written = ReadWritten(ref json); break;
                case "copies": copies = JsonValues.All(ref json, RelativePath); break;
                case "linked" when !JsonValues.IsNull(json): linked = JsonValues.All(ref json, ReadLinked); break;
                case "link_mode": linkMode = json.GetString(); break;
                case "byte_code" when !JsonValues.IsNull(json): showsByteCode = json.GetBoolean(); break;
                case "tool" when !JsonValues.IsNull(json): tool = ReadTool(ref json); break;
                case "directory" when !JsonValues.IsNull(json): madeAt = Absolute(JsonValues.Text(ref json)); break;
            }
        }
        // What is linked is shown to programs: of the packages that are installed, and of nobody else.
        var installed = packages.Select(package => package.Digest).ToHashSet();
        foreach (LinkedDirectory one in linked)
        {
            if (!installed.Contains(one.Wheel)) throw new FormatException("a link to what is not installed");
        }
        // Its commands come onto a person's PATH: none that is not there.
        if (tool is not null && !(packages.Any(package => package.Name == tool.Package) && tool.Commands.All(commands.Contains)))
            throw new FormatException("a tool of another generation");
        return new()
        {
            Environment = environment,
            Number = number,
            Directory = directory,
            MadeAt = madeAt,
            Created = created,
            Python = python,
            PythonPrefix = prefix,
            PythonName = pythonName,
            Packages = packages,
            Commands = commands,
            WrittenFiles = written.ToImmutableSortedDictionary(StringComparer.Ordinal),
            Copies = copies,
            Linked = linked,
            ShowsByteCode = showsByteCode,
            Tool = tool,
            LinkMode = linkMode switch
            {
                null => LinkMode.Symlink,
                Hardlink => LinkMode.Hardlink,
                _ => throw new FormatException("links of a later version"),
            },
        };
    }

    private static InstalledPackage ReadPackage(ref Utf8JsonReader json)
    {
        var members = JsonMembers.Of(json, OfPackage, needed: 12);
        PackageName name = default;
        Pep440Version version = default;
        string wheel = "", index = "", owningIndex = "";
        string? requirement = null;
        bool isRequested = false, isAlone = false;
        Sha256Digest digest = default, manifest = default, record = default;
        ImmutableArray<PackageName> extras = [], requiredBy = [];
        ImmutableArray<string> omitted = [], allowed = [], yielded = [];
        ImmutableArray<Acceptance> accepted = [];
        while (members.Next(ref json) is { } member)
        {
            switch (member)
            {
                case "name": name = Name(ref json); break;
                case "version": version = Pep440Version.Parse(JsonValues.Text(ref json)); break;
                case "wheel": wheel = JsonValues.Text(ref json); break;
                case "sha256": digest = Digest(ref json); break;
                case "requested": isRequested = json.GetBoolean(); break;
                case "requirement": requirement = json.GetString(); break;
                case "alone": isAlone = json.GetBoolean(); break;
                case "extras": extras = JsonValues.All(ref json, Name); break;
                case "required_by": requiredBy = JsonValues.All(ref json, Name); break;
                case "index": index = JsonValues.Text(ref json); break;
                case "omitted_hooks": omitted = JsonValues.All(ref json, JsonValues.Text); break;
                case "allowed_hooks": allowed = JsonValues.All(ref json, JsonValues.Text); break;
                case "accepted" when !JsonValues.IsNull(json): accepted = JsonValues.All(ref json, ReadAcceptance); break;
                case "yielded" when !JsonValues.IsNull(json): yielded = JsonValues.All(ref json, JsonValues.Text); break;
                case "manifest" when !JsonValues.IsNull(json): manifest = Digest(ref json); break;
                case "record" when !JsonValues.IsNull(json): record = Digest(ref json); break;
                case "owning_index" when !JsonValues.IsNull(json): owningIndex = JsonValues.Text(ref json); break;
            }
        }
        if (!WheelFileName.TryParse(wheel, out _, out _)) throw new FormatException("a file name that is not that of a wheel");
        // The next install reads it again, as what was asked for.
        if (requirement is not null && !(Requirement.TryParse(requirement, out var parsed, out _) && parsed.Name == name))
            throw new FormatException("a requirement that is none of this package");
        return new()
        {
            Name = name,
            Version = version,
            WheelFileName = wheel,
            Digest = digest,
            Manifest = manifest,
            Record = record,
            IsRequested = isRequested,
            Requirement = requirement,
            IsAlone = isAlone,
            Extras = extras,
            RequiredBy = requiredBy,
            Index = index,
            OwningIndex = owningIndex,
            OmittedHooks = omitted,
            AllowedHooks = allowed,
            Accepted = accepted,
            Yielded = yielded,
        };
    }

    private static LinkedDirectory ReadLinked(ref Utf8JsonReader json)
    {
        var members = JsonMembers.Of(json, OfLinked, OfLinked.Length);
        string path = "", storePath = "";
        Sha256Digest wheel = default;
        while (members.Next(ref json) is { } member)
        {
            switch (member)
            {
                case "path": path = RelativePath(ref json); break;
                case "wheel": wheel = Digest(ref json); break;
                case "store_path": storePath = RelativePath(ref json); break;
            }
        }
        return new(path, wheel, storePath);
    }

    private static Tool ReadTool(ref Utf8JsonReader json)
    {
        var members = JsonMembers.Of(json, OfTool, OfTool.Length);
        PackageName package = default;
        ImmutableArray<string> commands = [];
        while (members.Next(ref json) is { } member)
        {
            switch (member)
            {
                case "package": package = Name(ref json); break;
                case "commands": commands = JsonValues.All(ref json, JsonValues.Text); break;
            }
        }
        return new(package, commands);
    }

    private static Acceptance ReadAcceptance(ref Utf8JsonReader json)
    {
        var members = JsonMembers.Of(json, OfAcceptance, OfAcceptance.Length);
        string rule = "", path = "";
        int others = 0;
        int? waiver = null;
        while (members.Next(ref json) is { } member)
        {
            switch (member)
            {
                case "rule": rule = JsonValues.Text(ref json); break;
                case "path": path = JsonValues.Text(ref json); break;
                case "others": others = json.GetInt32(); break;
                case "waiver" when !JsonValues.IsNull(json): waiver = json.GetInt32(); break;
            }
        }
        return new(rule, path, others, waiver);
    }

    private static Dictionary<string, Sha256Digest> ReadWritten(ref Utf8JsonReader json)
    {
        JsonValues.Expect(json, JsonTokenType.StartObject);
        var files = new Dictionary<string, Sha256Digest>(StringComparer.Ordinal);
        while (json.Read() && json.TokenType is JsonTokenType.PropertyName)
        {
            string path = Relative(json.GetString()!);
            json.Read();
            if (!files.TryAdd(path, Digest(ref json))) throw new JsonException("a file is given twice");
        }
        return files;
    }

    private static PackageName Name(ref Utf8JsonReader json) => PackageName.Parse(JsonValues.Text(ref json));

    private static Sha256Digest Digest(ref Utf8JsonReader json) => Sha256Digest.TryParseHex(JsonValues.Text(ref json), out var digest)
        ? digest : throw new FormatException("a SHA-256 that is none");

    private static string RelativePath(ref Utf8JsonReader json) => Relative(JsonValues.Text(ref json));

    private static string Absolute(string path) =>
        Path.IsPathFullyQualified(path) ? path : throw new FormatException("a path that is not absolute");

    private static string Segment(string name) =>
        name.Contains('/', StringComparison.Ordinal) ? throw new FormatException("a name with a slash") : Relative(name);

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
