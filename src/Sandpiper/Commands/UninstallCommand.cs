using System.Collections.Immutable;
using System.CommandLine;
using Sandpiper.Console;
using Sandpiper.Environments.Generations;
using Sandpiper.Interpreters;
using Sandpiper.Kernel.Processes;
using Sandpiper.Operations;
using Sandpiper.Operations.Collecting;
using Sandpiper.Packaging.Names;

namespace Sandpiper.Commands;

/// <summary><c>uninstall</c>: the next generation without some packages.</summary>
internal static class UninstallCommand
{
    public static Command Build()
    {
        var names = new Argument<string[]>("NAME") { Arity = ArgumentArity.ZeroOrMore };
        var all = new Option<bool>("--all") { Description = "every package" };
        Option<string> env = EnvironmentOptions.Env();
        var tool = new Option<bool>("--tool") { Description = "tools, each with its environment and its commands on your PATH" };
        var yes = new Option<bool>("-y", "--yes") { Description = "accepted as pip's is; nothing is ever asked" };
        var command = new TaughtCommand("uninstall", "remove packages from an environment",
            [new("sandpiper uninstall matplotlib", "and what only it needed"),
                new("sandpiper uninstall --all", "everything"),
                new("sandpiper uninstall --tool black", "the tool and its environment")],
            [
                "Packages that came only because the removed ones need them go too; what you asked for by name stays. A package that "
                + "another one needs is not removed. `sandpiper rollback` brings everything back, but for a tool: its history goes with "
                + "it.",
            ]);
        command.Arguments.Add(names);
        command.Options.Add(env);
        command.Options.Add(all);
        command.Options.Add(tool);
        command.Options.Add(yes);
        names.CompletionSources.Add(context => context.ParseResult.GetValue(tool)
            ? EnvironmentOptions.Names(context) : EnvironmentOptions.InstalledNames(context, env));
        command.Runs((session, parsed, cancel) =>
        {
            OtherCores.Expect();
            string[] named = parsed.GetValue(names)!;
            if (parsed.GetValue(tool))
            {
                if (named.Length == 0 || parsed.GetValue(all) || parsed.GetResult(env) is { Implicit: false })
                {
                    throw new ExplainedException(new(ExitCode.WrongUsage, "which tools? nothing was changed",
                        "`--tool` needs their names, and nothing besides", "sandpiper env list"));
                }
                return Task.FromResult((int)RemoveTools(session, [.. named.Select(RequirementLines.NameOf).Distinct()], cancel));
            }
            var environment = EnvironmentOptions.Open(session, parsed.GetValue(env)!);
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
            var outcome = new Removal(session.Context, interpreter) { Seen = current }
                .Remove(request, new ShownFacts(session.Terminal, line), cancel);
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
            EnvironmentChange change = ((RemovalOutcome.Removed)outcome).Change;
            ChangeReport.IsDone(session, environment.Name, change);
            AfterChange.Start(session, environment.Name, change);
            ChangeReport.Write(session, "uninstall", environment.Name, change);
            return Task.FromResult((int)ExitCode.Done);
        });
        return command;
    }

    private static ExitCode RemoveTools(Session session, ImmutableArray<PackageName> tools, CancellationToken cancel)
    {
        // All are there, or none goes.
        ImmutableArray<ManagedEnvironment> environments = [.. tools.Select(name => ToolRequests.Find(session, name))];
        ImmutableArray<EnvironmentRemovalOutcome.Removed> removed =
            [.. environments.Select(environment => EnvCommand.Removed(session, environment, cancel))];
        if (session.Json)
        {
            JsonAnswer.Write(session.Terminal, "uninstall-tool", json =>
            {
                json.WriteStartArray("tools");
                foreach (var (environment, of) in environments.Zip(removed))
                {
                    json.WriteStartObject();
                    EnvCommand.WriteRemoved(json, environment.Name, of);
                    json.WriteEndObject();
                }
                json.WriteEndArray();
            });
        }
        return removed.Select(of => GcCommand.ExitOf(of.Collected)).Max();
    }
}
