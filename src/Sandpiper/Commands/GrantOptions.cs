using System.Collections.Immutable;
using System.CommandLine;
using Sandpiper.Console;
using Sandpiper.Sandbox.Profiles;

namespace Sandpiper.Commands;

/// <summary>What a program may do beyond what every one may: for one run, or remembered. The same options mean the same in both.</summary>
internal sealed class GrantOptions
{
    private readonly Option<string[]> _write = new("--write")
    {
        HelpName = "PATH",
        Description = "let it change this directory or file; what makes later programs run (.git, conftest.py, …) stays read-only in it "
            + "unless it is named, too",
    };

    private readonly Option<string[]> _read = new("--read") { HelpName = "PATH", Description = "show it this directory or file" };

    private readonly TextOption _net = new("--net")
    {
        HelpName = "all",
        Description = "the network of this machine; single hosts cannot be named yet",
    };

    private readonly Option<string[]> _variables = new("--env-var")
    {
        HelpName = "NAME",
        Description = "hand this environment variable on",
    };

    private readonly string _undone;

    private GrantOptions(string undone)
    {
        _undone = undone;
        _net.CompletionSources.Add("all");
    }

    /// <param name="undone">What did not happen when one of them is wrong.</param>
    public static GrantOptions AddTo(Command command, string undone)
    {
        var options = new GrantOptions(undone);
        foreach (Option option in options.All) command.Options.Add(option);
        return options;
    }

    private ImmutableArray<Option> All => [_write, _read, _net, _variables];

    /// <summary>Whether one of them was used.</summary>
    public bool AreUsed(ParseResult parsed) => All.Any(option => parsed.GetResult(option) is { Implicit: false });

    /// <param name="path">What becomes of a path as it was typed.</param>
    public Grants Chosen(ParseResult parsed, Func<string, string> path) => new()
    {
        Write = [.. (parsed.GetValue(_write) ?? []).Select(path)],
        Read = [.. (parsed.GetValue(_read) ?? []).Select(path)],
        Network = Network(parsed.GetValue(_net), parsed),
        Variables = [.. (parsed.GetValue(_variables) ?? []).Select(name => NameOf(name, parsed))],
    };

    private string NameOf(string variable, ParseResult parsed) => variable.Length > 0 && !variable.Contains('=', StringComparison.Ordinal)
        ? variable
        : throw new ExplainedException(new(
            ExitCode.WrongUsage, $"`--env-var {variable.Split('=')[0]}=…` is not supported; {_undone}",
            "a variable of yours is handed on as it is, by its name alone", $"sandpiper help {parsed.CommandResult.Command.Name}"));

    private bool Network(string? net, ParseResult parsed) => net switch
    {
        null => false,
        "all" => true,
        _ => throw new ExplainedException(new(
            ExitCode.WrongUsage, $"`--net {net}` is not supported yet; {_undone}",
            "only the whole network can be granted: --net all", $"sandpiper help {parsed.CommandResult.Command.Name}")),
    };
}
