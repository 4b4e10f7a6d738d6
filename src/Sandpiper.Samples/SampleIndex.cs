using System.Collections.Immutable;
using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;

namespace Sandpiper.Samples;

/// <summary>
/// An index of made-up packages: pages in both forms of the simple API (PEP 503, PEP 691) and the files they point to.
/// On disk it serves pip by a <c>file:</c> address, in memory a test's own server.
/// </summary>
public sealed record SampleIndex
{
    private ImmutableArray<SampleFile> Files { get; init; } = [];

    public SampleIndex With(SampleWheel wheel, SampleOffer? offer = null) => With(SampleFile.Of(wheel, offer ?? new()));

    public SampleIndex With(SampleSdist sdist, SampleOffer? offer = null) => With(SampleFile.Of(sdist, offer ?? new()));

    public SampleIndex WithAll(params IEnumerable<SampleWheel> wheels) => wheels.Aggregate(this, (index, wheel) => index.With(wheel));

    /// <summary>Normal names, in order.</summary>
    public ImmutableArray<string> Projects =>
        [.. Files.Select(file => file.Project).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];

    /// <summary>What is served as <c>files/name</c>: a file, or the metadata of a wheel; null when there is none.</summary>
    public byte[]? FileBytes(string fileName)
    {
        foreach (var file in Files)
        {
            if (string.Equals(file.FileName, fileName, StringComparison.Ordinal)) return file.Served;
            if (file.Metadata is not null && string.Equals(file.MetadataFileName, fileName, StringComparison.Ordinal)) return file.Metadata;
        }
        return null;
    }

    /// <summary>The project's page in JSON, addresses relative to <c>simple/project/</c>; null when no file is of that project.</summary>
    public byte[]? PageJson(string project)
    {
        var files = FilesOf(project);
        return files.Length == 0 ? null : Json(page =>
        {
            page.WriteString("name", files[0].Project);
            page.WriteStartArray("versions");
            foreach (string version in files.Select(file => file.Version).Distinct(StringComparer.Ordinal)) page.WriteStringValue(version);
            page.WriteEndArray();
            page.WriteStartArray("files");
            foreach (var file in files) WriteFile(page, file);
            page.WriteEndArray();
        });
    }

    /// <summary>The project's page in HTML; null when no file is of that project.</summary>
    public byte[]? PageHtml(string project)
    {
        var files = FilesOf(project);
        return files.Length == 0 ? null : Html(files.Select(Anchor));
    }

    /// <summary>
    /// Writes <c>simple/index.json</c>, <c>simple/project/index.json</c>, the same pages as <c>index.html</c>, and <c>files/</c>.
    /// </summary>
    public void WriteTo(string directory)
    {
        string simple = Directory.CreateDirectory(Path.Combine(directory, "simple")).FullName;
        string files = Directory.CreateDirectory(Path.Combine(directory, "files")).FullName;
        File.WriteAllBytes(Path.Combine(simple, "index.json"), RootJson());
        File.WriteAllBytes(Path.Combine(simple, "index.html"), Html(Projects.Select(project => $"""<a href="{project}/">{project}</a>""")));
        foreach (string project in Projects)
        {
            string folder = Directory.CreateDirectory(Path.Combine(simple, project)).FullName;
            File.WriteAllBytes(Path.Combine(folder, "index.json"), PageJson(project)!);     // Projects has only those with files
            File.WriteAllBytes(Path.Combine(folder, "index.html"), PageHtml(project)!);
        }
        foreach (var file in Files)
        {
            File.WriteAllBytes(Path.Combine(files, file.FileName), file.Served);
            if (file.Metadata is not null) File.WriteAllBytes(Path.Combine(files, file.MetadataFileName), file.Metadata);
        }
    }

    /// <summary>The list of projects in JSON.</summary>
    public byte[] RootJson() => Json(page =>
    {
        page.WriteStartArray("projects");
        foreach (string project in Projects)
        {
            page.WriteStartObject();
            page.WriteString("name", project);
            page.WriteEndObject();
        }
        page.WriteEndArray();
    });

    private SampleIndex With(SampleFile file) => this with { Files = Files.Add(file) };

    private ImmutableArray<SampleFile> FilesOf(string project)
    {
        string normal = SampleName.Normalized(project);
        return [.. Files.Where(file => string.Equals(file.Project, normal, StringComparison.Ordinal))];
    }

    private static void WriteFile(Utf8JsonWriter page, SampleFile file)
    {
        page.WriteStartObject();
        page.WriteString("filename", file.FileName);
        page.WriteString("url", file.Url);
        page.WriteNumber("size", file.Content.Length);
        page.WriteStartObject("hashes");
        if (file.Sha256 is not null) page.WriteString("sha256", file.Sha256);
        page.WriteEndObject();
        if (file.RequiresPython is not null) page.WriteString("requires-python", file.RequiresPython);
        if (file.Offer.Uploaded is { } uploaded)
            page.WriteString("upload-time", uploaded.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'", CultureInfo.InvariantCulture));
        if (file.MetadataSha256 is not null)
        {
            page.WriteStartObject("core-metadata");
            page.WriteString("sha256", file.MetadataSha256);
            page.WriteEndObject();
        }
        if (file.Offer.Yanked is "") page.WriteBoolean("yanked", true);
        else if (file.Offer.Yanked is not null) page.WriteString("yanked", file.Offer.Yanked);
        page.WriteEndObject();
    }

    private static string Anchor(SampleFile file)
    {
        var anchor = new StringBuilder($"<a href=\"{file.Url}");
        if (file.Sha256 is not null) anchor.Append($"#sha256={file.Sha256}");
        anchor.Append('"');
        if (file.RequiresPython is not null) anchor.Append($" data-requires-python=\"{WebUtility.HtmlEncode(file.RequiresPython)}\"");
        // Both spellings: PEP 714 renamed the attribute because an old pip trips over the first one.
        if (file.MetadataSha256 is { } hash)
            anchor.Append($" data-core-metadata=\"sha256={hash}\" data-dist-info-metadata=\"sha256={hash}\"");
        if (file.Offer.Yanked is not null) anchor.Append($" data-yanked=\"{WebUtility.HtmlEncode(file.Offer.Yanked)}\"");
        return anchor.Append($">{WebUtility.HtmlEncode(file.FileName)}</a>").ToString();
    }

    private static byte[] Html(IEnumerable<string> anchors) => Encoding.UTF8.GetBytes($"""
        <!DOCTYPE html>
        <html><head><meta name="pypi:repository-version" content="1.1"><title>Samples</title></head><body>
        {string.Join("<br>\n", anchors)}
        </body></html>

        """);

    private static byte[] Json(Action<Utf8JsonWriter> write)
    {
        using var bytes = new MemoryStream();
        using (var page = new Utf8JsonWriter(bytes))
        {
            page.WriteStartObject();
            page.WriteStartObject("meta");
            page.WriteString("api-version", "1.1");
            page.WriteEndObject();
            write(page);
            page.WriteEndObject();
        }
        return bytes.ToArray();
    }
}
