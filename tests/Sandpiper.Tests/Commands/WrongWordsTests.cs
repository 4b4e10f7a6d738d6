using System.CommandLine;
using CsCheck;
using Sandpiper.Commands;
using Sandpiper.Console;

namespace Sandpiper.Tests.Commands;

public sealed class WrongWordsTests
{
    [Theory]
    [InlineData("there is no command `instal`; nothing was done", "did you mean `install`?", "instal", "six")]
    [InlineData("there is no command `xyzzy`; nothing was done", "`sandpiper help` lists all that there are", "xyzzy")]
    [InlineData("there is no command `xyzzy`; nothing was done", "`sandpiper help` lists all that there are", "xyzzy", "--quiet")]
    [InlineData("`list` has no option `--jsn`; nothing was done", "did you mean `--json`?", "list", "--jsn")]
    [InlineData("`install` has no option `--dryrun`; nothing was done", "did you mean `--dry-run`?", "install", "six", "--dryrun")]
    [InlineData("`install` has no option `-x`; nothing was done", "its help lists those that there are", "install", "six", "-x")]
    [InlineData("`uninstall` has no option `--foo`; nothing was done", "its help lists those that there are", "uninstall", "--foo", "six")]
    [InlineData("`list` is one word too many", "", "list", "list")]
    [InlineData("`show` needs to be told NAME; nothing was done", "its help shows what it takes", "show")]
    [InlineData("`list` has no option `--jsn`; nothing was done", "did you mean `--json`?", "list", "--jsn=1")]
    [InlineData("`--env` stands before `list`; nothing was done", "it is an option of `list` and comes after it", "--env", "x", "list")]
    [InlineData("`-r` stands before `install`; nothing was done", "it is an option of `install` and comes after it", "-r", "x", "install")]
    [InlineData("`list` has no option `--wrong`; nothing was done", "its help lists those that there are", "--wrong", "list")]
    [InlineData("there is no command `pip`; nothing was done", "its commands are Sandpiper's own: `sandpiper install`, `sandpiper list`",
        "pip", "install", "six")]
    [InlineData("there is no command `pip`; nothing was done", "its commands are Sandpiper's own: `sandpiper install`, `sandpiper list`",
        "--color", "never", "pip", "list")]
    [InlineData("there is no command `upgrade`; nothing was done", "did you mean `install`?", "upgrade", "six")]
    [InlineData("there is no command `rm`; nothing was done", "did you mean `uninstall`?", "rm", "six")]
    [InlineData("`env` has no `lisst`; nothing was done", "did you mean `env list`?", "env", "lisst")]
    [InlineData("`env` has no `create`; nothing was done", "it has list, python, kernel, activate, path, remove", "env", "create", "x")]
    [InlineData("`cache` has no `clear`; nothing was done", "did you mean `cache clean`?", "cache", "clear")]
    [InlineData("`home` has no `x`; nothing was done", "it has show, list, take, empty", "home", "x")]
    [InlineData("`held` has no `http://***@h/`; nothing was done", "it has list, show, keep, drop, forget",
        "held", "http://user:se/kret@h/")]
    [InlineData("`-x` is one word too many for `list`; nothing was done", "its help shows what it takes", "list", "--", "-x")]
    [InlineData("`--write` was given an empty value; nothing was done", "it takes PATH", "run", "--write", "", "--", "true")]
    [InlineData("`-r` was given an empty value; nothing was done", "it takes FILE", "install", "-r", "")]
    [InlineData("`--root` was given an empty value; nothing was done", "it takes DIR", "--root", "", "list")]
    [InlineData("`--root` was given an empty value; nothing was done", "it takes DIR", "list", "--root", "")]
    [InlineData("`--env-var` was given an empty value; nothing was done", "it takes NAME", "run", "--env-var", "", "true")]
    [InlineData("`--env` has no value; nothing was done", "it takes NAME", "list", "--env")]
    [InlineData("`held` has no option `--env`; nothing was done", "it is about none of your environments alone: leave that out", "held",
        "--env", "x")]
    [InlineData("`gc` has no option `--env`; nothing was done", "it is about none of your environments alone: leave that out", "gc",
        "--env=x")]
    [InlineData("`--env` has no value; nothing was done", "it takes NAME", "python", "--env")]
    [InlineData("`--` stands before `list`; nothing was done", "the command comes first", "--", "list")]
    [InlineData("`http://***@h/` is one word too many for `list`; nothing was done", "its help shows what it takes", "list",
        "http://user:se/kret@h/")]
    [InlineData("there is no command `http://***@h/`; nothing was done", "`sandpiper help` lists all that there are",
        "http://user:se/kret@h/")]
    [InlineData("`--env` has no value; nothing was done", "it takes NAME", "list", "--env", "x", "--env")]
    [InlineData("`--env` has no value; nothing was done", "it takes NAME", "run", "--env=", "--", "true")]
    [InlineData("`--env` was given an empty value; nothing was done", "it takes NAME", "install", "--env=", "six")]
    [InlineData("no command was named; nothing was done", "`sandpiper help` lists all that there are", "--json")]
    [InlineData("that command line was not understood; nothing was done", "`-1` is no number of a generation", "rollback", "--", "-1")]
    [InlineData("that command line was not understood; nothing was done", "`one` is no number of a generation", "rollback", "one")]
    [InlineData("that command line was not understood; nothing was done", "`x` is no number of what is kept aside", "held", "show", "x",
        "1")]
    [InlineData("that command line was not understood; nothing was done", "`http://***@h/` is no number of what is kept aside", "held",
        "drop", "http://user:se/kret@h/")]
    public void The_wrong_word_is_named(string what, string because, params string[] args)
    {
        Explanation wrong = WrongWords.In(CommandLine.Parse(CommandLine.Build(), args))!;
        Assert.Equal(ExitCode.WrongUsage, wrong.Exit);
        Assert.StartsWith(what, wrong.What, StringComparison.Ordinal);
        if (because.Length > 0) Assert.Equal([because], wrong.Because);
        Assert.All(wrong.Hints, hint => Assert.StartsWith("sandpiper help", hint, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("install", "six", "-U")]
    [InlineData("run", "--", "python", "--wrong")]
    [InlineData("python", "--wrong")]
    [InlineData("python", "--env", "x", "--wrong")]
    [InlineData("env", "kernel", "--env", "x", "--as", "y")]
    [InlineData("rollback", "--", "1")]
    [InlineData("show", "--", "-x")]
    [InlineData("list", "--version")]
    public void A_right_line_is_left_alone(params string[] args) =>
        Assert.Null(WrongWords.In(CommandLine.Parse(CommandLine.Build(), args)));

    [Theory]
    [InlineData("list", "--env", "a", "--env", "b")]
    [InlineData("list", "--env", "a", "--env=b")]
    public void Of_an_option_given_twice_the_last_one_counts(params string[] args)
    {
        ParseResult parsed = CommandLine.Parse(CommandLine.Build(), args);
        Assert.Null(WrongWords.In(parsed));
        Assert.Equal("b", parsed.GetValue<string>("--env"));
    }

    // One that was read by the parser's own rules ended the process with a trace, or was told in the parser's words.
    [Fact]
    public void Whatever_value_an_option_is_given_and_however_often_it_is_told_in_words_of_ours()
    {
        Command root = CommandLine.Build();
        foreach (Command command in root.Subcommands)
        {
            foreach (Option option in WrongWords.OptionsOf(command).Where(o => o.Arity.MaximumNumberOfValues > 0 && o.HelpName is not null))
            {
                foreach (string[] values in (string[][])[["x"], ["-1"], ["99999999999999999999"], ["1.5"], ["1", "1"]])
                {
                    string[] line = [command.Name, .. values.Select(value => $"{option.Name}={value}")];
                    Assert.All(CommandLine.Parse(root, line).Errors.Select(e => e.Message), said => Assert.False(
                        said.Contains("System.", StringComparison.Ordinal) || said.Contains("a single argument", StringComparison.Ordinal),
                        $"{string.Join(' ', line)}: {said}"));
                }
            }
        }
    }

    [Fact]
    public void A_word_after_an_option_with_one_value_is_none_of_its_values() =>
        Assert.Equal(["six"], CommandLine.Parse(CommandLine.Build(), ["install", "--env", "a", "six"]).GetValue<string[]>("REQ")!);

    [Theory]
    [InlineData("list", "lits", 1)]
    [InlineData("install", "uninstall", 2)]
    [InlineData("", "run", 3)]
    public void Slips_are_counted(string one, string other, int slips) => Assert.Equal(slips, WrongWords.SlipsBetween(one, other));

    [Fact]
    public void Slips_are_the_same_both_ways_and_none_only_between_equal_words() =>
        Gen.Select(Gen.String[Gen.Char['a', 'd'], 0, 6], Gen.String[Gen.Char['a', 'd'], 0, 6]).Sample((a, b) =>
            WrongWords.SlipsBetween(a, b) == WrongWords.SlipsBetween(b, a) && (WrongWords.SlipsBetween(a, b) == 0) == (a == b)
            && WrongWords.SlipsBetween(a, b) <= Math.Max(a.Length, b.Length));
}
