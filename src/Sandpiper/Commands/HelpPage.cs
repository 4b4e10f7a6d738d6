using System.CommandLine;
using System.CommandLine.Invocation;
using System.Text;
using Sandpiper.Console;

namespace Sandpiper.Commands;

/// <summary>What <c>--help</c> and <c>help</c> show: examples first, then the words.</summary>
internal sealed class HelpPage : SynchronousCommandLineAction
{
    private const int Width = 80;
    private const int FirstColumn = 30;
    private const int LongestExample = 44;

    public override bool ClearsParseErrors => true;

    public override int Invoke(ParseResult parseResult)
    {
        Terminal terminal = Session.TerminalOf(parseResult);
        Write(parseResult.CommandResult.Command, parseResult.RootCommandResult.Command, terminal);
        terminal.Flush();
        return (int)ExitCode.Done;
    }

    /// <summary>The page of one command; of the root command, the list of all.</summary>
    public static void Write(Command command, Command root, Terminal terminal)
    {
        if (command is TaughtCommand taught) WriteCommand(taught, terminal);
        else WriteOverview(root, terminal);
        bool hasJson = command is not TaughtCommand { HasJson: false };
        WriteOptions("Options everywhere", root.Options.Where(o => hasJson || o != GlobalOptions.Json), terminal);
    }

    /// <summary>What somebody sees who types nothing but the name.</summary>
    public static void WriteFirstContact(Terminal terminal)
    {
        terminal.Line("Sandpiper installs and runs Python packages without trusting them.");
        terminal.Line("");
        terminal.Line("  sandpiper install matplotlib requests    into your shared environment");
        terminal.Line("  sandpiper run -- python plot.py          run a program from it, confined");
        terminal.Line("  sandpiper try black --check .            a package once, thrown away after");
        terminal.Line("  sandpiper assess                         what each way of installing exposes");
        terminal.Line("  sandpiper audit                          what pip left here and should worry");
        terminal.Line("  sandpiper demo                           the whole story in a minute, offline");
        terminal.Line("");
        terminal.Line("`sandpiper help` lists all commands, `sandpiper help COMMAND` explains one.");
    }

    private static void WriteOverview(Command root, Terminal terminal)
    {
        terminal.Line("Sandpiper installs and runs Python packages without trusting them.");
        terminal.Line("");
        terminal.Line(Inked.Bold("Commands"));
        foreach (Command command in root.Subcommands.Where(c => !c.Hidden))
        {
            terminal.Line("  ", Inked.Cyan(command.Name.PadRight(12)), command.Description ?? "");
        }
        terminal.Line("");
        terminal.Line("`sandpiper help COMMAND` explains one, with examples.");
    }

    private static void WriteCommand(TaughtCommand command, Terminal terminal)
    {
        terminal.Line(command.Description ?? "");
        terminal.Line("");
        // What a line does stands beside it, or below where the line leaves no room.
        int column = command.Examples.Where(e => e.Line.Length <= LongestExample).Select(e => e.Line.Length + 4).DefaultIfEmpty(4).Max();
        foreach (Example example in command.Examples)
        {
            bool fits = example.Line.Length <= LongestExample;
            if (!fits) terminal.Line("  ", Inked.Bold(example.Line));
            terminal.Line("  ", Inked.Bold((fits ? example.Line : "").PadRight(column)), Inked.Dim(example.Does));
        }
        terminal.Line("");
        terminal.Line(Inked.Bold("Usage"), $"  sandpiper {command.Name}{UsageOf(command)}");
        foreach (string note in command.Notes)
        {
            terminal.Line("");
            foreach (string line in WrappedText.Of(note, Width)) terminal.Line(line);
        }
        WriteOptions("Options", command.Options, terminal);
    }

    private static string UsageOf(Command command)
    {
        var usage = new StringBuilder();
        if (command.Options.Any(o => !o.Hidden)) usage.Append(" [OPTIONS]");
        foreach (Argument argument in command.Arguments.Where(a => !a.Hidden))
        {
            string name = argument.HelpName ?? argument.Name;
            if (argument.Arity.MaximumNumberOfValues > 1) name += "…";
            usage.Append(argument.Arity.MinimumNumberOfValues == 0 ? $" [{name}]" : $" {name}");
        }
        return usage.ToString();
    }

    private static void WriteOptions(string title, IEnumerable<Option> options, Terminal terminal)
    {
        var shown = options.Where(o => !o.Hidden).ToList();
        if (shown.Count == 0) return;
        terminal.Line("");
        terminal.Line(Inked.Bold(title));
        foreach (Option option in shown)
        {
            string names = string.Join(", ",
                option.Aliases.Where(a => !string.Equals(a, "/?", StringComparison.Ordinal)
                && !string.Equals(a, "/h", StringComparison.Ordinal))
                .Append(option.Name).Distinct(StringComparer.Ordinal).OrderBy(n => n.Length));
            string left = option.HelpName is { } value ? $"{names} {value}" : names;
            bool fits = left.Length < FirstColumn - 2;
            if (!fits) terminal.Line("  ", Inked.Cyan(left));
            bool first = true;
            foreach (string line in WrappedText.Of(option.Description ?? "", Width - FirstColumn))
            {
                string margin = first && fits ? left.PadRight(FirstColumn - 2) : new string(' ', FirstColumn - 2);
                terminal.Line("  ", Inked.Cyan(margin), line);
                first = false;
            }
        }
    }
}
