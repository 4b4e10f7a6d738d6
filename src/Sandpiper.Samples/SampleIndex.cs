using System.Collections.Immutable;
using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;
using Sandpiper.Packaging.Names;

namespace Sandpiper.Samples;

/// <summary>One file that a sample index offers, and what the index says of it; by default the truth.</summary>
/// <param name="Project">Whose page it is on.</param>
/// <param name="FileName">Of the file.</param>
/// <param name="Content">Of the file.</param>
/// <param name="Metadata">Of the <c>.metadata</c> beside it; null: there is none.</param>
public sealed record SampleFile(string Project, string FileName, byte[] Content, byte[]? Metadata)
{
    public string? RequiresPython { get; init; }

    /// <summary>Null: not yanked.</summary>
    public string? Yanked { get; init; }

    public DateTimeOffset? UploadTime { get; init; } = new DateTimeOffset(2020, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>The SHA-256 that the page gives, 64 digits; empty: none.</summary>
    public string Sha256 { get; init; } = Sha256Digest.Of(Content).Hex;

    public static SampleFile Of(SampleWheel wheel) => new(wheel.Name, wheel.FileName, wheel.Build(), wheel.Metadata()) { RequiresPython = wheel.RequiresPython };

    public static SampleFile Of(SampleSdist sdist) => new(sdist.Name, sdist.FileName, sdist.Build(), null);
}

/// <summary>A whole index of made-up packages: as a directory that any installer reads, or page by page for a server.</summary>
public sealed record SampleIndex
{
    public ImmutableArray<SampleFile> Files { get; init; } = [];

    public SampleIndex With(params ReadOnlySpan<SampleFile> files) => this with { Files = [.. Files, .. files] };

    public SampleIndex With(params ReadOnlySpan<SampleWheel> wheels)
    {
        SampleIndex index = this;
        foreach (SampleWheel wheel in wheels) index = index.With(SampleFile.Of(wheel));
        return index;
    }

    public IEnumerable<string> Projects => Files.Select(f => Normalize(f.Project)).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal);

    /// <summary>The JSON page (PEP 691), file addresses relative to <c>simple/NAME/</c>.</summary>
    public byte[] JsonPage(string project)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteStartObject("meta");
            json.WriteString("api-version", "1.1");
            json.WriteEndObject();
            json.WriteString("name", Normalize(project));
            json.WriteStartArray("versions");
            json.WriteEndArray();
            json.WriteStartArray("files");
            foreach (SampleFile file in FilesOf(project)) Write(json, file);
            json.WriteEndArray();
            json.WriteEndObject();
        }
        return buffer.ToArray();
    }

    /// <summary>The HTML page (PEP 503), for installers that read directories.</summary>
    public string HtmlPage(string project)
    {
        var html = new StringBuilder("<!DOCTYPE html><html><body>\n");
        foreach (SampleFile file in FilesOf(project))
        {
            string hash = file.Sha256.Length > 0 ? $"#sha256={file.Sha256}" : "";
            string python = file.RequiresPython is { } requires ? $" data-requires-python=\"{WebUtility.HtmlEncode(requires)}\"" : "";
            html.Append(CultureInfo.InvariantCulture, $"<a href=\"../../files/{Uri.EscapeDataString(file.FileName)}{hash}\"{python}>{WebUtility.HtmlEncode(file.FileName)}</a><br>\n");
        }
        return html.Append("</body></html>\n").ToString();
    }

    /// <summary>Writes <c>simple/NAME/index.json</c> and <c>index.html</c>, and <c>files/</c>.</summary>
    /// <returns>The address of the index: a <c>file:</c> one.</returns>
    public Uri WriteTo(string directory)
    {
        foreach (string project in Projects)
        {
            string page = Directory.CreateDirectory(Path.Combine(directory, "simple", project)).FullName;
            File.WriteAllBytes(Path.Combine(page, "index.json"), JsonPage(project));
            File.WriteAllText(Path.Combine(page, "index.html"), HtmlPage(project));
        }
        string files = Directory.CreateDirectory(Path.Combine(directory, "files")).FullName;
        foreach (SampleFile file in Files)
        {
            File.WriteAllBytes(Path.Combine(files, file.FileName), file.Content);
            if (file.Metadata is not null) File.WriteAllBytes(Path.Combine(files, file.FileName + ".metadata"), file.Metadata);
        }
        return new Uri($"file://{Path.GetFullPath(Path.Combine(directory, "simple"))}/");
    }

    private static string Normalize(string project) => PackageName.Parse(project).Normalized;

    private IEnumerable<SampleFile> FilesOf(string project) => Files.Where(f => string.Equals(Normalize(f.Project), Normalize(project), StringComparison.Ordinal));

    private static void Write(Utf8JsonWriter json, SampleFile file)
    {
        json.WriteStartObject();
        json.WriteString("filename", file.FileName);
        json.WriteString("url", $"../../files/{Uri.EscapeDataString(file.FileName)}");
        json.WriteStartObject("hashes");
        if (file.Sha256.Length > 0) json.WriteString("sha256", file.Sha256);
        json.WriteEndObject();
        json.WriteNumber("size", file.Content.Length);
        if (file.RequiresPython is not null) json.WriteString("requires-python", file.RequiresPython);
        if (file.UploadTime is { } time) json.WriteString("upload-time", time.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture));
        if (file.Yanked is not null) json.WriteString("yanked", file.Yanked);
        if (file.Metadata is not null)
        {
            json.WriteStartObject("core-metadata");
            json.WriteString("sha256", Sha256Digest.Of(file.Metadata).Hex);
            json.WriteEndObject();
        }
        json.WriteEndObject();
    }
}
