using System.CommandLine;
using Sandpiper.Console;

namespace Sandpiper.Commands;

/// <summary><c>help [COMMAND]</c>.</summary>
internal static class HelpCommand
{
    public static Command Build(Command root)
    {
        var name = new Argument<string?>("COMMAND") { Arity = ArgumentArity.ZeroOrOne };
        name.CompletionSources.Add(_ =>
            root.Subcommands.Where(c => !c.Hidden).Select(c => new System.CommandLine.Completions.CompletionItem(c.Name)));
        var command = new TaughtCommand(
            "help", "explain a command", [new("sandpiper help run", "what `run` does, with examples")], []) { HasJson = false };
        command.Arguments.Add(name);
        command.SetAction(parsed =>
        {
            Terminal terminal = Session.TerminalOf(parsed);
            string? asked = parsed.GetValue(name);
            Command? found = asked is null
                ? root : root.Subcommands.FirstOrDefault(c => string.Equals(c.Name, asked, StringComparison.Ordinal));
            if (found is null)
            {
                throw new ExplainedException(WrongWords.NoCommand(asked!, root));
            }
            HelpPage.Write(found, root, terminal);
            terminal.Flush();
            return (int)ExitCode.Done;
        });
        return command;
    }
}
