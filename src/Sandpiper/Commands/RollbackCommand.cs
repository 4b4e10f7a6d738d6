using System.CommandLine;
using Sandpiper.Console;
using Sandpiper.Environments.Generations;
using Sandpiper.Operations;

namespace Sandpiper.Commands;

/// <summary><c>rollback [N]</c>: an earlier generation, as it was.</summary>
internal static class RollbackCommand
{
    public static Command Build()
    {
        var number = new Argument<int?>("N") { Arity = ArgumentArity.ZeroOrOne, CustomParser = EnvironmentOptions.GenerationNumberIn };
        Option<string> env = EnvironmentOptions.Env();
        var command = new TaughtCommand("rollback", "go back to an earlier generation",
            [new("sandpiper rollback", "to the one that was current before"),
                new("sandpiper rollback 3", "to generation 3, as `sandpiper history` numbers them")],
            [
                "Nothing is downloaded or rebuilt: the environment is switched in one step. Without a number it goes to the generation "
                + "that was current before, and asked again to the one before that; forward, or anywhere else, it goes by number.",
                $"Beside the current generation the {ManagedEnvironment.KeptGenerations} that were current last are kept; when "
                + $"there are more than {ManagedEnvironment.MostGenerations}, a change removes what is older, unless a program runs on it. "
                + "`sandpiper history` says which are there.",
            ]);
        command.Arguments.Add(number);
        command.Options.Add(env);
        number.CompletionSources.Add(context => EnvironmentOptions.GenerationNumbers(context, env));
        command.Runs((session, parsed, cancel) =>
        {
            var environment = EnvironmentOptions.Open(session, parsed.GetValue(env)!);
            using var line = new ProgressLine(session.Terminal, Session.Time);
            var request = new RollbackRequest(environment.Name, parsed.GetValue(number));
            var outcome = new Rollback(session.Context).Switch(request, new ShownFacts(session.Terminal, line), cancel);
            string inEnvironment = InEnvironment.Option(environment.Name);
            if (outcome is RollbackOutcome.Refused refused)
                throw new ExplainedException(Explanations.OfRollback(refused.Number, refused.Refusal));
            if (outcome is RollbackOutcome.NotKnown { Available: var available })
            {
                throw new ExplainedException(new(ExitCode.CouldNot,
                    "which generation was current before is not known; nothing was changed",
                    $"lines of the ledger of `{environment.Name}` are lost; these are there: {string.Join(", ", available)}",
                    $"sandpiper repair{inEnvironment}          writes down again what can be told of them",
                    $"sandpiper rollback N{inEnvironment}      goes to one by its number"));
            }
            if (outcome is RollbackOutcome.NoSuchGeneration missing)
            {
                if (missing.Available.IsEmpty) throw EnvironmentOptions.NothingIn(environment);
                throw new ExplainedException(new(ExitCode.CouldNot,
                    missing.Number is { } n
                        ? $"there is no generation {n}; nothing was changed"
                        : "there is no earlier generation; nothing was changed",
                    (missing.WasThere ? "it was removed to free space; " : "") + (missing.Available.Length < 2
                        ? "this is the only one" : $"those there are: {string.Join(", ", missing.Available)}"),
                    $"sandpiper history{inEnvironment}"));
            }
            ChangeReport.Write(session, "rollback", environment.Name, ((RollbackOutcome.Switched)outcome).Change);
            return Task.FromResult((int)ExitCode.Done);
        });
        return command;
    }
}
