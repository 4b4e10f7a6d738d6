using System.CommandLine;
using System.Text.Json;
using Sandpiper.Commands;
using Sandpiper.Console;
using Sandpiper.Tests.Console;

namespace Sandpiper.Tests.Commands;

public sealed class CommandLineTests
{
    [Fact]
    public void A_failure_after_the_answer_is_told_in_words_and_by_the_exit_code_alone()
    {
        var answered = new Listener();
        JsonAnswer.Write(answered.Terminal, "list", json => json.WriteString("environment", "shared"));
        string answer = answered.Output;
        var words = new Listener();
        Assert.Equal(ExitCode.CouldNot, CommandLine.Fail(
            Parsed(["list", "--json"]), new IOException("a disk"), interruption: null, words.Terminal, answered.Terminal));
        Assert.Equal((answer, ""), (answered.Output, words.Output));
        Assert.Contains("a disk", words.Error, StringComparison.Ordinal);
        using var one = JsonDocument.Parse(answered.Output);
        Assert.Equal("sandpiper/list/1", one.RootElement.GetProperty("schema").GetString());

        var unanswered = new Listener();
        CommandLine.Fail(Parsed(["list", "--json"]), new IOException("a disk"), interruption: null, words.Terminal, unanswered.Terminal);
        using var refusal = JsonDocument.Parse(unanswered.Output);
        Assert.Equal("sandpiper/refusal/1", refusal.RootElement.GetProperty("schema").GetString());
    }

    // What is out of place may have been meant as an address. As an object none of it was masked, and in words only what has a scheme.
    [Theory]
    [InlineData("show", "http://u:SECRET@h/")]
    [InlineData("list", "--env", "http://u:SECRET@h/")]
    [InlineData("list", "--env", "u:SECRET@h")]
    [InlineData("gc", "--keep=u:SECRET@h")]
    [InlineData("run", "--explain", "--net", "u:SECRET@h", "--", "true")]
    [InlineData("run", "--explain", "--home", "u:SECRET@h", "--", "true")]
    [InlineData("review", "take", "u:SECRET@h")]
    [InlineData("allow", "--withdraw", "u:SECRET@h")]
    [InlineData("install", "-r", "http://u:SECRET@h/req.txt")]
    [InlineData("install", "--python", "http://u:SECRET@h", "six")]
    [InlineData("install", "six @ http://u:SEC/RET@h/six.whl")]
    public void A_secret_among_the_words_is_told_neither_in_words_nor_in_the_object(params string[] words)
    {
        using var folder = new Folder();
        Ended refused = BuiltCommand.Run(["--root", folder.Path, "--json", .. words]);
        Assert.NotEqual(0, refused.ExitCode);
        Assert.Contains("sandpiper/refusal/1", refused.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("SEC", refused.Output + refused.Error, StringComparison.Ordinal);
    }

    // It ended with a trace and a core.
    [Theory]
    [InlineData("show nope --json", 1)]
    [InlineData("--json nope", 2)]
    public void A_refusal_whose_object_cannot_be_written_is_a_refusal(string words, int exitCode)
    {
        using var folder = new Folder();
        Ended refused = BuiltCommand.Shell($"SANDPIPER_ROOT='{folder.Path}' exec '{BuiltCommand.Path}' {words} > /dev/full");
        Assert.Equal(exitCode, refused.ExitCode);
        Assert.StartsWith("× ", refused.Error, StringComparison.Ordinal);
        Assert.Contains("× the answer could not be written to standard output", refused.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("Unhandled", refused.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("python", "-v", "-c", "1")]
    [InlineData("python", "--json")]
    [InlineData("python", "--help")]
    [InlineData("--color", "never", "python", "-q")]
    [InlineData("--root", "/r", "--color", "never", "python", "--version")]
    [InlineData("--no-progress", "python", "@file")]
    public void Every_word_after_python_is_Pythons(params string[] args)
    {
        ParseResult parsed = Parsed(args);
        Assert.Empty(parsed.Errors);
        Assert.Equal("python", parsed.CommandResult.Command.Name);
        Assert.Equal(args[(Array.IndexOf(args, "python") + 1)..], WordsOf(parsed));
        Assert.False(parsed.GetValue(GlobalOptions.Verbose) || parsed.GetValue(GlobalOptions.Quiet) || parsed.GetValue(GlobalOptions.Json));
    }

    [Theory]
    [InlineData("work", "-c|1|--env|other", "python", "--env", "work", "-c", "1", "--env", "other")]
    [InlineData("work", "--json", "-q", "python", "--env=work", "--json")]
    [InlineData("shared", "-c|1|--env|other", "python", "-c", "1", "--env", "other")]
    public void An_environment_that_comes_first_after_python_is_ours(string environment, string words, params string[] args)
    {
        ParseResult parsed = Parsed(args);
        Assert.Empty(parsed.Errors);
        Assert.Equal((environment, words), (parsed.GetValue<string>("--env"), string.Join('|', WordsOf(parsed))));
    }

    // What is typed by habit after some commands is understood after the others, or it is said that it means nothing there.
    [Fact]
    public void Every_command_that_takes_the_name_of_an_environment_takes_it_as_an_option()
    {
        IEnumerable<string> without =
            CommandLine.Build().Subcommands.Where(c => !c.Hidden && c.Options.All(o => o.Name != "--env")).Select(c => c.Name);
        Assert.Equal(["try", "review", "doctor", "assess", "audit", "gc", "held", "cache", "purge", "demo", "completion", "help"], without);
    }

    [Fact]
    public void A_directory_of_the_name_python_is_no_command()
    {
        ParseResult parsed = Parsed(["--root", "python", "list", "--json"]);
        Assert.Equal(("list", "python", true),
            (parsed.CommandResult.Command.Name, parsed.GetValue(GlobalOptions.Root), parsed.GetValue(GlobalOptions.Json)));
    }

    [Fact]
    public void Every_word_after_the_program_of_run_is_the_programs()
    {
        ParseResult parsed = Parsed(["run", "--net", "all", "--", "python", "-v", "--net", "none"]);
        Assert.Empty(parsed.Errors);
        Assert.Equal(["python", "-v", "--net", "none"], WordsOf(parsed));
    }

    [Fact]
    public void A_file_of_arguments_is_never_read()
    {
        using var folder = new Folder();
        string file = folder.Write("words", "six\n");
        Assert.Equal([$"@{file}"], WordsOf(Parsed(["install", $"@{file}"])));
    }

    [Theory]
    [InlineData("install", "--wrong")]
    [InlineData("wrong")]
    [InlineData("show")]
    [InlineData("uninstall")]
    [InlineData("list", "six")]
    [InlineData("rollback", "one")]
    [InlineData("--color", "purple", "list")]
    [InlineData("install", "--exclude-newer", "soon", "six")]
    [InlineData("help", "wrong")]
    [InlineData("completion", "tcsh")]
    public void A_wrong_word_is_wrong_usage_and_answers_nothing(params string[] args)
    {
        (int exit, string output, string error) = BuiltCommand.Run(args);
        Assert.True(exit == (int)ExitCode.WrongUsage && output is "", $"exit {exit}, {output}{error}");
        Assert.StartsWith("× ", error, StringComparison.Ordinal);
        Assert.Contains("\nhint: sandpiper help", error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("TOKEN=secret")]
    [InlineData("=")]
    public void A_variable_is_handed_on_by_its_name_alone(string variable)
    {
        using var folder = new Folder();
        (int exit, _, string error) = BuiltCommand.Run("run", "--root", folder.Path, "--env-var", variable, "--", "true");
        Assert.Equal((int)ExitCode.RunFailed, exit);
        Assert.Contains($"`--env-var {variable.Split('=')[0]}=…` is not supported", error, StringComparison.Ordinal);
    }

    // 1, 2 and 3 may be the program's own codes.
    [Theory]
    [InlineData("run", "--env", "nowhere", "--", "true")]
    [InlineData("run", "--wrong", "--", "true")]
    [InlineData("run")]
    [InlineData("python", "-c", "pass")]
    public void What_is_not_started_is_told_from_every_program_that_fails(params string[] args)
    {
        using var folder = new Folder();
        (int exit, string output, _) = BuiltCommand.Run(["--root", folder.Path, .. args]);
        Assert.Equal(((int)ExitCode.RunFailed, ""), (exit, output));
    }

    [Fact]
    public void What_another_command_could_not_do_is_1()
    {
        using var folder = new Folder();
        Assert.Equal((int)ExitCode.CouldNot, BuiltCommand.Run("list", "--root", folder.Path, "--env", "nowhere").ExitCode);
    }

    [Theory]
    [InlineData("--version")]
    [InlineData("list", "--version")]
    [InlineData("--version", "list")]
    public void Its_version_is_one_line(params string[] args)
    {
        (int exit, string output, string error) = BuiltCommand.Run(args);
        Assert.Equal((0, $"sandpiper {CommandLine.Version}\n", ""), (exit, output, error));
    }

    [Theory]
    [InlineData("help")]
    [InlineData("--version")]
    [InlineData("completion bash")]
    public void An_answer_lost_on_a_full_disk_is_a_failure_that_is_told(string args)
    {
        (int exit, _, string error) = BuiltCommand.Shell($"exec {BuiltCommand.Path} {args} > /dev/full");
        Assert.Equal((int)ExitCode.CouldNot, exit);
        Assert.StartsWith("× the answer could not be written to standard output\n╰─▶ ", error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_reader_that_went_away_is_no_failure()
    {
        (int exit, string output, string error) = BuiltCommand.Shell($"{{ {BuiltCommand.Path} help; echo $? >&2; }} | true");
        Assert.Equal((0, "", "0\n"), (exit, output, error));
    }

    private static ParseResult Parsed(string[] args) => CommandLine.Parse(CommandLine.Build(), args);

    private static string[] WordsOf(ParseResult parsed) =>
        parsed.GetValue((Argument<string[]>)parsed.CommandResult.Command.Arguments[0]) ?? [];
}
