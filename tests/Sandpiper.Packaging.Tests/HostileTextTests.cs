using System.Text;
using Sandpiper.Packaging.Index;
using Sandpiper.Packaging.Metadata;
using Sandpiper.Packaging.Names;
using Sandpiper.Packaging.Requirements;
using Sandpiper.Packaging.Versions;

namespace Sandpiper.Packaging.Tests;

/// <summary>
/// Whoever publishes a text chooses its length. Two million characters of every kind are read or refused in one pass: whatever looks
/// twice at each character for every other one would not end while anybody waits.
/// </summary>
public sealed class HostileTextTests
{
    private const int Length = 2 << 20;
    private static readonly Uri Location = new("https://index.example/simple/a/");

    public static TheoryData<string> Clauses =>
        [">=1<1", "<1", "!", "=", "~=1 ", ",", "\"", "'", "1.", "*", "==1.*,", ">=1, ", " ", ">", "1!", "!1", "=1!0", ".0", "a1.0", "!=~1"];

    public static TheoryData<string> Markers =>
    [
        "(", "not ", "'a' in ", "extra == 'a' or ", "extra in 'a' and ", "\"", "or ", "os_name ", "'", "python_version not in '3' or ",
        "_", "and ",
    ];

    public static TheoryData<string> Lines =>
    [
        "six\n", "\\\n", "#\n", " #", "${", "${A", "${A}", "${AA}\\\n", "-r x\n", "--pre ", "--pre\n", "--hash ",
        "--extra-index-url https://a/\n", "\"", " -", "\r",
        "\u2028", "six --hash=sha256:0\\\n", "\uFEFF", "-", "six ", "\\",
    ];

    public static TheoryData<string> Pages =>
    [
        "<", "</", "<a ", "<a href=x>", "<a href='", "<a href=\"x\" ", "<a href=x#&", "<!--", "<!", "<!-->", "<title>", "</title>",
        "<script>x</scrip>", "<a a=a ", "&", "&#", "&amp",
        "<a>&", "=", "/", "<a/", "<a href=x>x</a>", "<base href=x>", "<meta name=x>", "<a x=",
    ];

    public static TheoryData<string> Fields =>
    [
        "a:", ":", "a:b\n", "a:b\r", " \n", " a\n", "\t", "From \n", "Requires-Dist: a>=1<1\n",
        "Requires-Dist: a>=1.* \n", "Provides-Extra: -\n", "Name: a\n", "Requires-Dist: ",
        "Requires-Dist: a>=1", "Project-URL: home\n", "Description: a\n b\n", "<1", "a", "\r\n",
    ];

    public static TheoryData<string> Documents =>
    [
        "[", "{", "{\"files\":[", "{\"files\":[{\"filename\":\"", "{\"files\":[1,", "\"", "{\"a\":{", " ", "{\"files\":[{},",
        "\\u0000", "\"\\",
    ];

    [Theory]
    [MemberData(nameof(Clauses))]
    public void Clauses_are_read_in_one_pass(string piece)
    {
        Assert.False(Requirement.TryParseRepaired("foo >=1" + Many(piece), out _, out var repairs, out _) && repairs.Length > 10);
        _ = SpecifierSet.TryParseRepaired(Many(piece), out _, out repairs, out _);
        Assert.InRange(repairs.Length, 0, 10);
        _ = VersionSpecifier.TryParse("==" + Many(piece), out _, out _);
        _ = Pep440Version.TryParse("1" + Many(piece), out _, out _);
        _ = PackageName.TryParse(Many(piece), out _, out _);
    }

    [Theory]
    [MemberData(nameof(Clauses))]
    public void Clauses_of_the_length_that_is_mended_are_mended_in_one_pass(string piece)
    {
        // As many as METADATA may hold; each on its own is short enough that looking twice would pass.
        string text = Many(piece)[..SpecifierRepair.MaxLength];
        for (int left = Length; left > 0; left -= text.Length) _ = SpecifierSet.TryParseRepaired(text, out _, out _, out _);
    }

    // What looks at the rest of a text for each of its clauses takes some memory each time, however fast the machine is.
    [Fact]
    public void What_mending_takes_grows_as_the_text_does()
    {
        const int BytesPerCharacter = 1024;     // a clause of three characters takes a handful of objects
        string text = Many(">=1<1")[..SpecifierRepair.MaxLength];
        _ = SpecifierSet.TryParseRepaired(text, out _, out _, out _);
        long before = GC.GetAllocatedBytesForCurrentThread();
        _ = SpecifierSet.TryParseRepaired(text, out _, out _, out _);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 1, BytesPerCharacter * SpecifierRepair.MaxLength);
    }

    [Theory]
    [MemberData(nameof(Markers))]
    public void Markers_are_read_in_one_pass(string piece)
    {
        _ = Marker.TryParse(Many(piece), out _, out _);
        _ = Requirement.TryParse("a; os_name == 'x' and " + Many(piece), out _, out _);
    }

    [Theory]
    [MemberData(nameof(Lines))]
    public void Requirements_files_are_read_in_one_pass(string piece)
    {
        try
        {
            RequirementsFile.Read("r.txt", path => path is "r.txt" ? Many(piece) : "", _ => "value");
        }
        catch (RequirementsFileException refusal)
        {
            Assert.InRange(refusal.Message.Length, 1, 1_000);
        }
    }

    [Theory]
    [MemberData(nameof(Pages))]
    public void Pages_in_HTML_are_read_in_one_pass(string piece)
    {
        _ = ProjectPage.TryParseHtml(
            Encoding.UTF8.GetBytes(Many(piece)), Location, PackageName.Parse("a"), out _, out string problem);
        Assert.InRange(problem.Length, 0, 1_000);
    }

    [Theory]
    [MemberData(nameof(Documents))]
    public void Pages_in_JSON_are_read_in_one_pass(string piece)
    {
        _ = ProjectPage.TryParseJson(
            Encoding.UTF8.GetBytes(Many(piece)), Location, PackageName.Parse("a"), out _, out string problem);
        Assert.InRange(problem.Length, 1, 1_000);
    }

    [Theory]
    [MemberData(nameof(Fields))]
    public void METADATA_is_read_in_one_pass_and_told_briefly(string piece)
    {
        string head = "Metadata-Version: 2.1\nName: a\nVersion: 1\n";
        foreach (string text in (string[])[head + Many(piece), Many(piece)])
        {
            bool isRead = CoreMetadata.TryParse(Encoding.UTF8.GetBytes(text), out CoreMetadata? metadata, out string problem);
            if (isRead) Assert.All(metadata!.Repairs, repair => Assert.InRange(repair.Length, 1, 1_000));
            else Assert.InRange(problem.Length, 1, 1_000);
        }
    }

    [Fact]
    public void What_was_mended_is_told_in_less_space_than_the_text_took()
    {
        string blanks = new(' ', SpecifierRepair.MaxLength / 2);
        string requirement = $"Requires-Dist: a >=1{blanks}{string.Concat(Enumerable.Repeat("<1", 500))}\n";
        var text = new StringBuilder("Metadata-Version: 2.1\nName: a\nVersion: 1\n");
        while (text.Length + requirement.Length < Length) text.Append(requirement);
        bool isRead = CoreMetadata.TryParse(Encoding.UTF8.GetBytes(text.ToString()), out CoreMetadata? metadata, out string problem);
        Assert.True(isRead, problem);
        Assert.InRange(metadata!.Repairs.Sum(repair => repair.Length), 1, Length);
    }

    [Fact]
    public void A_requirements_file_names_a_bounded_number_of_indexes_and_includes_a_bounded_amount_of_text()
    {
        string indexes = string.Concat(Enumerable.Range(0, 200).Select(i => $"--extra-index-url https://i{i}.example/\n"));
        Assert.Equal(
            ("r.txt:101", "there are more than 100 indexes"), WhyNot(indexes, ""));
        string includes = string.Concat(Enumerable.Repeat("-r large.txt\n", 40));
        Assert.Equal(
            ("r.txt:32", "the files have more than 67108864 characters together"), WhyNot(includes, Many("#\n")));
    }

    private static (string Where, string Because) WhyNot(string content, string included)
    {
        var refusal = Assert.Throws<RequirementsFileException>(
            () => RequirementsFile.Read("r.txt", path => path is "r.txt" ? content : included, _ => null));
        return (refusal.Where, refusal.Because);
    }

    private static string Many(string piece)
    {
        var text = new StringBuilder(Length + piece.Length);
        while (text.Length < Length) text.Append(piece);
        return text.ToString();
    }
}
