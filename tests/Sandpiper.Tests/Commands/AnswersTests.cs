using System.Collections.Immutable;
using Sandpiper.Commands;
using Sandpiper.Console;
using Sandpiper.Environments.Verifying;
using Sandpiper.Operations;
using Sandpiper.Packaging.Names;
using Sandpiper.Tests.Console;

namespace Sandpiper.Tests.Commands;

public sealed class AnswersTests : IDisposable
{
    private static readonly string Wheel = Sha256Digest.Of("a wheel"u8).Hex;

    private readonly Folder _folder = new();
    private readonly Listener _listener = new();

    // started by root, it takes a directory over while that is empty
    public AnswersTests() => BuiltCommand.Run("list", "--root", _folder.Path);

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(1, "1 package")]
    [InlineData(2, "2 packages")]
    public void A_change_that_is_none_counts_what_is_there(int packages, string counted)
    {
        ChangeReport.WriteWords(_listener.Terminal, "shared", new EnvironmentChange(3, IsNew: false, [], packages, TimeSpan.Zero),
            isDryRun: false);
        Assert.Equal($"Everything is as asked already: generation 3 of `shared`, {counted}\n", _listener.Error);
    }

    [Theory]
    [InlineData(true, "`shared` is at generation 3 again, with the same packages\n")]
    [InlineData(false, "Everything is as asked already: generation 3 of `shared`, 2 packages\n")]
    public void A_switch_to_the_same_packages_is_told_as_one(bool isSwitched, string told)
    {
        ChangeReport.WriteWords(_listener.Terminal, "shared",
            new EnvironmentChange(3, IsNew: false, [], 2, TimeSpan.Zero) { IsSwitched = isSwitched }, isDryRun: false);
        Assert.Equal(told, _listener.Error);
    }

    [Fact]
    public void The_way_on_names_the_environment_that_was_meant()
    {
        _folder.WriteGeneration("other", "six");
        Assert.Contains("hint: sandpiper list --env other\n",
            BuiltCommand.Run("show", "absent", "--env", "other", "--root", _folder.Path).Error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_generation_that_no_line_speaks_of_is_told_with_the_way_on()
    {
        _folder.WriteGeneration("other", "six");
        Assert.Equal("""
            of 1 generation the ledger knows nothing any more
            what can be told is written down again by: sandpiper repair --env other

            """, BuiltCommand.Run("history", "--env", "other", "--root", _folder.Path).Error);
    }

    [Fact]
    public void A_generation_that_was_current_more_than_once_is_marked_once_and_never_hinted_at()
    {
        _folder.WriteGeneration("shared", "six");
        string[] lines = [Line(1, "null", 1), Line(2, "1", 2), Line(3, "2", 3), Line(1, "3", 4)];
        _folder.Write("envs/shared/ledger.jsonl", string.Concat(lines));
        Dictionary<string, string?> greenwich = new(StringComparer.Ordinal) { ["TZ"] = "UTC" };
        Ended ended = BuiltCommand.RunWith(greenwich, "history", "--root", _folder.Path);
        Assert.Equal("""
              1 ● 2026-11-04 12:00  rollback   no package changed
              3 × 2026-11-03 12:00  install    no package changed
              2 × 2026-11-02 12:00  install    no package changed
              1   2026-11-01 12:00  install    no package changed

            """, ended.Output);
        // 2 and 3 are gone, and where it would go back to is where it is.
        Assert.Equal("", ended.Error);

        static string Line(int to, string from, int day) => $$"""
            {"event":"change","to":{{to}},"command":"{{(from is "3" ? "rollback" : "install")}}","when":"2026-11-0{{day}}T12:00:00Z",
            """.TrimEnd() + $$"""
            "who":"me","uid":1000,"from":{{from}},"changes":[],"overrides":[]}
            {"event":"switched","to":{{to}}}

            """;
    }

    [Fact]
    public void A_line_of_the_ledger_that_cannot_be_read_is_counted()
    {
        _folder.WriteGeneration("shared", "six");
        _folder.Write("envs/shared/ledger.jsonl", "broken\n");
        Assert.Contains("1 line of the ledger cannot be read\n", BuiltCommand.Run("history", "--root", _folder.Path).Error,
            StringComparison.Ordinal);
    }

    [Fact]
    public void History_tells_the_newest_change_first_and_only_what_happened()
    {
        _folder.WriteGeneration("shared", "six");
        string four = string.Join(',', "abcd".Select(name => $$"""{"name":"{{name}}","after":"1"}"""));
        _folder.Write("envs/shared/ledger.jsonl", $$"""
            {{Change("2026-11-01", from: 1, to: 2, "install", """{"name":"six","before":"1.0","after":"1.1"}""")}}
            {"event":"switched","to":2}
            {{Change("2026-11-02", from: 2, to: 3, "install", four)}}
            {"event":"switched","to":3}
            {{Change("2026-11-03", from: 3, to: 4, "uninstall", """{"name":"a","before":"1"}""")}}
            {{Change("2026-11-04", from: 3, to: 1, "rollback", """{"name":"b","before":"1"}""")}}
            {"event":"switched","to":1}

            """);
        Dictionary<string, string?> greenwich = new(StringComparer.Ordinal) { ["TZ"] = "UTC" };
        Ended ended = BuiltCommand.RunWith(greenwich, "history", "--root", _folder.Path);
        Assert.Equal(0, ended.ExitCode);
        Assert.Equal("""
              1 ● 2026-11-04 12:00  rollback   - b 1
                    it set a rule aside
              3 × 2026-11-02 12:00  install    + a 1, + b 1, + c 1, and 1 more
                    it set a rule aside
              2 × 2026-11-01 12:00  install    six 1.0 → 1.1
                    it set a rule aside

            """, ended.Output);

        static string Change(string day, int from, int to, string command, string changes) => $$"""
            {"event":"change","to":{{to}},"command":"{{command}}","when":"{{day}}T12:00:00Z","who":"me","uid":1000,"from":{{from}},
            """.TrimEnd() + $$"""
            "changes":[{{changes}}],"overrides":["it set a rule aside"]}
            """;
    }

    [Fact]
    public void List_tells_of_what_nobody_asked_for_whose_it_is()
    {
        _folder.WriteGeneration("shared", ("certifi", "2026.1.1", ["requests", "tide"]), ("requests", "2.0", []),
            ("urllib3", "3", ["requests"]));
        Ended ended = BuiltCommand.Run("list", "--root", _folder.Path);
        Assert.Equal((0, ""), (ended.ExitCode, ended.Error));
        Assert.Equal("""
            certifi   2026.1.1  for requests, tide
            requests  2.0
            urllib3   3         for requests

            """, ended.Output);
    }

    [Fact]
    public void What_is_not_as_installed_stands_in_columns()
    {
        VerifyCommand.WriteDeviations(_listener.Terminal,
        [
            new(DeviationKind.Changed, "lib/six.py", null, RunsAtStart: false),
            new(DeviationKind.Mode, "lib/x\n.pth", null, RunsAtStart: true),
        ]);
        Assert.Equal("""
            × 2 things are not as installed
              lib/six.py      changed  no package
              lib/x\u{a}.pth  mode     no package  runs at every Python start

            """, _listener.Output);
    }

    [Fact]
    public void What_is_too_much_to_show_can_be_had_otherwise()
    {
        VerifyCommand.WriteDeviations(_listener.Terminal,
            [.. Enumerable.Range(0, 187).Select(n => new Deviation(DeviationKind.Missing, $"lib/{n}.py", null, RunsAtStart: false))]);
        Assert.EndsWith("\n  … and 147 more; `sandpiper verify --json` lists all\n", _listener.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void A_field_without_a_value_ends_with_its_colon()
    {
        ShowCommand.WriteField(_listener.Terminal, "License", null);
        ShowCommand.WriteField(_listener.Terminal, "Requires", "");
        ShowCommand.WriteField(_listener.Terminal, "Name", "six");
        Assert.Equal("License:\nRequires:\nName: six\n", _listener.Output);
    }

    [Fact]
    public void A_rule_is_accepted_in_any_case_and_must_be_named()
    {
        Ended unnamed = BuiltCommand.Run("allow", "six==1", "--reason", "read it", "--root", _folder.Path);
        Assert.Equal((int)ExitCode.WrongUsage, unnamed.ExitCode);
        Assert.StartsWith("× `--rule` is missing\n", unnamed.Error, StringComparison.Ordinal);
        Ended allowed = BuiltCommand.Run(
            "allow", "six==1", "--rule", "sp-wheel-21", "--reason", "read it", "--sha256", Wheel, "--root", _folder.Path);
        Assert.Equal((0, $"On record as number 1: six 1 may do what SP-WHEEL-21 refuses, as the wheel {Wheel}.\n"),
            (allowed.ExitCode, allowed.Error));
        Assert.Contains("  SP-WHEEL-21  ", BuiltCommand.Run("allow", "--root", _folder.Path).Output, StringComparison.Ordinal);
    }

    // Else whatever the index gives next would be what was accepted.
    [Fact]
    public void Nothing_is_accepted_of_which_nobody_knows_the_bytes()
    {
        foreach (string[] more in (string[][])[[], ["--sha256", Wheel[..12]]])
        {
            Ended unknown = BuiltCommand.Run(
                ["allow", "six==1", "--rule", "SP-WHEEL-21", "--reason", "read it", "--root", _folder.Path, .. more]);
            Assert.Equal((int)ExitCode.CouldNot, unknown.ExitCode);
            Assert.Contains("hint: sandpiper install six==1 ", unknown.Error, StringComparison.Ordinal);
        }
        Ended pair = BuiltCommand.Run("allow", "six==1", "--rule", "SP-ENV-01", "--reason", "read it", "--sha256", Wheel, "--root",
            _folder.Path);
        Assert.Equal((int)ExitCode.CouldNot, pair.ExitCode);
        Assert.Equal("Nothing was allowed so far.\n", BuiltCommand.Run("allow", "--root", _folder.Path).Error);
    }

    [Fact]
    public void What_was_allowed_ends_when_it_says_so_or_is_taken_back()
    {
        string[] six = ["allow", "six==1", "--reason", "read it", "--sha256", Wheel, "--root", _folder.Path, "--rule"];
        Assert.Equal(0, BuiltCommand.Run([.. six, "SP-WHEEL-21", "--expires", "30 days"]).ExitCode);
        Assert.Equal(0, BuiltCommand.Run([.. six, "SP-WHEEL-22"]).ExitCode);
        Assert.Equal((int)ExitCode.WrongUsage, BuiltCommand.Run([.. six, "SP-WHEEL-22", "--expires", "2020-01-01"]).ExitCode);
        Assert.Equal(0, BuiltCommand.Run("allow", "--withdraw", "2", "--root", _folder.Path).ExitCode);
        Assert.Equal((int)ExitCode.CouldNot, BuiltCommand.Run("allow", "--withdraw", "2", "--root", _folder.Path).ExitCode);
        string[] list = BuiltCommand.Run("allow", "--root", _folder.Path).Output.Split('\n');
        Assert.StartsWith("     until ", list[1], StringComparison.Ordinal);
        Assert.StartsWith("     holds no more: taken back by ", list[3], StringComparison.Ordinal);
    }

    [Fact]
    public void What_was_allowed_before_it_held_for_bytes_is_shown_with_what_to_type()
    {
        _folder.Write(
            "waivers.jsonl",
            """{"name":"six","version":"1","rule":"SP-WHEEL-21","reason":"x","who":"w","when":"2026-01-01T00:00:00+00:00"}""" + "\n");
        Assert.Contains("holds no more: it names no bytes. sandpiper allow six==1 --rule SP-WHEEL-21 --reason …\n",
            BuiltCommand.Run("allow", "--root", _folder.Path).Output, StringComparison.Ordinal);
    }
}
