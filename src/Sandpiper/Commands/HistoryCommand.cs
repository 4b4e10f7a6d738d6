using System.CommandLine;
using System.Globalization;
using Sandpiper.Console;
using Sandpiper.Environments.Ledger;

namespace Sandpiper.Commands;

/// <summary><c>history</c>: what changed when, newest first.</summary>
internal static class HistoryCommand
{
    public static Command Build()
    {
        Option<string> env = EnvironmentOptions.Env();
        var command = new TaughtCommand("history", "what changed when, and how to go back",
            [new("sandpiper history", "of your shared environment")],
            ["The dot marks the generation that is current. Every change is a line of the environment's ledger, which is only ever appended to."]);
        command.Options.Add(env);
        command.SetAction(parsed =>
        {
            using var session = Session.Of(parsed);
            var environment = EnvironmentOptions.Open(session, parsed.GetValue(env)!);
            EnvironmentOptions.CurrentOf(environment);
            throw new ExplainedException(new(ExitCode.CouldNot, environment.Name, CultureInfo.InvariantCulture.Name, typeof(LedgerLine).Name));
        });
        return command;
    }
}
