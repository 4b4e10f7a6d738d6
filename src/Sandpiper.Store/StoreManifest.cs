using System.Collections.Immutable;
using System.Text;
using System.Text.Json;
using Sandpiper.Packaging.Names;
using Sandpiper.Packaging.Wheels;
using Sandpiper.Policies;
using Sandpiper.Wheels;

namespace Sandpiper.Store;

/// <summary><c>manifest.json</c>: what a seal found, so that no later command has to open the wheel again.</summary>
/// <remarks>
/// Every warm install reads one per wheel, so a file is one short array and not an object with names. Read as hostile: it lies where the
/// user's programs can write.
/// </remarks>
public static class StoreManifest
{
    public const string FileName = "manifest.json";

    public const int MaxBytes = 256 << 20;      // 200,000 files, the most an archive may have, with names of a kilobyte

    private const int Format = 5;
    private const int WithoutRecords = 4;    // the seal made no records for environments to show
    private const int WithoutPlaces = 3;     // the seal made no directories for byte code
    private const int WithoutReach = 2;      // nobody looked where native code looks for libraries
    private const int WithoutFindings = 1;   // files and scripts can be read, but nobody can say what speaks against them
    private const int UsualName = 512;

    private static readonly JsonReaderOptions Strict = new() { MaxDepth = 4 };

    public static byte[] Write(UnpackedWheel unpacked)
    {
        var wheel = unpacked.Inspected;
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartArray();
            json.WriteNumberValue(Format);
            json.WriteStringValue(unpacked.Digest.Hex);
            json.WriteStringValue(unpacked.Name.FileName);
            json.WriteStringValue(wheel.DistInfo);
            json.WriteStartArray();
            foreach (var file in wheel.Files) WriteFile(json, file);
            json.WriteEndArray();
            json.WriteStartArray();
            foreach (var script in wheel.Scripts) WriteScript(json, script);
            json.WriteEndArray();
            json.WriteStartArray();
            foreach (string note in wheel.Notes) json.WriteStringValue(note);
            json.WriteEndArray();
            json.WriteStartArray();
            foreach (var finding in wheel.Findings) WriteFinding(json, finding);
            json.WriteEndArray();
            json.WriteStartArray();
            foreach (var record in wheel.Records) WriteRecord(json, record);
            json.WriteEndArray();
            json.WriteEndArray();
        }
        return buffer.ToArray();
    }

    /// <exception cref="StoreDamagedException">It is not what <see cref="Write"/> writes, or speaks of another wheel.</exception>
    public static SealedWheel Read(ReadOnlySpan<byte> content, Sha256Digest digest, string directory)
    {
        try
        {
            var json = new Utf8JsonReader(content, Strict);
            return ReadWheel(ref json, content.Length, content.Count((byte)'['), digest, directory);
        }
        catch (Exception e)
            when (e is JsonException or InvalidOperationException or FormatException or ArgumentException or OverflowException)
        {
            throw new StoreDamagedException(digest, $"its manifest cannot be read ({e.Message})");
        }
    }

    private static void WriteFile(Utf8JsonWriter json, StoredFile file)
    {
        json.WriteStartArray();
        json.WriteStringValue(file.Path);
        json.WriteStringValue(file.Digest.Hex);
        json.WriteNumberValue(file.Size);
        json.WriteNumberValue((int)file.Scheme);
        json.WriteNumberValue((int)file.Kind);
        json.WriteBooleanValue(file.IsExecutable);
        if (!string.Equals(file.StorePath, file.Path, StringComparison.Ordinal)) json.WriteStringValue(file.StorePath);
        if (file.ReachesOut) json.WriteBooleanValue(true);
        json.WriteEndArray();
    }

    private static void WriteScript(Utf8JsonWriter json, ScriptEntryPoint script)
    {
        json.WriteStartArray();
        json.WriteStringValue(script.Name);
        json.WriteStringValue(script.Module);
        json.WriteStringValue(script.Attribute);
        json.WriteBooleanValue(script.IsGui);
        json.WriteEndArray();
    }

    private static void WriteFinding(Utf8JsonWriter json, Finding finding)
    {
        json.WriteStartArray();
        json.WriteNumberValue((int)finding.Fault);
        json.WriteStringValue(finding.Path);
        json.WriteStringValue(finding.Seen);
        json.WriteStringValue(finding.Claimed);
        json.WriteStringValue(finding.Content?.Hex);
        json.WriteStringValue(finding.Namespaces);
        json.WriteEndArray();
    }

    private static void WriteRecord(Utf8JsonWriter json, RecordedFile record)
    {
        json.WriteStartArray();
        json.WriteStringValue(record.StorePath);
        json.WriteStringValue(record.Digest.Hex);
        json.WriteNumberValue(record.Size);
        json.WriteEndArray();
    }

    private static SealedWheel ReadWheel(ref Utf8JsonReader json, int bytes, int arrays, Sha256Digest digest, string directory)
    {
        Take(ref json, JsonTokenType.StartArray);
        long format = TakeNumber(ref json);
        if (format is not (Format or WithoutRecords or WithoutPlaces or WithoutReach or WithoutFindings))
            throw new FormatException("a later format");
        if (TakeDigest(ref json) != digest) throw new FormatException("of another wheel");
        if (!WheelFileName.TryParse(TakeString(ref json), out var name, out _)) throw new FormatException("no wheel name");
        string distInfo = TakePath(ref json);
        Take(ref json, JsonTokenType.StartArray);
        var files = new FileTable.Maker(bytes / 2, arrays);
        while (StartsAnother(ref json)) ReadFile(ref json, files, isReachKnown: format >= WithoutPlaces);
        Take(ref json, JsonTokenType.StartArray);
        var scripts = ImmutableArray.CreateBuilder<ScriptEntryPoint>();
        while (StartsAnother(ref json)) scripts.Add(ReadScript(ref json));
        Take(ref json, JsonTokenType.StartArray);
        var notes = ImmutableArray.CreateBuilder<string>();
        while (json.Read() && json.TokenType == JsonTokenType.String) notes.Add(json.GetString()!);
        Expect(json, JsonTokenType.EndArray);
        ImmutableArray<Finding>? findings = format != WithoutFindings ? ReadFindings(ref json) : null;
        files.EndFiles();
        if (format == Format) ReadRecords(ref json, files, distInfo);
        Take(ref json, JsonTokenType.EndArray);
        if (json.Read()) throw new FormatException("something follows it");
        return new SealedWheel
        {
            Digest = digest,
            Directory = directory,
            FileName = name,
            DistInfo = distInfo,
            Listing = new(files.Make(hasPlaces: format >= WithoutRecords)),
            Scripts = scripts.DrainToImmutable(),
            Findings = findings,
            Notes = notes.DrainToImmutable(),
        };
    }

    private static void ReadRecords(ref Utf8JsonReader json, FileTable.Maker files, string distInfo)
    {
        Take(ref json, JsonTokenType.StartArray);
        while (StartsAnother(ref json))
        {
            string path = TakePath(ref json);
            string top = path.Split('/')[0];
            if (top is not InstalledRecords.RequestedDirectory && !string.Equals(top, distInfo, StringComparison.Ordinal))
                throw new FormatException("a record elsewhere");
            files.Add(new RecordedFile(path, TakeDigest(ref json), TakeNumber(ref json)));
            Take(ref json, JsonTokenType.EndArray);
        }
    }

    private static ImmutableArray<Finding> ReadFindings(ref Utf8JsonReader json)
    {
        Take(ref json, JsonTokenType.StartArray);
        var findings = ImmutableArray.CreateBuilder<Finding>();
        while (StartsAnother(ref json)) findings.Add(ReadFinding(ref json));
        return findings.DrainToImmutable();
    }

    private static Finding ReadFinding(ref Utf8JsonReader json)
    {
        var fault = (Fault)TakeNumber(ref json, max: int.MaxValue);
        if (!Enum.IsDefined(fault)) throw new FormatException("a finding of a later version");
        string? path = TakeText(ref json), seen = TakeText(ref json), claimed = TakeText(ref json), content = TakeText(ref json),
            namespaces = TakeText(ref json);
        Take(ref json, JsonTokenType.EndArray);
        Sha256Digest? digest = content is null ? null
            : Sha256Digest.TryParseHex(content, out var parsed) ? parsed
            : throw new FormatException("no digest");
        return new Finding(fault, path, seen, claimed) { Content = digest, Namespaces = namespaces };
    }

    private static void ReadFile(ref Utf8JsonReader json, FileTable.Maker files, bool isReachKnown)
    {
        Span<byte> name = stackalloc byte[UsualName];
        Take(ref json, JsonTokenType.String);
        // An escape is never shorter than what it stands for.
        if (json.ValueSpan.Length > name.Length) name = new byte[json.ValueSpan.Length];
        name = Checked(name[..json.CopyString(name)]);
        var digest = TakeDigest(ref json);
        long size = TakeNumber(ref json);
        var scheme = (Scheme)TakeNumber(ref json, max: (int)Scheme.Headers);
        var kind = (StoredFileKind)TakeNumber(ref json, max: (int)StoredFileKind.StartUpHook);
        bool isExecutable = TakeBoolean(ref json);
        string? path = null;
        if (json.Read() && json.TokenType == JsonTokenType.String)
        {
            path = Encoding.UTF8.GetString(name);
            name = Encoding.UTF8.GetBytes(json.GetString()!);
            Checked(name);
            json.Read();
        }
        bool reachesOut = json.TokenType == JsonTokenType.True;
        if (reachesOut) json.Read();
        Expect(json, JsonTokenType.EndArray);
        files.Add(name, scheme, digest, size, isExecutable, kind, reachesOut || (!isReachKnown && LooksNative(name, isExecutable)), path);
    }

    // By its name or mode, where nobody has read it: more directories than need be lie in the environment itself.
    private static bool LooksNative(ReadOnlySpan<byte> path, bool isExecutable) => isExecutable || path.IndexOf(".so"u8) >= 0;

    // A name that could leave bin/, or a reference that is no dotted identifier, would be written into a script: parsed again, not trusted.
    private static ScriptEntryPoint ReadScript(ref Utf8JsonReader json)
    {
        string name = TakeString(ref json);
        string module = TakeString(ref json);
        string attribute = TakeString(ref json);
        bool isGui = TakeBoolean(ref json);
        Take(ref json, JsonTokenType.EndArray);
        return CheckedScript(name, module, attribute, isGui);
    }

    /// <exception cref="FormatException">It is none.</exception>
    internal static ScriptEntryPoint CheckedScript(string name, string module, string attribute, bool isGui)
    {
        CheckedPath(name);
        var line = Encoding.UTF8.GetBytes($"[{(isGui ? "gui_scripts" : "console_scripts")}]\n{name} = {module}:{attribute}\n");
        var expected = new ScriptEntryPoint(name, module, attribute, isGui);
        if (!EntryPoints.TryParseScripts(line, out var parsed, out string problem)) throw new FormatException(problem);
        return parsed is [var script] && script == expected ? script : throw new FormatException("no entry point");
    }

    private static bool StartsAnother(ref Utf8JsonReader json)
    {
        if (json.Read() && json.TokenType == JsonTokenType.StartArray) return true;
        Expect(json, JsonTokenType.EndArray);
        return false;
    }

    private static void Take(ref Utf8JsonReader json, JsonTokenType type)
    {
        json.Read();
        Expect(json, type);
    }

    private static void Expect(in Utf8JsonReader json, JsonTokenType type)
    {
        if (json.TokenType != type) throw new FormatException($"expected {type} at byte {json.TokenStartIndex}");
    }

    private static string TakeString(ref Utf8JsonReader json)
    {
        Take(ref json, JsonTokenType.String);
        return json.GetString()!;
    }

    private static string? TakeText(ref Utf8JsonReader json) =>
        json.Read() && json.TokenType == JsonTokenType.Null ? null : json.GetString();

    private static string TakePath(ref Utf8JsonReader json) => CheckedPath(TakeString(ref json));

    private static long TakeNumber(ref Utf8JsonReader json, long max = long.MaxValue)
    {
        Take(ref json, JsonTokenType.Number);
        long number = json.GetInt64();
        return number >= 0 && number <= max ? number : throw new FormatException($"a number out of range at byte {json.TokenStartIndex}");
    }

    private static bool TakeBoolean(ref Utf8JsonReader json) =>
        json.Read() ? json.GetBoolean() : throw new FormatException("it ends early");

    private static Sha256Digest TakeDigest(ref Utf8JsonReader json)
    {
        Take(ref json, JsonTokenType.String);
        return Sha256Digest.TryParseHex(json.ValueSpan, out var digest)
            ? digest : throw new FormatException($"no digest at byte {json.TokenStartIndex}");
    }

    // Whoever edits a manifest must not make the next install write outside.
    private static Span<byte> Checked(Span<byte> path)
    {
        ReadOnlySpan<byte> rest = path;
        while (true)
        {
            int slash = rest.IndexOf((byte)'/');
            var segment = slash < 0 ? rest : rest[..slash];
            if (segment.IsEmpty || segment.SequenceEqual("."u8) || segment.SequenceEqual(".."u8))
                throw new FormatException("a path that leaves its place");
            if (slash < 0) break;
            rest = rest[(slash + 1)..];
        }
        return path.Contains((byte)0) ? throw new FormatException("a path with a zero") : path;
    }

    /// <exception cref="FormatException">It leaves its place.</exception>
    internal static string CheckedPath(string path)
    {
        Checked(Encoding.UTF8.GetBytes(path));
        return path;
    }
}
