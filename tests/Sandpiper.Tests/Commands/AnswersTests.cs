using System.Collections.Immutable;
using Sandpiper.Commands;
using Sandpiper.Console;
using Sandpiper.Environments.Verifying;
using Sandpiper.Operations;
using Sandpiper.Tests.Console;

namespace Sandpiper.Tests.Commands;

public sealed class AnswersTests : IDisposable
{
    private readonly Folder _folder = new();
    private readonly Listener _listener = new();

    public AnswersTests() => BuiltCommand.Run("list", "--root", _folder.Path);     // started by root, it takes a directory over while that is empty

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(1, "1 package")]
    [InlineData(2, "2 packages")]
    public void A_change_that_is_none_counts_what_is_there(int packages, string counted)
    {
        ChangeReport.WriteWords(_listener.Terminal, "shared", new EnvironmentChange(3, IsNew: false, [], packages, TimeSpan.Zero), isDryRun: false);
        Assert.Equal($"Everything is as asked already: generation 3 of `shared`, {counted}\n", _listener.Error);
    }

    [Fact]
    public void A_line_of_the_ledger_that_cannot_be_read_is_counted()
    {
        _folder.WriteGeneration("shared", "six");
        _folder.Write("envs/shared/ledger.jsonl", "broken\n");
        Assert.Contains("1 line of the ledger cannot be read\n", BuiltCommand.Run("history", "--root", _folder.Path).Error, StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_not_as_installed_stands_in_columns()
    {
        VerifyCommand.WriteFindings(_listener.Terminal, [new(FindingKind.Changed, "lib/six.py", null, RunsAtStart: false), new(FindingKind.Mode, "lib/x\n.pth", null, RunsAtStart: true)]);
        Assert.Equal("""
            × 2 things are not as installed
              lib/six.py      changed  no package
              lib/x\u{a}.pth  mode     no package  runs at every Python start

            """, _listener.Output);
    }

    [Fact]
    public void What_is_too_much_to_show_can_be_had_otherwise()
    {
        VerifyCommand.WriteFindings(_listener.Terminal, [.. Enumerable.Range(0, 187).Select(n => new Finding(FindingKind.Missing, $"lib/{n}.py", null, RunsAtStart: false))]);
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
        Ended allowed = BuiltCommand.Run("allow", "six==1", "--rule", "sp-wheel-21", "--reason", "read it", "--root", _folder.Path);
        Assert.Equal((0, "On record: six 1 may do what SP-WHEEL-21 refuses.\n"), (allowed.ExitCode, allowed.Error));
        Assert.Contains("  SP-WHEEL-21  ", BuiltCommand.Run("allow", "--root", _folder.Path).Output, StringComparison.Ordinal);
    }
}
