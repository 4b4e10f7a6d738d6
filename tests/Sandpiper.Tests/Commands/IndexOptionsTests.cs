using System.CommandLine;
using Sandpiper.Commands;
using Sandpiper.Console;
using Sandpiper.Packaging.Requirements;
using Sandpiper.Tests.Console;

namespace Sandpiper.Tests.Commands;

public sealed class IndexOptionsTests
{
    [Theory]
    [InlineData("https://a.example/simple", "https://a.example/simple/")]
    [InlineData("https://a.example/simple/", "https://a.example/simple/")]
    [InlineData("http://127.0.0.1:8000/simple", "http://127.0.0.1:8000/simple/")]
    [InlineData("file:///srv/index/simple", "file:///srv/index/simple/")]
    [InlineData("/srv/my index/simple", "file:///srv/my%20index/simple/")]
    public void An_address_ends_with_a_slash_and_a_path_is_a_file(string given, string address) =>
        Assert.Equal([address], Chosen(["-i", given], new RequirementsFile()));

    [Theory]
    [InlineData("ftp://a.example/simple")]
    [InlineData("a.example/simple")]
    [InlineData("javascript:alert(1)")]
    [InlineData("https://")]
    [InlineData("")]
    public void What_is_no_address_of_an_index_is_wrong_usage(string given) =>
        Assert.Equal(ExitCode.WrongUsage,
            Assert.Throws<ExplainedException>(() => Chosen(["-i", given], new RequirementsFile())).Explanation.Exit);

    [Theory]
    [InlineData("http://user:se/kret@127.0.0.1:8799/simple/", "http://***@127.0.0.1:8799/simple/")]
    [InlineData("user:sekret@host/simple/", "***@host/simple/")]
    [InlineData("http:/user:sekret@host/", "***@host/")]
    [InlineData("http//user:sekret@host/", "***@host/")]
    [InlineData("user:sekret://@host/", "***@host/")]
    [InlineData("ftp://user:se@kret@host/", "ftp://***@host/")]
    [InlineData("http://h/simple/?token=sekret", "http://h/simple/?***")]
    [InlineData("http://h/simple/#sekret@kret", "http://***")]
    [InlineData("h/simple/?token=sekret#sekret", "h/simple/?***")]
    public void An_address_that_is_refused_is_shown_without_what_may_be_secret(string given, string shown)
    {
        Explanation wrong = Assert.Throws<ExplainedException>(() => Chosen([], new RequirementsFile { IndexUrl = given })).Explanation;
        Assert.Equal((ExitCode.WrongUsage, $"`{shown}` is no address of an index"), (wrong.Exit, wrong.What));
        Assert.All(wrong.Because, b => Assert.DoesNotContain("sekret", b, StringComparison.Ordinal));
    }

    [Fact]
    public void Further_indexes_are_asked_first_in_the_order_they_were_given() =>
        Assert.Equal(["https://x.example/", "https://y.example/", "https://z.example/", "https://a.example/"], Chosen(
            ["--extra-index-url", "https://x.example/", "--index-url", "https://a.example/", "--extra-index-url", "https://y.example/"],
            new RequirementsFile { ExtraIndexUrls = ["https://z.example/"] }));

    [Fact]
    public void The_command_line_wins_over_a_file() =>
        Assert.Equal(["https://a.example/"],
            Chosen(["--default-index", "https://a.example/"], new RequirementsFile { IndexUrl = "https://b.example/" }));

    [Fact]
    public void A_file_can_switch_the_index_off() =>
        Assert.Empty(Chosen([], new RequirementsFile { NoIndex = true, IndexUrl = "https://b.example/" }));

    // By addresses that are refused and quoted: nobody has to be asked, and no interpreter to be there.
    [Theory]
    [InlineData("SANDPIPER_INDEX_URL", "SANDPIPER_INDEX_URL", "UV_DEFAULT_INDEX", "UV_INDEX_URL", "PIP_INDEX_URL")]
    [InlineData("UV_DEFAULT_INDEX", "UV_DEFAULT_INDEX", "UV_INDEX_URL", "PIP_INDEX_URL")]
    [InlineData("UV_INDEX_URL", "UV_INDEX_URL", "PIP_INDEX_URL")]
    [InlineData("PIP_INDEX_URL", "PIP_INDEX_URL")]
    public void What_was_set_for_us_counts_before_what_was_set_for_uv_and_that_before_what_was_set_for_pip(
        string chosen, params string[] set)
    {
        Ended ended = InstalledWith(set.ToDictionary(name => name, name => (string?)$"ftp://{name}/", StringComparer.Ordinal));
        Assert.Equal((int)ExitCode.WrongUsage, ended.ExitCode);
        Assert.StartsWith($"index from {chosen}\n× `ftp://{chosen}/` is no address of an index\n", ended.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_variable_that_is_empty_names_no_index() => Assert.StartsWith("index from PIP_INDEX_URL\n",
        InstalledWith(
            new(StringComparer.Ordinal) { ["SANDPIPER_INDEX_URL"] = "", ["UV_DEFAULT_INDEX"] = "",
            ["PIP_INDEX_URL"] = "ftp://pip/" }).Error, StringComparison.Ordinal);

    [Fact]
    public void A_word_of_the_command_line_counts_before_every_variable() =>
        Assert.StartsWith("× `ftp://typed/` is no address of an index\n",
        InstalledWith(new(StringComparer.Ordinal) { ["SANDPIPER_INDEX_URL"] = "ftp://set/" }, "-i", "ftp://typed/").Error,
            StringComparison.Ordinal);

    private static Ended InstalledWith(Dictionary<string, string?> variables, params string[] words)
    {
        using var folder = new Folder();
        foreach (string name in (string[])["SANDPIPER_INDEX_URL", "UV_DEFAULT_INDEX", "UV_INDEX_URL", "PIP_INDEX_URL"])
            variables.TryAdd(name, null);
        return BuiltCommand.RunWith(variables, ["install", "six", "--dry-run", "-v", "--root", folder.Path, .. words]);
    }

    private static IEnumerable<string> Chosen(string[] words, RequirementsFile file)
    {
        var command = new Command("install");
        IndexOptions options = IndexOptions.AddTo(command);
        return options.Chosen(command.Parse(words), file, new Listener().Terminal).Select(a => a.AbsoluteUri);
    }
}
