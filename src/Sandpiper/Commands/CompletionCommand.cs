using System.CommandLine;
using System.CommandLine.Completions;
using System.CommandLine.Parsing;
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
            []) { HasJson = false };
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
    public static Command BuildSuggestions(Command root)
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
    public static IEnumerable<string> CandidatesFor(Command root, string[] typed)
    {
        string unfinished = typed.Length > 0 ? typed[^1] : "";
        string line = string.Join(' ', typed);
        ParseResult parsed = root.Parse(line, CommandLine.Reading());
        CompletionContext context = parsed.GetCompletionContext() is TextCompletionContext text
            ? text.AtCursorPosition(line.Length) : parsed.GetCompletionContext();
        bool optionsAreOver = typed.SkipLast(1).Contains("--", StringComparer.Ordinal) || IsAmongTheProgramsWords(parsed, unfinished);
        // Asked itself, the parser would take every further word for one more value of an option that may be repeated.
        Symbol next = !optionsAreOver && typed.Length > 1
            && WrongWords.OptionsOf(parsed.CommandResult.Command).FirstOrDefault(o => TakesValue(o, typed[^2])) is { } option
            ? option
            : parsed.CommandResult.Command;
        return next.GetCompletions(context)
            .Select(item => item.InsertText ?? item.Label)
            .Where(candidate => candidate.StartsWith(unfinished, StringComparison.Ordinal) && !candidate.StartsWith('/')
                && !(optionsAreOver && candidate.StartsWith('-')))
            .Distinct(StringComparer.Ordinal);
    }

    private static bool TakesValue(Option option, string word) =>
        option.Arity.MinimumNumberOfValues > 0
            && (string.Equals(option.Name, word, StringComparison.Ordinal) || option.Aliases.Contains(word));

    private static bool IsAmongTheProgramsWords(ParseResult parsed, string unfinished) => parsed.CommandResult.Command.Name is "python"
        || parsed.CommandResult.Children.OfType<ArgumentResult>()
            .Any(a => a.Argument.CaptureRemainingTokens && a.Tokens.Count > (unfinished.Length > 0 ? 1 : 0));

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
        _ => throw new ExplainedException(
            new(ExitCode.WrongUsage, $"there is no completion script for `{shell}`", "bash, zsh and fish are supported",
            "sandpiper help completion")),
    };
}
