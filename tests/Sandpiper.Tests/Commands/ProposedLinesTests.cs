using CsCheck;
using Sandpiper.Commands;
using Sandpiper.Sandbox.Profiles;
using Sandpiper.Surroundings;

namespace Sandpiper.Tests.Commands;

/// <summary>What a project proposes is read as it stands, or not at all.</summary>
public sealed class ProposedLinesTests
{
    [Theory]
    [InlineData("[tool.sandpiper]\nallow = [\"black --write .\", 'pytest --net db:5432']\n", "black --write .|pytest --net db:5432")]
    [InlineData("tool.sandpiper.allow = [\n  'a --write .', # why\n]\n", "a --write .")]
    [InlineData("[tool]\nsandpiper = { allow = ['b --read x'] }\n", "b --read x")]
    [InlineData("[tool.sandpiper]\nallow = []\n", "")]
    [InlineData("[tool.sandpiper]\nother = ['c']\n[tool.black]\nallow = ['d']\n[[tool.sandpiper-x]]\nallow = ['e']\n", "")]
    [InlineData("[project]\nname = 'x'\n", "")]
    [InlineData("", "")]
    public void The_texts_of_one_list_are_proposals_and_nothing_else_is(string text, string lines) =>
        Assert.Equal(lines, string.Join('|', ProposedLines.Read(text)));

    [Theory]
    [InlineData("[tool.sandpiper]\nallow = ['a', 1]\n")]
    [InlineData("[tool.sandpiper]\nallow = ['']\n")]
    [InlineData("[tool.sandpiper]\nallow = [\"a \\u001b[2J\"]\n")]
    [InlineData("[tool.sandpiper]\nallow = [\"a\\n--net all\"]\n")]
    [InlineData("[tool.sandpiper]\nallow = [\"a --write '. --net'\"]\n")]
    [InlineData("[tool.sandpiper]\nallow = ['a --write $HOME']\n")]
    [InlineData("[tool.sandpiper]\nallow = ['аllow']\n")]       // its first letter is Cyrillic
    [InlineData("[tool.sandpiper]\nallow = ['a'\n")]
    [InlineData("[tool.sandpiper\n")]
    public void What_could_be_taken_for_something_else_is_refused(string text) =>
        Assert.Throws<FormatException>(() => ProposedLines.Read(text));

    [Theory]
    [InlineData("[tool.sandpiper]\nallow = 'black --write .'\n")]
    [InlineData("[tool.sandpiper]\nallow = true\n")]
    [InlineData("[tool.sandpiper.allow]\nblack = '--write .'\n")]
    [InlineData("[tool.sandpiper]\nallow.black = ['--write .']\n")]
    [InlineData("[[tool.sandpiper.allow]]\nblack = '--write .'\n")]
    [InlineData("[[tool.sandpiper]]\nallow = ['black --write .']\n")]
    [InlineData("[[tool]]\nsandpiper.allow = ['black --write .']\n")]
    [InlineData("[tool]\nsandpiper = [{ allow = ['black --write .'] }]\n")]
    [InlineData("[tool.sandpiper]\nallow = [['black --write .']]\n")]
    [InlineData("[tool.sandpiper]\nallow = ['a --write .', { b = 'c' }]\n")]
    public void What_is_meant_as_a_proposal_and_is_none_is_told_and_not_taken_for_nothing(string text) => Assert.Equal(
        "`[tool.sandpiper] allow` is no list of texts", Assert.Throws<FormatException>(() => ProposedLines.Read(text)).Message);

    // It is asked after a run: that would fail then, in place of the program's own exit code.
    [Theory]
    [InlineData(new byte[] { (byte)'#', 0xff, (byte)'\n' })]
    [InlineData(new byte[] { (byte)'[' })]
    public void What_cannot_be_read_proposes_nothing_for_a_command(byte[] content)
    {
        string directory = Directory.CreateTempSubdirectory("sandpiper-").FullName;
        try
        {
            File.WriteAllBytes(Path.Join(directory, "pyproject.toml"), content);
            Assert.False(ProposedGrants.AreFor("python", new Project(directory)));
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    [Fact]
    public void So_many_and_so_deep_and_no_further()
    {
        string fifty = string.Join(',', Enumerable.Repeat("'a --write .'", 50));
        Assert.Equal(50, ProposedLines.Read($"[tool.sandpiper]\nallow=[{fifty}]\n").Length);
        Assert.Throws<FormatException>(() => ProposedLines.Read($"[tool.sandpiper]\nallow=[{fifty},'a']\n"));
        Assert.Throws<FormatException>(() => ProposedLines.Read($"[tool.sandpiper]\nallow=['{new string('a', 301)}']\n"));
        Assert.Throws<FormatException>(() => ProposedLines.Read($"x={new string('[', 5_000)}{new string(']', 5_000)}\n"));
    }

    [Fact]
    public void Whatever_the_text_it_ends_in_plain_words_or_a_refusal()
    {
        string[] words = ["[tool.sandpiper]\n", "allow", "=", "[", "]", "'a --write .'", "\"", "'", "{", "}", ",", "\n", "#", "tool", ".",
            "sandpiper", "\\u0000", "1", "[[", "]]", "'''", "\"\"\""];
        Gen<string> piece = Gen.OneOf(Gen.Int[0, words.Length - 1].Select(i => words[i]), Gen.String[0, 4]);
        piece.Array[0, 24].Select(string.Concat).Sample(text =>
        {
            try
            {
                Assert.All(ProposedLines.Read(text), line => Assert.All(line, c => Assert.InRange(c, ' ', '~')));
            }
            catch (FormatException)
            {
                // refused
            }
        }, iter: Fuzz.Inputs);
    }
}
