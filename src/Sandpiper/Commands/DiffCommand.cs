using System.Collections.Immutable;
using System.CommandLine;
using Sandpiper.Console;
using Sandpiper.Environments.Generations;

namespace Sandpiper.Commands;

/// <summary><c>diff A B</c>: what two generations of an environment do not have in common.</summary>
internal static class DiffCommand
{
    public static Command Build()
    {
        var one = new Argument<int>("A") { CustomParser = result => EnvironmentOptions.GenerationNumberIn(result) ?? 0 };
        var other = new Argument<int?>("B") { Arity = ArgumentArity.ZeroOrOne, CustomParser = EnvironmentOptions.GenerationNumberIn };
        Option<string> env = EnvironmentOptions.Env();
        var command = new TaughtCommand("diff", "what differs between two generations",
            [new("sandpiper diff 1 3", "packages and versions, from 1 to 3"), new("sandpiper diff 3", "from 3 to what is current")],
            ["`sandpiper history` numbers them. A wheel with the same version and other bytes differs, too."]);
        command.Arguments.Add(one);
        command.Arguments.Add(other);
        command.Options.Add(env);
        one.CompletionSources.Add(context => EnvironmentOptions.GenerationNumbers(context, env));
        other.CompletionSources.Add(context => EnvironmentOptions.GenerationNumbers(context, env));
        command.Runs((session, parsed) =>
        {
            ManagedEnvironment environment = EnvironmentOptions.Open(session, parsed.GetValue(env)!);
            Generation before = Read(environment, parsed.GetValue(one));
            Generation after = parsed.GetValue(other) is { } number ? Read(environment, number) : EnvironmentOptions.CurrentOf(environment);
            ImmutableArray<GenerationDifference> differences = GenerationDifference.Between(before, after);
            if (session.Json) WriteJson(session.Terminal, before, after, differences);
            else WriteWords(session.Terminal, before, after, differences);
            return (int)ExitCode.Done;
        });
        return command;
    }

    private static Generation Read(ManagedEnvironment environment, int number)
    {
        ImmutableArray<int> there = environment.Numbers;
        if (there.IsEmpty) throw EnvironmentOptions.NothingIn(environment);
        return there.Contains(number) ? environment.Read(number) : throw new ExplainedException(new(ExitCode.CouldNot,
            $"there is no generation {number} of `{environment.Name}`", $"those there are: {string.Join(", ", there)}",
            $"sandpiper history{InEnvironment.Option(environment.Name)}"));
    }

    private static void WriteWords(
        Terminal terminal, Generation before, Generation after, ImmutableArray<GenerationDifference> differences)
    {
        foreach (GenerationDifference difference in differences)
        {
            string name = difference.Name.ToString();
            switch (difference)
            {
                case { Before: null, After: { } come }:
                    terminal.Line(Inked.Green(" + "), name, " ", come.Version.ToString());
                    break;
                case { After: null, Before: { } gone }:
                    terminal.Line(Inked.Red(" - "), name, " ", gone.Version.ToString());
                    break;
                case { Before: { } was, After: { } now } when was.Version == now.Version:
                    terminal.Line(Inked.Yellow(" ~ "), name, " ", now.Version.ToString(), ", by another wheel: ",
                        $"sha256 {was.Digest.Hex[..12]}… → {now.Digest.Hex[..12]}…");
                    break;
                case { Before: { } was, After: { } now }:
                    terminal.Line(Inked.Yellow(" ~ "), name, " ", was.Version.ToString(), " → ", now.Version.ToString());
                    break;
            }
        }
        if (differences.IsEmpty) terminal.Note($"Generations {before.Number} and {after.Number} have the same packages.");
        if (!string.Equals(before.Python, after.Python, StringComparison.Ordinal))
            terminal.Line(Inked.Yellow(" ~ "), "interpreter ", before.Python, " → ", after.Python);
    }

    private static void WriteJson(
        Terminal terminal, Generation before, Generation after, ImmutableArray<GenerationDifference> differences) =>
        JsonAnswer.Write(terminal, "diff", json =>
        {
            json.WriteString("environment", before.Environment);
            json.WriteNumber("from", before.Number);
            json.WriteNumber("to", after.Number);
            json.WriteString("python_before", before.Python);
            json.WriteString("python_after", after.Python);
            json.WriteStartArray("changes");
            foreach (GenerationDifference difference in differences)
            {
                json.WriteStartObject();
                json.WriteString("name", difference.Name.ToString());
                json.WriteString("before", difference.Before?.Version.ToString());
                json.WriteString("after", difference.After?.Version.ToString());
                json.WriteString("sha256_before", difference.Before?.Digest.Hex);
                json.WriteString("sha256_after", difference.After?.Digest.Hex);
                json.WriteEndObject();
            }
            json.WriteEndArray();
        });
}
