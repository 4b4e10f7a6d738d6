using System.Text;
using CsCheck;
using Sandpiper.Packaging.Wheels;

namespace Sandpiper.Packaging.Tests.Wheels;

public sealed class EntryPointsTests
{
    private const string Usual =
        "[console_scripts]\nblack = black:patched_main\nblackd = blackd : main.run [d, colorama]\r\n\n[gui_scripts]\n" +
        "# a comment\nIdle.Ünicode=idle.Ärger:öffnen_2\n\n[flake8.extension]\nX = anything:at all, really\n";

    [Fact]
    public void Console_and_gui_scripts_are_given_and_other_groups_left_alone()
    {
        Assert.True(EntryPoints.TryParseScripts(Bytes(Usual), out var scripts, out _));
        Assert.Equal(
        [
            new ScriptEntryPoint("black", "black", "patched_main", IsGui: false),
            new ScriptEntryPoint("blackd", "blackd", "main.run", IsGui: false),
            new ScriptEntryPoint("Idle.Ünicode", "idle.Ärger", "öffnen_2", IsGui: true),
        ], scripts);
    }

    [Theory]
    [InlineData("../../.bashrc")]
    [InlineData("..")]
    [InlineData(".")]
    [InlineData("/usr/bin/python")]
    [InlineData("a\\b")]
    [InlineData("a\u001bb")]
    [InlineData("a\u202eb")]
    [InlineData("")]
    public void A_script_is_a_file_in_the_scripts_directory(string name) => Assert.False(Reads($"[console_scripts]\n{name} = a:b\n"));

    [Theory]
    [InlineData("a")]
    [InlineData("a:")]
    [InlineData(":b")]
    [InlineData("a:b:c")]
    [InlineData("a:b()")]
    [InlineData("a:b; import os")]
    [InlineData("a:b # comment")]
    [InlineData("a:b'")]
    [InlineData("a\"\"\":b")]
    [InlineData("a b:c")]
    [InlineData("a..b:c")]
    [InlineData("a.:c")]
    [InlineData("1a:c")]
    [InlineData("a-b:c")]
    [InlineData("a:b [x")]
    [InlineData("a:b [x] y")]
    [InlineData("a:b [x\"]")]
    [InlineData("a:\ud83d\ude00")]
    public void A_reference_is_dotted_identifiers_and_no_code(string reference) =>
        Assert.False(Reads($"[console_scripts]\nx = {reference}\n"));

    [Theory]
    [InlineData("x = a:b\n")]
    [InlineData("[console_scripts]\nx\n")]
    [InlineData("[console_scripts]\nx = a:b\n  .c\n")]
    [InlineData("[console_scripts]\nx = a:b\n y = c:d\n")]
    [InlineData("[console_scripts]\nx = a:b\u0085y = c:d\n")]
    [InlineData("[console_scripts]\nx = a:b\ry = c:d\n")]
    [InlineData("[console_scripts]\nx = a:b\nx = c:d\n")]
    [InlineData("[console_scripts]\nx = a:b\n[gui_scripts]\nx = c:d\n")]
    [InlineData("[console_scripts]\nx = a:b\n[gui_scripts]\nx = a:b\nx = a:b\n")]
    [InlineData("[console_scripts]\nx = a:b\n[console_scripts]\ny = c:d\n")]
    [InlineData("[console_scripts] x = a:b\n")]
    [InlineData("[[console_scripts]]\nx = a:b\n")]
    [InlineData("[]\nx = a:b\n")]
    [InlineData("[")]
    [InlineData("[console_scripts\nx = a:b\n")]
    [InlineData("[a]b]\nx = a:b\n")]
    public void What_two_readers_could_read_differently_is_refused(string text) => Assert.False(Reads(text));

    [Fact]
    public void Lines_that_are_all_indented_continue_nothing() => Assert.True(Reads("    [console_scripts]\n    x = a:b\n    y = c:d\n"));

    [Fact]
    public void An_endless_file_is_refused()
    {
        Assert.False(Reads("[console_scripts]\n" + string.Concat(Enumerable.Range(0, 5000).Select(i => $"x{i} = a:b\n"))));
        Assert.False(Reads(new string('\n', 2 << 20)));
    }

    [Fact]
    public void Any_bytes_are_read_or_refused_and_a_script_can_be_pasted_into_source() => HostileBytes.Any(Usual).Sample(bytes =>
    {
        if (!EntryPoints.TryParseScripts(bytes, out var scripts, out string problem)) return problem.Length > 0 && scripts.IsEmpty;
        return scripts.All(script =>
            Path.GetFileName(script.Name) == script.Name && script.Name is not ("" or "." or "..") && !script.Name.Any(char.IsControl) &&
            (script.Module + script.Attribute).All(c => char.IsLetterOrDigit(c)
                || char.GetUnicodeCategory(c).ToString().Contains("Mark") || char.IsSurrogate(c) || c is '.' or '_'));
    }, iter: 10_000);

    private static bool Reads(string text) => EntryPoints.TryParseScripts(Encoding.UTF8.GetBytes(text), out _, out _);

    private static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);

    [Fact]
    public void One_command_in_both_groups_with_one_reference_is_one_command()
    {
        Assert.True(EntryPoints.TryParseScripts(
            "[console_scripts]\nx = a:b\n[gui_scripts]\nx = a : b\ny = a:b\n"u8, out var scripts, out _));
        Assert.Equal([new("x", "a", "b", IsGui: false), new ScriptEntryPoint("y", "a", "b", IsGui: true)], scripts);
    }
}
