using System.Text;
using CsCheck;
using Sandpiper.Packaging.Index;
using Sandpiper.Packaging.Names;
using Sandpiper.Packaging.Tests.Wheels;

namespace Sandpiper.Packaging.Tests.Index;

public sealed class HtmlPageTests
{
    private const string Hash = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
    private const string Wheel = "foo_bar-1.0-py3-none-any.whl";
    private const string Md5 = "d41d8cd98f00b204e9800998ecf8427e";
    private const string Usual = $"""
        <!DOCTYPE html>
        <html><head><meta name="pypi:repository-version" content="1.4"><meta name='pypi:project-status' content='archived'>
        <meta name="pypi:project-status-reason" content="a &amp; b"><title>Links for <a href="x">foo-bar</a></title>
        <script>document.write("<a href='evil-1.0.zip'>evil-1.0.zip</a>")</script></head>
        <body><h1>Links for foo-bar</h1> <!-- <a href="old-1.0.zip">old-1.0.zip</a> -->
        <a href="../../files/{Wheel}#sha256={Hash}" data-requires-python="&gt;=3.8" data-core-metadata="sha256={Hash}">{Wheel}</a><br />
        <A HREF=/f/foo-bar-1.0.tar.gz data-yanked data-dist-info-metadata=true > foo-bar-1.0.<b>tar</b>.gz
        </A>
        <a href="https://files.test/foo-bar-0.9.zip#md5={Md5}" data-yanked="it &quot;broke&quot;">foo-bar-0.9.zip</a>
        </body></html>
        """;

    private static readonly Uri Location = new("https://index.test/simple/foo-bar/");
    private static readonly PackageName Project = PackageName.Parse("foo-bar");
    private static readonly Sha256Digest OfNothing = Sha256Digest.Of([]);

    [Fact]
    public void A_page_says_what_it_says()
    {
        var page = Read(Usual);
        Assert.Equal((Project, "archived", "a & b", 0), (page.Name, page.Status, page.StatusReason, page.SkippedFiles));
        Assert.Equal(
        [
            new IndexFile("foo_bar-1.0-py3-none-any.whl", new Uri("https://index.test/files/foo_bar-1.0-py3-none-any.whl"), OfNothing, null,
                null, ">=3.8", null, HasMetadata: true, OfNothing),
            new IndexFile("foo-bar-1.0.tar.gz", new Uri("https://index.test/f/foo-bar-1.0.tar.gz"), null, null, null, null, "",
                HasMetadata: true, null),
            new IndexFile("foo-bar-0.9.zip", new Uri("https://files.test/foo-bar-0.9.zip"), null, null, null, null, "it \"broke\"",
                HasMetadata: false, null),
        ], page.Files);
    }

    [Theory]
    [InlineData("<base href='https://files.test/a/'><a href='a-1.zip'>a-1.zip</a>", "https://files.test/a/a-1.zip")]
    [InlineData("<a href='a-1.zip'>a-1.zip</a><base href='../b/'><base href='/c/'>", "https://index.test/simple/b/a-1.zip")]
    [InlineData("<a href='//files.test/a-1.zip'>a-1.zip</a>", "https://files.test/a-1.zip")]
    [InlineData("<a href=' a-1.zip '>a-1.zip</a>", "https://index.test/simple/foo-bar/a-1.zip")]
    [InlineData("<a href='a-1.zip?a=1&amp;b=2'>a-1.zip</a>", "https://index.test/simple/foo-bar/a-1.zip?a=1&b=2")]
    [InlineData("<a href='x' href='a-1.zip'>x</a>", "https://index.test/simple/foo-bar/x")]
    [InlineData("<a href='a-1.zip'>a-1.zip", "https://index.test/simple/foo-bar/a-1.zip")]
    [InlineData("<a href='a-1.zip'>a-1.zip<a name='x'>y</a>", "https://index.test/simple/foo-bar/a-1.zip")]
    [InlineData("<!--><a href='a-1.zip'>a-1.zip</a>", "https://index.test/simple/foo-bar/a-1.zip")]
    [InlineData("<? php ?></ x><!x><a/href='a-1.zip'/>a-1.zip</a>", "https://index.test/simple/foo-bar/a-1.zip")]
    [InlineData("1 < 2 <<a href = \"a-1.zip\"\n>a-1.zip</a\n>", "https://index.test/simple/foo-bar/a-1.zip")]
    public void Anchors_are_found_and_resolved_as_browsers_do(string html, string address) =>
        Assert.Equal(address, Assert.Single(Read(html).Files).Url.AbsoluteUri);

    [Theory]
    [InlineData("<a href='a-1.zip'>b-1.zip</a>")]
    [InlineData("<a href='../'>Parent directory</a>")]
    [InlineData("<a href='a%252Fb'>a/b</a>")]
    [InlineData("<a href='a%2Fb'>a/b</a>")]
    [InlineData("<a href='file:///etc/passwd'>passwd</a>")]
    [InlineData("<a href='javascript:a-1.zip'>a-1.zip</a>")]
    [InlineData("<a href='a-1.zip#sha256=abc'>a-1.zip</a>")]
    [InlineData($"<a href='a-1.zip#sha256={Hash}&amp;sha256={Hash}'>a-1.zip</a>")]
    [InlineData("<a href='a-1.zip' data-core-metadata='sha256=abc'>a-1.zip</a>")]
    public void An_anchor_that_is_not_the_file_it_shows_is_skipped_and_counted(string html)
    {
        var page = Read(html);
        Assert.Equal((0, 1), (page.Files.Length, page.SkippedFiles));
    }

    [Theory]
    [InlineData("<a href='a-1-py3-none-any.whl'>a-1-py3-n..&gt;</a>", "a-1-py3-n..>", LeftOutReason.OtherName, "a-1-py3-none-any.whl")]
    [InlineData("<a href='file:///srv/a-1.zip'>a-1.zip</a>", "a-1.zip", LeftOutReason.OtherScheme, "file")]
    [InlineData("<a href='a-1.zip#sha256=abc'>a-1.zip</a>", "a-1.zip", LeftOutReason.Unreadable, "sha256")]
    [InlineData("<a href='a-1.zip' data-core-metadata='sha256=abc'>a-1.zip</a>", "a-1.zip", LeftOutReason.Unreadable, "data-core-metadata")]
    [InlineData(
        $"<a href='a-1.zip#sha256={Hash}'>a-1.zip</a><a href='a-1.zip'>a-1.zip</a>", "a-1.zip", LeftOutReason.SeveralDigests, "")]
    public void What_was_left_out_is_known_by_name_and_reason(string html, string fileName, LeftOutReason reason, string evidence) =>
        Assert.Equal(new LeftOutEntry(fileName, reason, evidence), Assert.Single(Read(html).LeftOut));

    [Theory]
    [InlineData("<a href='../'>Parent directory</a>")]
    [InlineData("<a href='?C=M;O=A'>Last modified</a>")]
    [InlineData("<a href='mailto:root@index.test'>Ask us</a>")]
    public void A_link_that_was_never_meant_as_a_file_is_not_missed(string html) => Assert.Empty(Read(html).LeftOut);

    [Theory]
    [InlineData("<a>a-1.zip</a>")]
    [InlineData("<a href='a-1.zip")]
    [InlineData("<a href='a-1.zip'")]
    [InlineData("<!-- <a href='a-1.zip'>a-1.zip</a>")]
    [InlineData("<style><a href='a-1.zip'>a-1.zip</a>")]
    [InlineData("<abbr href='a-1.zip'>a-1.zip</abbr>")]
    [InlineData("nothing at all")]
    public void What_is_no_anchor_with_an_address_does_not_count(string html)
    {
        var page = Read(html);
        Assert.Equal((0, 0), (page.Files.Length, page.SkippedFiles));
    }

    [Fact]
    public void The_digest_may_stand_among_other_things() =>
        Assert.Equal(OfNothing,
            Assert.Single(Read($"<a href='a-1.zip#egg=a&amp;sha256={Hash.ToUpperInvariant()}'>a-1.zip</a>").Files).Sha256);

    // 100,000 anchors on a page of 10 MB would be 1.6 GB of addresses.
    [Theory]
    [InlineData(4_000, true)]
    [InlineData(5_000, false)]
    public void A_page_whose_base_would_make_too_much_of_its_addresses_is_a_problem(int anchors, bool isRead)
    {
        string html = $"<base href='/{new string('b', 8_000)}/'>"
            + string.Concat(Enumerable.Range(0, anchors).Select(i => $"<a href='a-{i}.zip'>a-{i}.zip</a>"));
        Assert.Equal(isRead, ProjectPage.TryParseHtml(Encoding.UTF8.GetBytes(html), Location, Project, out _, out string problem));
        Assert.Equal(isRead ? "" : "its addresses, written in full, are longer than a page may be", problem);
    }

    [Theory]
    [InlineData("<meta name='pypi:repository-version' content='2.0'>")]
    [InlineData("<meta name='pypi:repository-version'>")]
    [InlineData("<base href='file:///srv/'>")]
    public void An_unknown_version_or_base_is_a_problem(string html)
    {
        Assert.False(ProjectPage.TryParseHtml(Encoding.UTF8.GetBytes(html), Location, Project, out _, out string problem));
        Assert.NotEqual("", problem);
    }

    [Fact]
    public void A_page_of_one_kind_of_trouble_is_read_in_one_pass()
    {
        string[] troubles = ["<", "<a ", "<a href='x'>", "<!--", "<a href=", "</a", "&", "<script>", "<a b=\"", "a=b "];
        foreach (string trouble in troubles)
        {
            byte[] html = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat(trouble, (4 << 20) / trouble.Length)));
            bool isRead = ProjectPage.TryParseHtml(html, Location, Project, out _, out string problem);
            Assert.Equal(isRead, problem.Length == 0);
        }
    }

    [Fact]
    public void Any_bytes_are_read_and_what_was_read_is_plain() => HostileBytes.Any(Usual).Sample(bytes =>
    {
        if (!ProjectPage.TryParseHtml(bytes, Location, Project, out var page, out string problem)) return problem.Length > 0;
        return page.Name == Project && page.Files.All(JsonPageTests.IsPlain);
    }, iter: 10_000);

    private static ProjectPage Read(string html)
    {
        Assert.True(ProjectPage.TryParseHtml(Encoding.UTF8.GetBytes(html), Location, Project, out var page, out string problem), problem);
        return page;
    }
}
