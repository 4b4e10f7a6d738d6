using System.Text;
using CsCheck;
using Sandpiper.Auditing.Advisories;
using Sandpiper.Auditing.Findings;
using Sandpiper.Packaging.Versions;

namespace Sandpiper.Auditing.Tests.Advisories;

/// <summary>Records of the OSV schema, and which releases they are about.</summary>
public sealed class AdvisoryTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private const string Ranged = """
        {"id": "PYSEC-1", "summary": "bad", "affected": [{"package": {"ecosystem": "PyPI", "name": "Good"}, "ranges": [
          {"type": "GIT", "repo": "x", "events": [{"introduced": "0"}]},
          {"type": "ECOSYSTEM", "events": [EVENTS]}]}]}
        """;

    [Theory]
    [InlineData("""{"introduced": "0"}, {"fixed": "1.1"}""", "1.0", true)]
    [InlineData("""{"introduced": "0"}, {"fixed": "1.0"}""", "1.0", false)]
    [InlineData("""{"introduced": "0"}, {"fixed": "1.0"}""", "1.0rc1", true)]
    [InlineData("""{"introduced": "0"}, {"fixed": "1.0"}""", "1.0.post1", false)]
    [InlineData("""{"introduced": "1.0"}, {"last_affected": "1.2"}""", "1.2", true)]
    [InlineData("""{"introduced": "1.0"}, {"last_affected": "1.2"}""", "1.2.1", false)]
    [InlineData("""{"introduced": "1.0"}, {"last_affected": "1.2"}""", "0.9", false)]
    [InlineData("""{"fixed": "1.1"}, {"introduced": "0"}, {"introduced": "2.0"}, {"fixed": "2.1"}""", "2.0.5", true)]
    [InlineData("""{"introduced": "0"}, {"fixed": "1.1"}, {"introduced": "2.0"}, {"fixed": "2.1"}""", "1.5", false)]
    [InlineData("""{"introduced": "0"}, {"limit": "2.0"}""", "1.5", true)]
    [InlineData("""{"introduced": "0"}, {"limit": "2.0"}""", "2.0", false)]
    [InlineData("""{"introduced": "0"}, {"limit": "*"}""", "99", true)]
    [InlineData("""{"introduced": "1!0"}""", "5.0", false)]
    [InlineData("""{"introduced": "not a version"}""", "1.0", true)]
    [InlineData("""{"introduced": "0", "fixed": "1.0"}""", "5.0", true)]
    public void A_range_is_walked_in_the_order_of_versions(string events, string version, bool isAbout)
    {
        Advisory advisory = Assert.Single(Read(Ranged.Replace("EVENTS", events, StringComparison.Ordinal)));
        Assert.Equal(isAbout, advisory.IsAbout(Pep440Version.Parse(version)));
    }

    [Fact]
    public void Between_introduced_and_fixed_is_what_is_affected() =>
        Gen.Select(Gen.Int[0, 9], Gen.Int[0, 9], Gen.Int[0, 9]).Sample((from, to, version) =>
        {
            var range = new AdvisoryRange([new(AdvisoryBound.Fixed, V(to)), new(AdvisoryBound.Introduced, V(from))]);
            return from >= to || range.Contains(V(version)) == (version >= from && version < to);
        });

    [Theory]
    [InlineData("1.0", true)]
    [InlineData("1.0.0", true)]
    [InlineData("1.1", false)]
    public void Versions_by_name_are_compared_as_versions(string version, bool isAbout)
    {
        Advisory advisory = Assert.Single(Read(
            """[{"id": "MAL-1", "affected": [{"package": {"ecosystem": "PyPI", "name": "a_B"}, "versions": ["1.0"]}]}]"""));
        Assert.True(advisory.IsMalware);
        Assert.Equal("a-b", advisory.Package.ToString());
        Assert.Equal(isAbout, advisory.IsAbout(Pep440Version.Parse(version)));
    }

    [Fact]
    public void What_says_no_version_is_about_all_and_an_unknown_version_is_in_all()
    {
        Advisory all = Assert.Single(Read("""{"id": "MAL-1", "affected": [{"package": {"ecosystem": "PyPI", "name": "a"}}]}"""));
        Assert.True(all.IsAbout(V(3)));
        Advisory one = Assert.Single(Read(
            """{"id": "X", "affected": [{"package": {"ecosystem": "PyPI", "name": "a"}, "versions": ["1"]}]}"""));
        Assert.True(one.IsAbout(null));
    }

    [Theory]
    [InlineData("""{"id": "X", "withdrawn": "2026-01-01T00:00:00Z", "affected": [{"package": {"ecosystem": "PyPI", "name": "a"}}]}""")]
    [InlineData("""{"id": "X", "affected": [{"package": {"ecosystem": "npm", "name": "a"}}]}""")]
    [InlineData("""{"id": "X", "affected": [{"package": {"ecosystem": "PyPI:https://pypi.example", "name": "a"}}]}""")]
    [InlineData("""{"id": "X", "affected": []}""")]
    [InlineData("[]")]
    public void What_was_taken_back_or_is_about_others_is_about_nothing(string json) => Assert.Empty(Read(json));

    [Theory]
    [InlineData("")]
    [InlineData("1")]
    [InlineData("{}")]
    [InlineData("""{"id": "X", "id": "Y"}""")]
    [InlineData("""{"id": "X", "affected": {}}""")]
    [InlineData("""{"id": "X", "affected": [1]}""")]
    [InlineData("""{"id": "X", "affected": [{"package": {"ecosystem": "PyPI", "name": "../x"}}]}""")]
    public void What_is_no_record_is_refused(string json) => Assert.False(
        AdvisoryReader.TryRead(Encoding.UTF8.GetBytes(json), [], out _));

    // One byte of a good record changed: it is read or refused, and nothing else.
    [Fact]
    public void No_record_breaks_the_reader()
    {
        byte[] good = Encoding.UTF8.GetBytes(
            Ranged.Replace("EVENTS", """{"introduced": "0"}, {"fixed": "1.1"}""", StringComparison.Ordinal));
        Gen.Select(Gen.Int[0, good.Length - 1], Gen.Byte).Sample((at, value) =>
        {
            byte[] changed = [.. good];
            changed[at] = value;
            var found = new List<Advisory>();
            if (AdvisoryReader.TryRead(changed, found, out string problem)) foreach (Advisory a in found) a.IsAbout(V(1));
            else Assert.NotEmpty(problem);
        });
    }

    [Fact]
    public void A_dump_is_a_directory_or_a_file_and_its_records_are_found_in_a_site()
    {
        using var site = new PlantedSite();
        string dump = Directory.CreateTempSubdirectory("sandpiper-osv-").FullName;
        try
        {
            File.WriteAllText($"{dump}/1.json", Ranged.Replace("EVENTS", """{"introduced": "0"}""", StringComparison.Ordinal));
            File.WriteAllText($"{dump}/2.json",
                """{"id": "MAL-2", "affected": [{"package": {"ecosystem": "PyPI", "name": "good"}, "versions": ["1.0"]}]}""");
            AuditFinding[] found = [.. site.Look(PlantedSite.Somebody, AdvisoryBook.Read(dump, Cancel)).Findings
                .Where(f => f.Kind is AuditKind.KnownMalware or AuditKind.KnownVulnerability)];
            Assert.Equal(["MAL-2", "PYSEC-1: bad"], found.Select(f => f.Seen));
            Assert.Equal(1, AdvisoryBook.Read($"{dump}/2.json", Cancel).Count);
            File.WriteAllText($"{dump}/3.json", "{");
            Assert.Throws<AdvisoryException>(() => AdvisoryBook.Read(dump, Cancel));
            Assert.Throws<AdvisoryException>(() => AdvisoryBook.Read($"{dump}/none", Cancel));
        }
        finally
        {
            Directory.Delete(dump, recursive: true);
        }
    }

    private static List<Advisory> Read(string json)
    {
        var found = new List<Advisory>();
        Assert.True(AdvisoryReader.TryRead(Encoding.UTF8.GetBytes(json), found, out string problem), problem);
        return found;
    }

    private static Pep440Version V(int number) => Pep440Version.Parse($"{number}");
}
