using Sandpiper.Commands;
using Sandpiper.Console;
using Sandpiper.Packaging.Requirements;

namespace Sandpiper.Tests.Commands;

public sealed class RequirementLinesTests : IDisposable
{
    private readonly Folder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Words_files_and_constraints_become_one_list_in_that_order()
    {
        string file = _folder.Write("requirements.txt", "six>=1\n--pre\n--extra-index-url https://b.example/simple\n");
        string limits = _folder.Write("limits.txt", "idna<4\n");
        RequirementsFile whole = RequirementLines.Of(["requests[socks]"], [file], [limits]);
        Assert.Equal([("requests", false), ("six", false), ("idna", true)],
            whole.Lines.Select(l => (l.Requirement.Name.ToString(), l.IsConstraint)));
        Assert.Equal("the command line", whole.Lines[0].Source);
        Assert.True(whole.Pre);
        Assert.Equal(["https://b.example/simple"], whole.ExtraIndexUrls);
    }

    [Fact]
    public void Two_files_of_one_index_agree_and_of_two_do_not()
    {
        string a = _folder.Write("a.txt", "--index-url https://a.example/simple\nsix\n");
        string b = _folder.Write("b.txt", "--index-url https://b.example/simple\nidna\n");
        Assert.Equal("https://a.example/simple", RequirementLines.Of([], [a, a], []).IndexUrl);
        Explanation explanation = Assert.Throws<ExplainedException>(() => RequirementLines.Of([], [a, b], [])).Explanation;
        Assert.Equal((ExitCode.WrongUsage, "two requirements files name different indexes"), (explanation.Exit, explanation.What));
    }

    [Fact]
    public void A_file_may_demand_hashes_or_no_index()
    {
        RequirementsFile whole = RequirementLines.Of([], [_folder.Write("a.txt", "--require-hashes\n--no-index\n")], []);
        Assert.True(whole is { RequireHashes: true, NoIndex: true });
    }

    [Theory]
    [InlineData(".", "`.` cannot be installed")]
    [InlineData("..", "`..` cannot be installed")]
    [InlineData("http://user:se/kret@h/", "`http://***@h/` cannot be installed")]
    [InlineData("user:sekret@h", "`***@h` is no requirement")]
    [InlineData("./six", "`./six` cannot be installed")]
    [InlineData("six-1.0-py3-none-any.whl", "`six-1.0-py3-none-any.whl` cannot be installed")]
    [InlineData("six.tar.gz==", "`six.tar.gz==` is no requirement")]
    [InlineData("six==", "`six==` is no requirement")]
    [InlineData("-six", "`-six` is no requirement")]
    [InlineData("", "`` is no requirement")]
    public void A_word_that_is_no_requirement_is_wrong_usage(string word, string what)
    {
        Explanation explanation = Assert.Throws<ExplainedException>(() => RequirementLines.Of([word], [], [])).Explanation;
        Assert.Equal((ExitCode.WrongUsage, what), (explanation.Exit, explanation.What));
    }

    [Fact]
    public void A_file_that_cannot_be_read_is_told_from_others()
    {
        Assert.Equal("there is no such file", WhyNot("none.txt"));
        Assert.Equal("it is a directory", WhyNot("."));
        Assert.Equal("it is no plain file", WhyNot(Fifo("pipe")));
        Assert.Equal("it is no plain file of at most 16 MB", WhyNot("/dev/zero"));
        _folder.Write("whole.txt", "-r parts/none.txt\n");
        Assert.Equal($"there is no such file: `{_folder.Path}/parts/none.txt`", Unread("whole.txt"));
    }

    [Fact]
    public void A_file_without_a_length_is_read_like_any_other() =>
        Assert.Contains("VmSize", PlainFile.ReadText("/proc/self/status"), StringComparison.Ordinal);

    [Fact]
    public void A_file_that_is_ours_but_not_to_read_says_so()
    {
        string secret = _folder.Write("secret.txt", "six\n");
        File.SetUnixFileMode(secret, UnixFileMode.None);
        // Nothing is kept from root, which the command gives up.
        Ended ended = BuiltCommand.Run("install", "--root", _folder.Make("root"), "-r", secret);
        Assert.Equal((int)ExitCode.CouldNot, ended.ExitCode);
        Assert.Contains($"it may not be read: `{secret}`", ended.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_name_is_normalised_and_anything_else_refused()
    {
        Assert.Equal("zope-interface", RequirementLines.NameOf("Zope_Interface").ToString());
        Assert.Equal(ExitCode.WrongUsage, Assert.Throws<ExplainedException>(() => RequirementLines.NameOf("six==1")).Explanation.Exit);
    }

    private string WhyNot(string file) => Unread(file).Split(':')[0];

    private string Unread(string file)
    {
        Explanation explanation = Assert.Throws<ExplainedException>(
            () => RequirementLines.Of([], [Path.Combine(_folder.Path, file)], [])).Explanation;
        Assert.Equal((ExitCode.CouldNot, "a requirements file cannot be read; nothing was changed"), (explanation.Exit, explanation.What));
        return explanation.Because[0];
    }

    private string Fifo(string name)
    {
        Assert.Equal(0, BuiltCommand.Shell($"mkfifo {_folder.Path}/{name}").ExitCode);
        return name;
    }
}
