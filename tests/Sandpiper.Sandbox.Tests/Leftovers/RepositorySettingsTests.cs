using System.Text;
using CsCheck;
using Sandpiper.Sandbox.Leftovers;

namespace Sandpiper.Sandbox.Tests.Leftovers;

public sealed class RepositorySettingsTests
{
    private static bool AreHarmless(string text) => RepositorySettings.AreHarmless(Encoding.UTF8.GetBytes(text));

    [Theory]
    [InlineData("")]
    [InlineData("[core]\n\trepositoryformatversion = 0\n\tfilemode = true\n\tbare = false\n\tlogallrefupdates = true\n")]
    [InlineData("[remote \"origin\"]\n\turl = https://example.org/a.git\n\tfetch = +refs/heads/*:refs/remotes/origin/*\n"
        + "[branch \"main\"]\n\tremote = origin\n\tmerge = refs/heads/main\n")]
    [InlineData("[user]\nname = Ada\nemail=ada@example.org")]
    public void What_git_writes_itself_starts_nothing(string text) => Assert.True(AreHarmless(text));

    [Theory]
    [InlineData("[core]\n\tfsmonitor = evil\n")]
    [InlineData("[core] fsmonitor = evil\n")]
    [InlineData("[core]\n\thooksPath = /tmp/x\n")]
    [InlineData("[core]\n\tsshCommand = evil\n")]
    [InlineData("[core]\n\tbare = false \\\n\tfsmonitor = evil\n")]
    [InlineData("[core]\n\tbare = \"false\nfsmonitor = evil\"\n")]
    [InlineData("[core]\r\n\tfsmonitor = evil\r\n")]
    [InlineData("[core]\rfsmonitor = evil\n")]
    [InlineData("[alias]\n\tst = !evil\n")]
    [InlineData("[include]\n\tpath = ../evil\n")]
    [InlineData("[remote \"o\"]\n\turl = ext::sh -c evil\n")]
    [InlineData("[remote \"o\"]\n\turl = --upload-pack=evil\n")]
    [InlineData("[remote \"o\"]\n\tuploadpack = evil\n")]
    [InlineData("[filter \"x\"]\n\tclean = evil\n")]
    [InlineData("[core \"]\n[alias\"]\n\tbare = !evil\n")]
    [InlineData("bare = false\n")]
    [InlineData("[credential]\n\thelper = evil\n")]
    public void What_starts_a_program_or_cannot_be_known_not_to_is_not(string text) => Assert.False(AreHarmless(text));

    [Fact]
    public void Any_bytes_are_judged() => Gen.Byte.Array[0, 300].Sample(bytes => { _ = RepositorySettings.AreHarmless(bytes); });

    // Whatever is called harmless has only keys that were known, as git itself reads them.
    [Fact]
    public void A_setting_that_is_unknown_is_found_wherever_it_stands() => Gen.Select(
        Gen.Int[0, 6].Array[0, 8], Gen.Int[0, 8]).Sample((which, at) =>
    {
        string[] lines = ["[core]", "\tbare = false", "[user]", "name = a", "", "[remote \"o\"]", "url = x"];
        List<string> text = [.. which.Select(i => lines[i])];
        text.Insert(Math.Min(at, text.Count), "editor = evil");
        return !AreHarmless(string.Join('\n', text));
    });
}
