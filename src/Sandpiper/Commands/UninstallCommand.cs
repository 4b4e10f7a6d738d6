using System.CommandLine;
using Sandpiper.Console;
using Sandpiper.Environments.Generations;
using Sandpiper.Interpreters;
using Sandpiper.Operations;

namespace Sandpiper.Commands;

/// <summary><c>uninstall</c>: the next generation without some packages.</summary>
internal static class UninstallCommand
{
    public static Command Build()
    {
        var names = new Argument<string[]>("NAME") { Arity = ArgumentArity.ZeroOrMore };
        var all = new Option<bool>("--all") { Description = "every package" };
        Option<string> env = EnvironmentOptions.Env();
        var yes = new Option<bool>("-y", "--yes") { Description = "accepted as pip's is; nothing is ever asked" };
        var command = new TaughtCommand("uninstall", "remove packages from an environment",
            [new("sandpiper uninstall matplotlib", "and what only it needed"),
                new("sandpiper uninstall --all", "everything")],
            [
                "Packages that came only because the removed ones need them go too; what you asked for by name stays. A package that "
                + "another one needs is not removed. `sandpiper rollback` brings everything back.",
            ]);
        command.Arguments.Add(names);
        command.Options.Add(env);
        command.Options.Add(all);
        command.Options.Add(yes);
        names.CompletionSources.Add(context => EnvironmentOptions.InstalledNames(context, env));
        command.Runs((session, parsed, cancel) =>
        {
            var environment = EnvironmentOptions.Open(session, parsed.GetValue(env)!);
            string[] named = parsed.GetValue(names)!;
            if (parsed.GetValue(all) == named.Length > 0)
            {
                throw new ExplainedException(new(ExitCode.WrongUsage, "which packages? nothing was changed",
                    named.Length > 0 ? "`--all` takes no names" : "`uninstall` needs a name, or `--all`",
                    "sandpiper help uninstall"));
            }
            Generation current = EnvironmentOptions.CurrentOf(environment);
            Interpreter interpreter = EnvironmentOptions.InterpreterOf(session, current);
            var request = new RemovalRequest(environment.Name, named.Length > 0
                ? [.. named.Select(RequirementLines.NameOf)] : [.. current.Packages.Select(p => p.Name)]);
            if (request.Names.IsEmpty)
            {
                ChangeReport.WriteNothing(session, "uninstall", environment.Name, current.Number, "there are no packages");
                return Task.FromResult((int)ExitCode.Done);
            }
            using var line = new ProgressLine(session.Terminal, Session.Time);
            var outcome = new Removal(session.Context, interpreter).Remove(request, new ShownFacts(session.Terminal, line), cancel);
            string inEnvironment = InEnvironment.Option(environment.Name);
            switch (outcome)
            {
                case RemovalOutcome.NotInstalled missing:
                    throw new ExplainedException(new(ExitCode.CouldNot,
                        $"`{missing.Name}` is not installed in `{environment.Name}`; nothing was changed",
                        "there is no package of that name", $"sandpiper list{inEnvironment}"));
                case RemovalOutcome.StillNeeded needed:
                    throw new ExplainedException(new(ExitCode.CouldNot, $"`{needed.Name}` was not removed; nothing was changed",
                        $"{string.Join(", ", needed.By)} need{(needed.By.Length == 1 ? "s" : "")} it",
                        $"sandpiper uninstall{inEnvironment} {needed.Name} {string.Join(' ', needed.By)}"));
            }
            ChangeReport.Write(session, "uninstall", environment.Name, ((RemovalOutcome.Removed)outcome).Change);
            return Task.FromResult((int)ExitCode.Done);
        });
        return command;
    }
}
