using System.Text;
using CsCheck;
using Sandpiper.Packaging.Index;
using Sandpiper.Packaging.Names;
using Sandpiper.Packaging.Tests.Wheels;

namespace Sandpiper.Packaging.Tests.Index;

public sealed class JsonPageTests
{
    private const string Hash = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
    private const string Capitals = "E3B0C44298FC1C149AFBF4C8996FB92427AE41E4649B934CA495991B7852B855";
    private const string Wheel = "foo_bar-1.0-py3-none-any.whl";
    private const string Facts = """
        "requires-python": ">=3.8", "size": 1234, "upload-time": "2026-01-02T03:04:05.678901Z", "yanked": "it broke"
        """;
    private const string OldFacts = """
        "hashes": {}, "requires-python": null
        """;
    private const string Usual = $$$"""
        {"meta": {"api-version": "1.4", "_last-serial": 7}, "name": "Foo.Bar", "versions": ["1.0"], "alternate-locations": [], "files": [
          {"filename": "{{{Wheel}}}", "url": "../../files/{{{Wheel}}}", "hashes": {"sha256": "{{{Capitals}}}", "md5": "d4"},
           {{{Facts}}}, "core-metadata": {"sha256": "{{{Hash}}}"}, "provenance": null},
          {"filename": "foo-bar-1.0.tar.gz", "url": "https://files.test/a/foo-bar-1.0.tar.gz?x=/y#z", {{{OldFacts}}}, "yanked": false}
        ], "project-status": {"status": "archived", "reason": "done"}}
        """;

    private static readonly Uri Location = new("https://index.test/simple/foo-bar/");
    private static readonly PackageName Project = PackageName.Parse("foo-bar");
    private static readonly Sha256Digest OfNothing = Sha256Digest.Of([]);

    [Fact]
    public void A_page_says_what_it_says()
    {
        var page = Read(Usual);
        Assert.Equal((Project, "archived", "done", 0), (page.Name, page.Status, page.StatusReason, page.SkippedFiles));
        Assert.Equal(
        [
            new IndexFile("foo_bar-1.0-py3-none-any.whl", new Uri("https://index.test/files/foo_bar-1.0-py3-none-any.whl"), OfNothing, 1234,
                new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero).AddTicks(6_789_010), ">=3.8", "it broke", HasMetadata: true,
                OfNothing),
            new IndexFile("foo-bar-1.0.tar.gz", new Uri("https://files.test/a/foo-bar-1.0.tar.gz?x=/y#z"), null, null, null, null, null,
                HasMetadata: false, null),
        ], page.Files);
    }

    // Where a file lies, and which keys it has, is known from the one before it; whether that is so must not be seen.
    [Fact]
    public void A_file_among_others_says_what_it_says_alone()
    {
        var directories = OneOf(
            "../../files/", "../../files//", "../../file/", "", "/", "//", "https://", "https://files.test/a/", "https://files.test/a?",
            "x:/", "../../files/%2e%2e/", @"..\\..\\files\\", "\\u002e./../files/");
        var names = OneOf(
            "-1.0.tar.gz", "-1.0-py3-none-any.whl", "-1.0+cu1.zip", "-1.0%2Bcu1.zip", "-1 .zip", "-\\u0031.zip", "/../x.zip", "?.zip",
            "é.zip");
        var entries = Gen.Select(directories, names, OneOf("", ".", "..", "foo"), Gen.Int[0, 5], (directory, name, start, kind) =>
        {
            string file = $"{start}{name}", lies = $"\"url\": \"{directory}{file}\"";
            return $$"""{"filename": "{{file}}", """ + kind switch
            {
                0 => lies,
                1 => $"\"requires-python\": \">=3\", {lies}, \"size\": 1",
                2 => $"\"requires-python\": \">=\\u0033\", {lies}, \"size\": 1",
                3 => $"\"requires-pytho\\u006e\": \">=4\", {lies}, \"siz\": 1",
                4 => $"{lies}, \"hashes\": {{\"sha256\": \"{Hash}\"}}",
                _ => $"{lies}, \"hashes\": {{\"md5\": \"1\", \"sha256\": \"\\u0065{Hash[1..]}\"}}",
            } + "}";
        });
        entries.List[1, 6].Sample(list =>
        {
            string[] distinct = [.. list.Distinct(StringComparer.Ordinal)];
            ProjectPage[] alone = [.. distinct.Select(entry => Read(WithFile(entry)))];
            // One name twice is another law.
            if (alone.SelectMany(page => page.Files).GroupBy(file => file.FileName).Any(files => files.Count() > 1)) return;
            ProjectPage together = Read(WithFile(string.Join(", ", distinct)));
            Assert.Equal(alone.SelectMany(page => page.Files), together.Files);
            Assert.Equal(alone.SelectMany(page => page.Files).Select(Written), together.Files.Select(Written));
            Assert.Equal(alone.SelectMany(page => page.LeftOut), together.LeftOut);
        }, iter: 3_000);
    }

    private static string Written(IndexFile file) => file.Url.OriginalString;

    private static Gen<string> OneOf(params string[] texts) => Gen.Int[0, texts.Length - 1].Select(at => texts[at]);

    [Theory]
    [InlineData("foo-1.0.tar.gz", "foo-1.0.tar.gz", "https://index.test/simple/foo-bar/foo-1.0.tar.gz")]
    [InlineData("foo-1.0.tar.gz", "/foo-1.0.tar.gz", "https://index.test/foo-1.0.tar.gz")]
    [InlineData("foo-1.0.tar.gz", "//other.test/foo-1.0.tar.gz", "https://other.test/foo-1.0.tar.gz")]
    [InlineData("foo-1.0.tar.gz", "http://other.test:81/foo-1.0.tar.gz", "http://other.test:81/foo-1.0.tar.gz")]
    [InlineData("foo-1.0+cu130.whl", "a/foo-1.0%2Bcu130.whl", "https://index.test/simple/foo-bar/a/foo-1.0%2Bcu130.whl")]
    [InlineData("foo-1.0+cu130.whl", "a/foo-1.0+cu130.whl", "https://index.test/simple/foo-bar/a/foo-1.0+cu130.whl")]
    [InlineData("foo-%41.zip", "foo-%2541.zip", "https://index.test/simple/foo-bar/foo-%2541.zip")]
    public void Addresses_are_resolved_and_their_last_segment_decoded_once(string fileName, string address, string resolved)
    {
        var file = Assert.Single(Read(WithFile($$"""{"filename": "{{fileName}}", "hashes": {}, "url": "{{address}}"}""")).Files);
        Assert.Equal((fileName, resolved), (file.FileName, file.Url.AbsoluteUri));
    }

    [Theory]
    [InlineData("\"filename\": \"foo-1.0.zip\", \"url\": \"a/bar-1.0.zip\"")]
    [InlineData("\"filename\": \"../foo-1.0.zip\", \"url\": \"a/..%2Ffoo-1.0.zip\"")]
    [InlineData("\"filename\": \"..\\\\foo-1.0.zip\", \"url\": \"a/..%5Cfoo-1.0.zip\"")]
    [InlineData("\"filename\": \"foo%2f1.0.zip\", \"url\": \"a/foo%2f1.0.zip\"")]
    [InlineData("\"filename\": \"foo-A.zip\", \"url\": \"a/foo-%2541.zip\"")]
    [InlineData("\"filename\": \"foo\\u0007.zip\", \"url\": \"a/foo%07.zip\"")]
    [InlineData("\"filename\": \"\", \"url\": \"a/\"")]
    [InlineData("\"filename\": \"..\", \"url\": \"a/%2e%2e\"")]
    [InlineData("\"filename\": \"foo-1.0.zip\", \"url\": \"file:///etc/foo-1.0.zip\"")]
    [InlineData("\"filename\": \"foo-1.0.zip\", \"url\": \"ftp://index.test/foo-1.0.zip\"")]
    [InlineData("\"filename\": \"foo-1.0.zip\", \"url\": \"javascript:foo-1.0.zip\"")]
    [InlineData("\"filename\": \"foo-1.0.zip\", \"url\": \"https:///foo-1.0.zip\"")]
    [InlineData("\"filename\": \"foo-1.0.zip\", \"url\": \"https://foo-1.0.zip\"")]
    [InlineData("\"filename\": \"foo-1.0.zip\"")]
    [InlineData("\"url\": \"a/foo-1.0.zip\"")]
    [InlineData("\"filename\": 7, \"url\": \"a/foo-1.0.zip\"")]
    [InlineData("\"filename\": {\"x\": [1]}, \"url\": \"a/foo-1.0.zip\"")]
    [InlineData("\"filename\": \"foo-1.0.zip\", \"url\": \"foo-1.0.zip\", \"hashes\": {\"sha256\": \"abc\"}")]
    [InlineData("\"filename\": \"foo-1.0.zip\", \"url\": \"foo-1.0.zip\", \"hashes\": {\"sha256\": null}")]
    [InlineData("\"filename\": \"foo-1.0.zip\", \"url\": \"foo-1.0.zip\", \"hashes\": \"sha256\"")]
    [InlineData("\"filename\": \"foo-1.0.zip\", \"url\": \"foo-1.0.zip\", \"size\": -1")]
    [InlineData("\"filename\": \"foo-1.0.zip\", \"url\": \"foo-1.0.zip\", \"size\": 1.5")]
    [InlineData("\"filename\": \"foo-1.0.zip\", \"url\": \"foo-1.0.zip\", \"size\": 99999999999999999999")]
    [InlineData("\"filename\": \"foo-1.0.zip\", \"url\": \"foo-1.0.zip\", \"upload-time\": \"2026-01-02T03:04:05\"")]
    [InlineData("\"filename\": \"foo-1.0.zip\", \"url\": \"foo-1.0.zip\", \"upload-time\": \"2026-01-02\"")]
    [InlineData("\"filename\": \"foo-1.0.zip\", \"url\": \"foo-1.0.zip\", \"upload-time\": \"\"")]
    [InlineData("\"filename\": \"foo-1.0.zip\", \"url\": \"foo-1.0.zip\", \"yanked\": 1")]
    [InlineData("\"filename\": \"foo-1.0.zip\", \"url\": \"foo-1.0.zip\", \"core-metadata\": [true]")]
    [InlineData("\"filename\": \"foo-1.0.zip\", \"url\": \"foo-1.0.zip\", \"core-metadata\": {\"sha256\": \"abc\"}")]
    public void A_bad_entry_costs_itself_and_is_counted(string entry)
    {
        var page = Read(WithFile("{" + entry + """}, {"filename": "good-1.0.zip", "url": "good-1.0.zip"}, 7"""));
        Assert.Equal("good-1.0.zip", Assert.Single(page.Files).FileName);
        Assert.Equal((2, 2), (page.SkippedFiles, page.LeftOut.Length));
    }

    [Theory]
    [InlineData("7", "", LeftOutReason.NoEntry, "")]
    [InlineData("{\"url\": \"a-1.zip\"}", "", LeftOutReason.NoFileName, "")]
    [InlineData("{\"filename\": \"\", \"url\": \"a/\"}", "", LeftOutReason.NoFileName, "")]
    [InlineData("{\"filename\": \"a-1.zip\"}", "a-1.zip", LeftOutReason.NoAddress, "")]
    [InlineData("{\"filename\": \"a-1.zip\", \"url\": \"https:///a-1.zip\"}", "a-1.zip", LeftOutReason.NoAddress, "")]
    [InlineData("{\"filename\": \"a-1.zip\", \"url\": \"file:///etc/a-1.zip\"}", "a-1.zip", LeftOutReason.OtherScheme, "file")]
    [InlineData("{\"filename\": \"a-1.zip\", \"url\": \"b-1.zip\"}", "a-1.zip", LeftOutReason.OtherName, "b-1.zip")]
    [InlineData("{\"filename\": \"a-1.zip\", \"url\": \"a-1.zip\", \"hashes\": null}", "a-1.zip", LeftOutReason.Unreadable, "hashes")]
    [InlineData(
        "{\"upload-time\": \"2026-01-02\", \"filename\": \"a-1.zip\", \"url\": \"a-1.zip\"}", "a-1.zip", LeftOutReason.Unreadable,
        "upload-time")]
    [InlineData(
        "{\"filename\": \"a-1.zip\", \"url\": \"a-1.zip\", \"core-metadata\": {\"sha256\": \"abc\"}}", "a-1.zip",
        LeftOutReason.Unreadable, "core-metadata")]
    public void What_was_left_out_is_known_by_name_and_reason(string entry, string fileName, LeftOutReason reason, string evidence) =>
        Assert.Equal(new LeftOutEntry(fileName, reason, evidence), Assert.Single(Read(WithFile(entry)).LeftOut));

    [Fact]
    public void A_name_that_is_listed_with_two_digests_is_left_out_and_one_that_is_listed_twice_is_not()
    {
        string Entry(string name, char digit) =>
            $"{{\"filename\": \"{name}\", \"url\": \"{name}\", \"hashes\": {{\"sha256\": \"{new string(digit, 64)}\"}}}}";
        string first = Entry("a-1.zip", '1'), again = Entry("b-1.zip", '1');
        var page = Read(WithFile(string.Join(',', first, again, Entry("a-1.zip", '2'), again, Entry("c-1.zip", '2'))));
        Assert.Equal(["b-1.zip", "b-1.zip", "c-1.zip"], page.Files.Select(file => file.FileName));
        Assert.Equal(new LeftOutEntry("a-1.zip", LeftOutReason.SeveralDigests, ""), Assert.Single(page.LeftOut));
    }

    [Theory]
    [InlineData("2026-01-02T03:04:05Z", 0)]
    [InlineData("2026-01-02T03:04:05.1Z", 1_000_000)]
    [InlineData("2026-01-02T03:04:05.123456Z", 1_234_560)]
    [InlineData("2026-01-02T05:04:05.000+02:00", 0)]
    public void Upload_times_carry_up_to_six_digits_and_an_offset(string text, long ticks)
    {
        var file = Assert.Single(Read(WithFile($$"""{"filename": "a.zip", "url": "a.zip", "upload-time": "{{text}}"}""")).Files);
        Assert.Equal(new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero).AddTicks(ticks), file.UploadTime);
        Assert.Equal(TimeSpan.Zero, file.UploadTime!.Value.Offset);
    }

    [Theory]
    [InlineData("true", "")]
    [InlineData("\"\"", "")]
    [InlineData("\"no\"", "no")]
    [InlineData("false", null)]
    [InlineData("null", null)]
    public void Yanked_is_a_truth_or_a_reason(string json, string? reason) =>
        Assert.Equal(reason,
            Assert.Single(Read(WithFile($$"""{"filename": "a.zip", "url": "a.zip", "yanked": {{json}} }""")).Files).YankedReason);

    [Theory]
    [InlineData("\"core-metadata\": false", false, false)]
    [InlineData("\"core-metadata\": true", true, false)]
    [InlineData("\"core-metadata\": {}", true, false)]
    [InlineData("\"core-metadata\": {\"blake2b\": \"abc\"}", true, false)]
    [InlineData($"\"core-metadata\": {{\"sha256\": \"{Hash}\"}}", true, true)]
    [InlineData($"\"data-dist-info-metadata\": {{\"sha256\": \"{Hash}\"}}", true, true)]
    [InlineData($"\"dist-info-metadata\": {{\"sha256\": \"{Hash}\"}}", true, true)]
    [InlineData($"\"dist-info-metadata\": {{\"sha256\": \"{Hash}\"}}, \"core-metadata\": false", false, false)]
    [InlineData("\"dist-info-metadata\": true, \"core-metadata\": null", true, false)]
    public void Metadata_is_offered_under_three_names(string json, bool isOffered, bool hasHash)
    {
        var file = Assert.Single(Read(WithFile($$"""{"filename": "a.zip", "url": "a.zip", {{json}} }""")).Files);
        Assert.Equal((isOffered, hasHash ? OfNothing : null), (file.HasMetadata, file.MetadataSha256));
    }

    [Theory]
    [InlineData("\"project-status\": {\"status\": \"quarantined\"}", "quarantined")]
    [InlineData("\"project-status\": {\"status\": \"something new\"}", "something new")]
    [InlineData("\"project-status\": null", "active")]
    [InlineData("\"x\": 1", "active")]
    public void The_status_stands_on_its_own(string json, string status) =>
        Assert.Equal(status, Read($$"""{"meta": {"api-version": "1.4"}, {{json}}, "name": "foo-bar", "files": []}""").Status);

    [Fact]
    public void The_status_may_stand_under_meta() =>
        Assert.Equal("deprecated", Read(
            """{"meta": {"api-version": "1.4", "project-status": {"status": "deprecated"}}, "name": "foo-bar", "files": []}""").Status);

    [Theory]
    [InlineData("", "the page cannot be read")]
    [InlineData("[]", "the page cannot be read")]
    [InlineData("{}", "the page has no readable meta.api-version")]
    [InlineData("{\"meta\": {\"api-version\": \"2.0\"}, \"name\": \"foo-bar\", \"files\": []}", "the page has the unknown API version 2.0")]
    [InlineData("{\"meta\": {\"api-version\": 1.0}, \"name\": \"foo-bar\", \"files\": []}", "the page has no readable meta.api-version")]
    [InlineData("{\"meta\": {\"api-version\": \"1\"}, \"name\": \"foo-bar\", \"files\": []}", "the page has no readable meta.api-version")]
    [InlineData("{\"meta\": {\"api-version\": \"1.0\"}, \"files\": []}", "the page does not name its project")]
    [InlineData("{\"meta\": {\"api-version\": \"1.0\"}, \"name\": \"other\", \"files\": []}", "the page of foo-bar is about other")]
    [InlineData("{\"meta\": {\"api-version\": \"1.0\"}, \"name\": \"foo-bar\"}", "the page has no list of files")]
    [InlineData("{\"meta\": {\"api-version\": \"1.0\"}, \"name\": \"foo-bar\", \"files\": {}}", "the page cannot be read")]
    [InlineData("{\"meta\": {\"api-version\": \"1.0\"}, \"name\": \"foo-bar\", \"files\": []} x", "the page cannot be read")]
    [InlineData("{\"meta\": {\"api-version\": \"1.0\"}, \"name\": \"foo-bar\", \"files\": []", "the page cannot be read")]
    [InlineData("{\"meta\": {\"api-version\": \"1.0\"}, \"name\": \"foo-bar\", \"name\": \"foo-bar\", \"files\": []}",
        "the page cannot be read: a key is given twice")]
    [InlineData("{\"meta\": {\"api-version\": \"1.0\"}, \"name\": \"foo-bar\", \"n\\u0061me\": \"foo-bar\", \"files\": []}",
        "the page cannot be read: a key is given twice")]
    [InlineData("{\"meta\": {\"api-version\": \"1.0\"}, \"name\": \"foo-bar\", \"files\": [{\"filename\": \"a\", \"filename\": \"b\"}]}",
        "the page cannot be read: a key is given twice")]
    [InlineData(
        "{\"meta\": {\"api-version\": \"1.0\"}, \"name\": \"foo-bar\", \"files\": [{\"hashes\": {\"sha256\": \"a\", \"sha256\": \"b\"}}]}",
        "the page cannot be read: a key is given twice")]
    [InlineData("{\"meta\": {\"api-version\": \"1.0\"}, \"name\": \"\\ud800\", \"files\": []}", "the page cannot be read")]
    [InlineData("{\"meta\": {\"api-version\": \"1.0\"}, \"name\": \"foo-bar\", \"files\": [], \"x\": [[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]}",
        "the page cannot be read")]
    public void A_page_that_means_nothing_or_two_things_is_refused(string json, string because)
    {
        Assert.False(ProjectPage.TryParseJson(Encoding.UTF8.GetBytes(json), Location, Project, out _, out string problem));
        Assert.StartsWith(because, problem);
    }

    // A server chooses by a redirect where its page lies: 60,000 characters for each of 100,000 files were 22 GB.
    [Theory]
    [InlineData(500, true)]
    [InlineData(600, false)]
    public void A_page_whose_place_would_make_too_much_of_its_addresses_is_a_problem(int files, bool isRead)
    {
        var location = new Uri($"https://index.test/{new string('c', 60_000)}/");
        string json = "{\"meta\":{\"api-version\":\"1.1\"},\"name\":\"foo-bar\",\"files\":["
            + string.Join(',', Enumerable.Range(0, files).Select(i =>
                $"{{\"filename\":\"a-{i}.zip\",\"url\":\"a-{i}.zip\",\"hashes\":{{}}}}"))
            + "]}";
        Assert.Equal(isRead, ProjectPage.TryParseJson(Encoding.UTF8.GetBytes(json), location, Project, out _, out string problem));
        Assert.Equal(isRead ? "" : "the page cannot be read: its addresses, written in full, are longer than a page may be", problem);
    }

    [Fact]
    public void Files_without_end_and_keys_without_end_are_refused()
    {
        string files = string.Join(',', Enumerable.Repeat("0", ProjectPage.MaxFiles + 1));
        Assert.False(ProjectPage.TryParseJson(Encoding.UTF8.GetBytes(WithFile(files)), Location, Project, out _, out _));
        string keys = string.Join(',', Enumerable.Range(0, 10_000).Select(i => $"\"{i}\": 0"));
        Assert.False(ProjectPage.TryParseJson(Encoding.UTF8.GetBytes(WithFile("{" + keys + "}")), Location, Project, out _, out _));
    }

    [Fact]
    public void A_page_that_is_a_file_may_lead_to_files()
    {
        byte[] json = Encoding.UTF8.GetBytes(
            WithFile("""{"filename": "a.zip", "url": "../files/a.zip"}, {"filename": "b.zip", "url": "file://host/b.zip"}"""));
        Assert.True(ProjectPage.TryParseJson(json, new Uri("file:///srv/simple/foo-bar/index.json"), Project, out var page, out _));
        Assert.Equal("file:///srv/simple/files/a.zip", Assert.Single(page.Files).Url.AbsoluteUri);
    }

    [Fact]
    public void Any_bytes_are_read_or_refused_and_what_was_read_is_plain() => HostileBytes.Any(Usual).Sample(bytes =>
    {
        if (!ProjectPage.TryParseJson(bytes, Location, Project, out var page, out string problem)) return problem.Length > 0;
        return page.Name == Project && page.Files.All(IsPlain);
    }, iter: 10_000);

    internal static bool IsPlain(IndexFile file) =>
        file.Url.Scheme is "https" or "http" && Path.GetFileName(file.FileName) == file.FileName && file.FileName is not (".." or "." or "")
        && !file.FileName.Any(char.IsControl) && Uri.UnescapeDataString(file.Url.Segments[^1]) == file.FileName;

    private static string WithFile(string file) => $$"""{"meta": {"api-version": "1.1"}, "name": "foo-bar", "files": [{{file}}]}""";

    private static ProjectPage Read(string json)
    {
        Assert.True(ProjectPage.TryParseJson(Encoding.UTF8.GetBytes(json), Location, Project, out var page, out string problem), problem);
        return page;
    }
}
