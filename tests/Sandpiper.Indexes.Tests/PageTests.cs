using System.IO.Compression;
using System.Text;
using Sandpiper.Indexes.Tests.Surroundings;
using Sandpiper.Packaging.Index;
using Sandpiper.Surroundings;

namespace Sandpiper.Indexes.Tests;

/// <summary>Which answers are a page, which are "not here", and which stop everything.</summary>
public sealed class PageTests
{
    [Fact]
    public async Task A_page_is_read_and_JSON_is_asked_for_first()
    {
        using LyingIndexServer server = new LyingIndexServer().ServeAll();
        using SimpleIndex index = server.Index();
        Assert.Equal(Served.FileName, (await index.FileOf()).FileName);
        SeenRequest request = Assert.Single(server.Requests);
        Assert.Equal(
            "application/vnd.pypi.simple.v1+json, application/vnd.pypi.simple.v1+html;q=0.2, text/html;q=0.01", request.Headers["Accept"]);
        Assert.Equal("gzip, br", request.Headers["Accept-Encoding"]);
        Assert.False(request.Headers.ContainsKey("Authorization"));
    }

    [Fact]
    public async Task An_HTML_page_will_do()
    {
        using LyingIndexServer server = new LyingIndexServer().Serve(
            Served.Page, ServedAnswer.Html(Encoding.UTF8.GetString(Served.Sample.PageHtml("pebble")!)));
        using SimpleIndex index = server.Index();
        Assert.Equal(Served.FileName, (await index.FileOf()).FileName);
    }

    // Whoever sits between may end the connection where he likes, TLS or not: the versions behind would never have been.
    [Theory]
    [InlineData("<!DOCTYPE html>\n<html><body>FILE\n</body></html>\n", true)]
    [InlineData("<HTML><BODY>FILE</BODY></HTML> <!--SERIAL 1-->", true)]
    [InlineData("<html><body>FILE", false)]
    [InlineData("<html><body>FILE</body></html", false)]
    [InlineData("<html></html><body>FILE", false)]
    public async Task An_HTML_page_that_ends_with_its_connection_says_itself_where_it_ends(string html, bool isRead)
    {
        string file = $"""<a href="/files/{Served.FileName}#sha256={new string('a', 64)}">{Served.FileName}</a>""";
        ServedAnswer page = ServedAnswer.Html(html.Replace("FILE", file, StringComparison.Ordinal));
        using LyingIndexServer server = new LyingIndexServer().Serve(Served.Page, page with { AnnouncedLength = -1 }, page);
        using SimpleIndex index = server.Index();
        if (isRead) Assert.Equal(Served.FileName, (await index.FileOf()).FileName);
        else Assert.Equal(IndexRules.TooShort, await Served.RuleOf(() => index.PageOf()));
        Assert.Equal(Served.FileName, (await index.FileOf()).FileName);     // with a length it is all of it
    }

    [Theory]
    [InlineData("gzip")]
    [InlineData("br")]
    public async Task A_packed_page_is_unpacked(string packing)
    {
        ServedAnswer page = ServedAnswer.Json(Served.PageJson);
        using LyingIndexServer server = new LyingIndexServer().Serve(Served.Page, packing is "br" ? page.Brotlied() : page.Gzipped());
        using SimpleIndex index = server.Index();
        Assert.Equal(Served.FileName, (await index.FileOf()).FileName);
    }

    [Fact]
    public async Task Only_404_means_that_the_name_is_not_here()
    {
        using var server = new LyingIndexServer();
        using SimpleIndex index = server.Index();
        Assert.Null(await index.PageOf());
    }

    [Theory]
    [InlineData(401)]
    [InlineData(403)]
    [InlineData(410)]
    [InlineData(500)]
    [InlineData(503)]
    [InlineData(204)]
    [InlineData(206)]
    public async Task Any_other_status_stops_everything(int status)
    {
        using LyingIndexServer server = new LyingIndexServer().Serve(Served.Page, ServedAnswer.OfStatus(status));
        using SimpleIndex index = server.Index();
        Assert.Equal($"({IndexRules.Status})", await Served.RuleOf(() => index.PageOf()));
    }

    [Theory]
    [InlineData("application/json")]
    [InlineData("application/vnd.pypi.simple.v2+json")]
    [InlineData("text/plain")]
    [InlineData(null)]
    public async Task The_kind_is_what_the_server_says_and_never_guessed(string? kind)
    {
        ServedAnswer answer = new() { Body = Served.PageJson };
        using LyingIndexServer server = new LyingIndexServer().Serve(
            Served.Page, kind is null ? answer : answer.With("Content-Type", kind));
        using SimpleIndex index = server.Index();
        Assert.Equal(IndexRules.Page, await Served.RuleOf(() => index.PageOf()));
    }

    [Theory]
    [InlineData("")]
    [InlineData("nonsense")]
    [InlineData("""{"meta":{"api-version":"2.0"},"name":"pebble","files":[]}""")]
    [InlineData("""{"meta":{"api-version":"1.1"},"name":"boulder","files":[]}""")]
    [InlineData("""{"meta":{"api-version":"1.1"},"name":"pebble","files":[],"files":[]}""")]
    public async Task A_page_that_cannot_be_read_or_is_of_another_project_is_refused(string body)
    {
        using LyingIndexServer server = new LyingIndexServer().Serve(Served.Page, ServedAnswer.Json(body));
        using SimpleIndex index = server.Index();
        Assert.Equal(IndexRules.Page, await Served.RuleOf(() => index.PageOf()));
    }

    [Fact]
    public async Task A_page_that_unpacks_to_too_much_is_refused_before_it_is_all_there()
    {
        // 200 MB of spaces in 200 kB.
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.SmallestSize, leaveOpen: true))
        {
            byte[] spaces = new byte[1 << 20];
            spaces.AsSpan().Fill((byte)' ');
            for (int i = 0; i < 200; i++) gzip.Write(spaces);
        }
        using LyingIndexServer server = new LyingIndexServer().Serve(
            Served.Page, ServedAnswer.Json(packed.ToArray()).With("Content-Encoding", "gzip"));
        using SimpleIndex index = server.Index();
        Assert.Equal(IndexRules.TooLong, await Served.RuleOf(() => index.PageOf()));
    }

    [Theory]
    [InlineData("gzip")]
    [InlineData("br")]
    [InlineData("deflate")]
    [InlineData("gzip, gzip")]
    public async Task A_page_that_is_not_packed_as_it_says_is_refused(string packing)
    {
        using LyingIndexServer server = new LyingIndexServer().Serve(
            Served.Page, ServedAnswer.Json(Served.PageJson).With("Content-Encoding", packing));
        using SimpleIndex index = server.Index();
        Assert.Equal(IndexRules.Page, await Served.RuleOf(() => index.PageOf()));
    }

    [Fact]
    public async Task A_page_cut_off_inside_its_packing_is_not_half_a_page()
    {
        ServedAnswer whole = ServedAnswer.Json(Served.PageJson).Gzipped();
        using LyingIndexServer server = new LyingIndexServer().Serve(
            Served.Page, whole with { Body = whole.Body[..(whole.Body.Length / 2)] });
        using SimpleIndex index = server.Index();
        Assert.Equal(IndexRules.Page, await Served.RuleOf(() => index.PageOf()));
    }

    // JSON would not have its last brace; an HTML page has no end that could be missed, and the newer versions stand at its end.
    [Theory]
    [InlineData("gzip")]
    [InlineData("br")]
    public async Task Half_a_packed_page_is_refused_where_its_first_half_is_a_page(string packing)
    {
        ServedAnswer page = ServedAnswer.Html(
            Encoding.UTF8.GetString(Served.Sample.PageHtml("pebble")!)
            + string.Concat(Enumerable.Range(0, 20_000).Select(i => $"<!--{i}-->")));
        ServedAnswer whole = packing is "br" ? page.Brotlied() : page.Gzipped();
        using LyingIndexServer server = new LyingIndexServer().Serve(
            Served.Page, whole with { Body = whole.Body[..(whole.Body.Length / 2)] });
        using SimpleIndex index = server.Index();
        Assert.Equal(IndexRules.Page, await Served.RuleOf(() => index.PageOf()));
    }

    [Theory]
    [InlineData("https://index.example/simple/?token=1")]
    [InlineData("ftp://index.example/simple/")]
    [InlineData("file:///srv/simple/")]
    public void An_address_of_another_kind_is_none(string address) =>
        Assert.Equal(IndexRules.Address, Assert.Throws<IndexException>(() => Served.At(new Uri(address))).Rule);

    [Fact]
    public async Task A_missing_slash_at_the_end_of_an_address_does_no_harm()
    {
        using LyingIndexServer server = new LyingIndexServer().ServeAll();
        using SimpleIndex index = Served.At(new Uri(server.Address, "simple"));
        Assert.NotNull(await index.PageOf());
    }

    [Fact]
    public async Task Many_names_can_be_asked_for_at_once()
    {
        using LyingIndexServer server = new LyingIndexServer().ServeAll();
        using SimpleIndex index = server.Index();
        ProjectPage?[] pages = await Task.WhenAll(Enumerable.Range(0, 60).Select(_ => index.PageOf()));
        Assert.All(pages, Assert.NotNull);
    }
}
