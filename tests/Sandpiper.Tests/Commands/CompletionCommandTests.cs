using System.CommandLine;
using Sandpiper.Commands;
using Sandpiper.Console;

namespace Sandpiper.Tests.Commands;

public sealed class CompletionCommandTests : IDisposable
{
    private readonly Command _root = CommandLine.Build();
    private readonly Folder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Nothing_typed_offers_the_commands_but_no_hidden_one()
    {
        string[] candidates = Candidates("");
        Assert.Superset(new HashSet<string>(StringComparer.Ordinal) { "install", "run", "verify", "rollback" },
            candidates.ToHashSet(StringComparer.Ordinal));
        Assert.DoesNotContain("complete-words", candidates);
    }

    [Fact]
    public void A_command_begun_is_finished() => Assert.Equal(["rollback"], Candidates("rol"));

    [Fact]
    public void Options_of_install_are_offered()
    {
        Assert.Equal(["--require-hashes", "--requirement"], Candidates("install", "--requ"));
        Assert.Superset(new HashSet<string>(StringComparer.Ordinal) { "--dry-run", "--env", "--index-url", "--json", "--root" },
            Candidates("install", "--").ToHashSet(StringComparer.Ordinal));
    }

    [Fact]
    public void Shells_and_commands_are_offered_where_they_are_meant()
    {
        Assert.Equal(["bash"], Candidates("completion", "b"));
        Assert.Equal(["freeze"], Candidates("help", "fr"));
    }

    [Theory]
    [InlineData("always auto never", "--color", "")]
    [InlineData("always", "list", "--color", "al")]
    [InlineData("none ro", "run", "--cwd", "")]
    [InlineData("all", "run", "--net", "")]
    [InlineData("SP-ENV-01 SP-ENV-02", "allow", "six==1", "--rule", "SP-E")]
    [InlineData("--requirement", "install", "-r", "a.txt", "--requirem")]
    [InlineData("--write", "run", "--write", ".", "--net", "all", "--w")]
    [InlineData("", "run", "--", "")]
    [InlineData("", "run", "--", "--n")]
    [InlineData("", "run", "plot.py", "--n")]
    [InlineData("", "python", "--j")]
    public void What_may_follow_is_offered_and_nothing_else(string expected, params string[] typed) =>
        Assert.Equal(expected, string.Join(' ', Candidates(typed)));

    [Fact]
    public void Colours_are_read_in_any_case() =>
        Assert.Equal(ColorChoice.Never, CommandLine.Parse(_root, ["list", "--color", "Never"]).GetValue(GlobalOptions.Color));

    [Fact]
    public void Names_of_environments_and_numbers_of_generations_are_offered()
    {
        Assert.Equal("", Answer("list", "--env", ""));
        Assert.Equal("", Answer("rollback", "1"));
        _folder.WriteGeneration("other", "rich");
        Assert.Equal("other\n", Answer("list", "--env", "o"));
        Assert.Equal("1\n", Answer("rollback", "--env", "other", "1"));
    }

    // As root too, who otherwise makes directories and gives them to the user that he becomes.
    [Fact]
    public void Who_completes_makes_nothing_and_gives_nothing_away()
    {
        string absent = Path.Combine(_folder.Path, "absent"), empty = _folder.Make("empty");
        string owner = BuiltCommand.Shell($"stat -c %u:%a {empty}").Output;
        foreach (string root in (string[])[absent, empty])
        {
            foreach (string[] typed in (string[][])[["list", "--env", ""], ["show", "r"], ["rollback", "1"]])
            {
                Ended ended = BuiltCommand.Run(["complete-words", "--", "--root", root, .. typed]);
                Assert.Equal(("", ""), (ended.Output, ended.Error));
            }
        }
        Assert.False(Directory.Exists(absent));
        Assert.Equal(owner, BuiltCommand.Shell($"stat -c %u:%a {empty}").Output);
        Assert.Empty(Directory.EnumerateFileSystemEntries(empty));
    }

    [Fact]
    public void A_file_of_arguments_is_not_read_for_completion_either()
    {
        string file = _folder.Write("words", "install");
        Assert.Empty(Candidates($"@{file}", "--requ"));
    }

    [Theory]
    [InlineData("show")]
    [InlineData("uninstall")]
    public void Names_of_installed_packages_are_offered(string command)
    {
        Assert.Equal("", Answer(command, "r"));
        _folder.WriteGeneration("shared", "requests", "six");
        _folder.WriteGeneration("other", "rich");
        Assert.Equal("requests\n", Answer(command, "r"));
        Assert.Equal("rich\n", Answer(command, "--env", "other", "r"));
    }

    private string[] Candidates(params string[] typed) => [.. CompletionCommand.CandidatesFor(_root, typed).Order(StringComparer.Ordinal)];

    // By a process of its own: one that has root gives it up for good before it looks.
    private string Answer(params string[] typed)
    {
        Ended ended = BuiltCommand.Run(["complete-words", "--", "--root", _folder.Path, .. typed]);
        Assert.Equal((0, ""), (ended.ExitCode, ended.Error));
        return ended.Output;
    }
}
