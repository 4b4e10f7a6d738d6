using System.Collections.Immutable;
using System.Text;
using System.Text.Json;
using Sandpiper.Kernel.Files;
using Sandpiper.Packaging.Metadata;
using Sandpiper.Packaging.Names;
using Sandpiper.Packaging.Versions;
using Sandpiper.Packaging.Wheels;

namespace Sandpiper.Auditing.Records;

/// <summary>Reads what a directory says of one package; every byte of it is somebody else's.</summary>
/// <param name="tree">The site.</param>
internal sealed class DistributionReader(ForeignTree tree)
{
    private const int MostBytes = 64 << 20, MostSmall = 1 << 20, MostDirectUrl = 64 << 10;
    private const string DistInfo = ".dist-info", EggInfo = ".egg-info", Egg = ".egg", EggLink = ".egg-link";

    /// <summary>Null when the name is that of no package.</summary>
    public Distribution? Read(string name, in FileStatus status)
    {
        bool isDirectory = status.Type == FileType.Directory;
        if (isDirectory && name.EndsWith(DistInfo, StringComparison.Ordinal)) return OfDistInfo(name) with { UserId = status.UserId };
        if (name.EndsWith(EggInfo, StringComparison.Ordinal)) return OfEggInfo(name, isDirectory) with { UserId = status.UserId };
        if (name.EndsWith(Egg, StringComparison.Ordinal)) return OfEgg(name, isDirectory) with { UserId = status.UserId };
        if (!name.EndsWith(EggLink, StringComparison.Ordinal)) return null;
        string? to = tree.TryRead(name, MostSmall) is { } link ? Encoding.UTF8.GetString(link).Split('\n')[0].Trim() : null;
        return Called(name, EggLink) with { IsLegacy = true, EditableFrom = to ?? "", Rows = [new RecordRow(name, null, null)] };
    }

    private Distribution OfDistInfo(string name)
    {
        Distribution called = Named(Called(name, DistInfo), $"{name}/METADATA");
        called = called with { Installer = TextOf($"{name}/INSTALLER"), EditableFrom = EditableOf($"{name}/direct_url.json") };
        called = called with { IsRequested = tree.TryLookAt(Encoding.UTF8.GetBytes($"{name}/REQUESTED"), out _) };
        if (!tree.TryLookAt(Encoding.UTF8.GetBytes($"{name}/RECORD"), out _)) return called;
        if (tree.TryRead($"{name}/RECORD", MostBytes) is not { } record)
            return called with { Problem = "RECORD cannot be read", Rows = [] };
        return RecordFile.TryParse(record, out ImmutableArray<RecordRow> rows, out string problem)
            ? called with { Rows = rows } : called with { Problem = problem, Rows = [] };
    }

    private Distribution OfEggInfo(string name, bool isDirectory)
    {
        Distribution called = Named(Called(name, EggInfo), isDirectory ? $"{name}/PKG-INFO" : name) with { IsLegacy = true };
        if (!isDirectory || tree.TryRead($"{name}/installed-files.txt", MostBytes) is not { } list) return called;
        // Paths relative to the directory itself, as pip wrote them until it stopped running `setup.py install`.
        var rows = Encoding.UTF8.GetString(list).Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Where(line => !line.Contains('\0', StringComparison.Ordinal))
            .Select(line => new RecordRow(Path.GetFullPath($"/{name}/{line.Trim()}")[1..], null, null))
            .Append(new RecordRow($"{name}/installed-files.txt", null, null));
        return called with { Rows = [.. rows.Take(RecordFile.MaxRows)] };
    }

    private Distribution OfEgg(string name, bool isDirectory) =>
        Named(Called(name, Egg), isDirectory ? $"{name}/EGG-INFO/PKG-INFO" : "") with
        {
            IsLegacy = true, Rows = [new RecordRow(name, null, null)],
        };

    private Distribution Named(Distribution called, string metadata)
    {
        if (metadata.Length == 0 || tree.TryRead(metadata, MostSmall) is not { } content) return called;
        return CoreMetadata.TryParse(content, out CoreMetadata? said, out _)
            ? called with
            {
                Name = said.Name, Version = said.Version, Requires = said.RequiresDist,
                MetadataDigest = Sha256Digest.Of(content),
            }
            : called;
    }

    // name-version[-pyX.Y][-platform], where both are escaped so that a dash can only be a separator.
    private static Distribution Called(string directory, string suffix)
    {
        string[] parts = directory[..^suffix.Length].Split('-');
        PackageName? name = PackageName.TryParse(parts[0], out PackageName parsed, out _) ? parsed : null;
        Pep440Version? version = parts.Length > 1 && Pep440Version.TryParse(parts[1].Replace('_', '-'), out var read, out _) ? read : null;
        return new Distribution(directory) { Name = name, CalledName = name, Version = version };
    }

    private string? TextOf(string path) =>
        tree.TryRead(path, MostSmall) is { } content ? Encoding.UTF8.GetString(content).Trim() : null;

    // PyPA "Recording the Direct URL Origin of installed distributions": {"url": …, "dir_info": {"editable": true}}.
    private string? EditableOf(string path)
    {
        if (tree.TryRead(path, MostDirectUrl) is not { } content) return null;
        try
        {
            using JsonDocument document = JsonDocument.Parse(content, new JsonDocumentOptions { MaxDepth = 8 });
            bool isEditable = document.RootElement.ValueKind == JsonValueKind.Object
                && document.RootElement.TryGetProperty("dir_info", out JsonElement info) && info.ValueKind == JsonValueKind.Object
                && info.TryGetProperty("editable", out JsonElement editable) && editable.ValueKind == JsonValueKind.True;
            return isEditable && document.RootElement.TryGetProperty("url", out JsonElement url) ? url.ToString() : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
