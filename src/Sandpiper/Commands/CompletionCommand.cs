using System.CommandLine;
using System.CommandLine.Completions;
using Sandpiper.Console;

namespace Sandpiper.Commands;

/// <summary><c>completion SHELL</c>: a script that asks this program what could come next.</summary>
internal static class CompletionCommand
{
    private const string Suggestions = "complete-words";

    public static Command Build()
    {
        var shell = new Argument<string>("SHELL") { HelpName = "bash|zsh|fish" };
        shell.CompletionSources.Add("bash", "zsh", "fish");
        var command = new TaughtCommand("completion", "print a completion script for bash, zsh or fish",
            [
                new("source <(sandpiper completion bash)", "in ~/.bashrc"),
                new("source <(sandpiper completion zsh)", "in ~/.zshrc, after compinit"),
                new("sandpiper completion fish | source", "in ~/.config/fish/config.fish"),
            ],
            []);
        command.Arguments.Add(shell);
        command.SetAction(parsed =>
        {
            Terminal terminal = Session.TerminalOf(parsed);
            terminal.Raw(ScriptFor(parsed.GetValue(shell)!));
            terminal.Flush();
            return (int)ExitCode.Done;
        });
        return command;
    }

    /// <summary>The hidden command behind the scripts: the words so far, the last one unfinished; answers one candidate a line.</summary>
    public static Command BuildSuggestions(RootCommand root)
    {
        var words = new Argument<string[]>("WORDS") { CaptureRemainingTokens = true, Arity = ArgumentArity.ZeroOrMore };
        var command = new Command(Suggestions, "what could come next") { Hidden = true };
        command.Arguments.Add(words);
        command.SetAction(parsed =>
        {
            Terminal terminal = Session.TerminalOf(parsed);
            foreach (string candidate in CandidatesFor(root, parsed.GetValue(words) ?? [])) terminal.Line(candidate);
            terminal.Flush();
            return (int)ExitCode.Done;
        });
        return command;
    }

    /// <summary>What <paramref name="typed"/> could go on with; its last word is unfinished, possibly empty.</summary>
    public static IEnumerable<string> CandidatesFor(RootCommand root, string[] typed)
    {
        string unfinished = typed.Length > 0 ? typed[^1] : "";
        string line = string.Join(' ', typed);
        return root.Parse(line, CommandLine.Reading()).GetCompletions(line.Length)
            .Select(item => item.InsertText ?? item.Label)
            .Where(candidate => candidate.StartsWith(unfinished, StringComparison.Ordinal) && !candidate.StartsWith('/'));
    }

    private static string ScriptFor(string shell) => shell switch
    {
        "bash" => $$"""
            _sandpiper() {
              COMPREPLY=($(sandpiper {{Suggestions}} -- "${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null))
            }
            complete -o default -F _sandpiper sandpiper

            """,
        "zsh" => $$"""
            _sandpiper() {
              local -a candidates
              candidates=("${(@f)$(sandpiper {{Suggestions}} -- "${(@)words[2,CURRENT]}" 2>/dev/null)}")
              compadd -a candidates
              (( ${#candidates} )) || _files
            }
            compdef _sandpiper sandpiper

            """,
        "fish" => $$"""
            complete -c sandpiper -a '(sandpiper {{Suggestions}} -- (commandline -opc)[2..] (commandline -ct) 2>/dev/null)'

            """,
        _ => throw new ExplainedException(new(ExitCode.WrongUsage, $"there is no completion script for `{shell}`", "bash, zsh and fish are supported", "sandpiper help completion")),
    };
}
