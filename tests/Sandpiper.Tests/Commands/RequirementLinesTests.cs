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
        Assert.Equal([("requests", false), ("six", false), ("idna", true)], whole.Lines.Select(l => (l.Requirement.Name.ToString(), l.IsConstraint)));
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
    public void A_file_that_is_not_there_is_an_error_of_its_own() =>
        Assert.ThrowsAny<Exception>(() => RequirementLines.Of([], [Path.Combine(_folder.Path, "none.txt")], []));

    [Fact]
    public void A_name_is_normalised_and_anything_else_refused()
    {
        Assert.Equal("zope-interface", RequirementLines.NameOf("Zope_Interface").ToString());
        Assert.Equal(ExitCode.WrongUsage, Assert.Throws<ExplainedException>(() => RequirementLines.NameOf("six==1")).Explanation.Exit);
    }
}
