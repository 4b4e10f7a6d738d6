using System.IO.Compression;
using System.Net;
using System.Text;
using System.Text.Json;
using Sandpiper.Packaging.Index;
using Sandpiper.Packaging.Names;
using Sandpiper.Surroundings;

namespace Sandpiper.Packaging.Tests.Index;

public sealed class RecordedPageTests
{
    [Fact]
    public void Every_recorded_page_is_read_whole_and_its_html_twin_says_the_same()
    {
        int files = 0;
        foreach (string directory in Directory.EnumerateDirectories(Recorded.Path("pypi/simple")))
        {
            byte[] json = ReadPage(directory);
            var project = PackageName.Parse(Path.GetFileName(directory));
            var location = new Uri($"http://127.0.0.1:8000/simple/{project}/");
            Assert.True(ProjectPage.TryParseJson(json, location, project, out var page, out string problem), $"{project}: {problem}");
            using var document = JsonDocument.Parse(json);
            var listed = document.RootElement.GetProperty("files");
            Assert.Equal((listed.GetArrayLength(), 0), (page.Files.Length, page.SkippedFiles));
            Assert.Equal(listed.EnumerateArray().Select(Summary), page.Files.Select(Summary));

            Assert.True(ProjectPage.TryParseHtml(Encoding.UTF8.GetBytes(Html(page)), location, project, out var twin, out problem),
                $"{project}: {problem}");
            Assert.Equal(page.Files.Select(file => file with { Size = null, UploadTime = null }), twin.Files);
            files += page.Files.Length;
        }
        Assert.NotEqual(0, files);
    }

    private static byte[] ReadPage(string directory)
    {
        string plain = Path.Combine(directory, "index.json");
        if (File.Exists(plain)) return File.ReadAllBytes(plain);
        using var packed = new GZipStream(File.OpenRead(plain + ".gz"), CompressionMode.Decompress);
        using var unpacked = new MemoryStream();
        packed.CopyTo(unpacked);
        return unpacked.ToArray();
    }

    private static string Summary(JsonElement file) =>
        $"{file.GetProperty("filename")} {file.GetProperty("hashes").GetProperty("sha256")} {file.GetProperty("size")} "
            + $"{file.GetProperty("upload-time").GetDateTimeOffset():O} {file.GetProperty("requires-python")} "
            + $"{file.GetProperty("yanked").ValueKind != JsonValueKind.False} {file.TryGetProperty("core-metadata", out _)}";

    private static string Summary(IndexFile file) =>
        $"{file.FileName} {file.Sha256} {file.Size} {file.UploadTime:O} {file.RequiresPython} "
            + $"{file.YankedReason is not null} {file.HasMetadata}";

    private static string Html(ProjectPage page)
    {
        var html = new StringBuilder("<!DOCTYPE html><html><body>");
        foreach (var file in page.Files)
        {
            html.Append($"<a href=\"{Encode(file.Url.AbsoluteUri)}#sha256={file.Sha256}\"");
            if (file.RequiresPython is { } python) html.Append($" data-requires-python=\"{Encode(python)}\"");
            if (file.YankedReason is { } reason) html.Append($" data-yanked=\"{Encode(reason)}\"");
            if (file.HasMetadata) html.Append($" data-core-metadata=\"sha256={file.MetadataSha256}\"");
            html.Append($">{Encode(file.FileName)}</a><br/>\n");
        }
        return html.ToString();
    }

    private static string Encode(string text) => WebUtility.HtmlEncode(text);
}
