using System.Collections.Immutable;
using System.CommandLine;
using System.Text.Json;
using Sandpiper.Console;
using Sandpiper.Environments.Generations;
using Sandpiper.Environments.Shims;
using Sandpiper.Kernel.Files;
using Sandpiper.Operations.Collecting;
using Sandpiper.Sandbox.Remembered;

namespace Sandpiper.Commands;

/// <summary><c>env list|python|kernel|activate|path|remove</c>: the environments as wholes.</summary>
internal static class EnvCommand
{
    private const string List = "list", Interpreter = "python", Kernel = "kernel", Activate = "activate", Location = "path",
        Remove = "remove";
    private static readonly string[] _actions = [List, Interpreter, Kernel, Activate, Location, Remove];

    public static Command Build()
    {
        var action = new ActionArgument(_actions) { HelpName = string.Join('|', _actions) };
        var name = new Argument<string?>("NAME") { Arity = ArgumentArity.ZeroOrOne };
        name.CompletionSources.Add(EnvironmentOptions.Names);
        Option<string> env = EnvironmentOptions.Env();
        var command = new TaughtCommand("env", "environments: list, use in editor, notebook or shell, remove",
            [
                new("sandpiper env list", "all of them, and how large they are"),
                new("sandpiper env python", "a Python for editors, confined"),
                new("sandpiper env kernel", "a kernel for notebooks, confined"),
                new("eval \"$(sandpiper env activate)\"", "its commands, confined, in this shell"),
                new("sandpiper env path", "where it is; --env NAME: another"),
                new("sandpiper env remove old", "with its history"),
            ],
            [
                "An environment is made by installing into it: `sandpiper install --env NAME …`.",
                "What `python` prints, and what `activate` puts on PATH until `deactivate`, starts each program as `sandpiper run` does: "
                + "confined, with what you allowed it. An editor that runs scripts of its own with it needs them shown: "
                + "`sandpiper allow --everywhere python --read DIR`.",
                "What `kernel` makes Jupyter and editors list beside their other kernels. It sees what `python` would where the notebook "
                + "lies, with what you allowed that, reaches no network unasked, and ends with whoever started it. With --as NAME it has "
                + "another name; --remove takes it away, and so does whatever takes ipykernel or the environment away.",
                "A notebook's page shows what a kernel sends, and in JupyterLab runs scripts of it, which may do what the server may: open "
                + "a terminal, start another kernel. Against a package that means you harm start the server itself with `sandpiper run`.",
                "What `activate` prints is for sh, bash, zsh, dash and ksh; in fish: `set -px PATH (dirname (sandpiper env python))`.",
                "The directory that `path` prints is that of the current generation and follows every change; what is started from it "
                + "directly is not confined.",
                "A removed environment cannot be brought back by `rollback`; while a program runs on it, it is not removed.",
            ]);
        var kernelName = new TextOption("--as") { HelpName = "KERNEL", Description = "with `kernel`: the name by which it is found" };
        var unmake = new Option<bool>("--remove") { Description = "with `kernel`: take it away" };
        command.Arguments.Add(action);
        command.Arguments.Add(name);
        command.Options.Add(env);
        command.Options.Add(kernelName);
        command.Options.Add(unmake);
        command.Runs((session, parsed, cancel) =>
        {
            string? asked = parsed.GetValue(name);
            if (parsed.GetResult(env) is { Implicit: false })
            {
                string also = parsed.GetValue(env)!;
                if (asked is not null && !string.Equals(asked, also, StringComparison.Ordinal))
                    throw Wrong($"`{asked}` and `--env {also}` are two environments; nothing was done", "sandpiper env list");
                asked = also;
            }
            bool unmakes = parsed.GetValue(unmake);
            if ((unmakes || parsed.GetValue(kernelName) is not null) && parsed.GetValue(action) is not Kernel)
                throw Wrong($"`--as` and `--remove` are for `env {Kernel}`", $"sandpiper env {Kernel} {asked}".TrimEnd());
            return Task.FromResult((int)(parsed.GetValue(action) switch
            {
                Location => TellPlace(session, asked ?? EnvironmentOptions.Shared),
                Interpreter => TellInterpreter(session, asked ?? EnvironmentOptions.Shared),
                Kernel => MakeKernel(session, asked ?? EnvironmentOptions.Shared, parsed.GetValue(kernelName), unmakes, cancel),
                Activate => TellActivation(session, asked ?? EnvironmentOptions.Shared),
                Remove => RemoveOne(session, asked, cancel),
                _ when asked is not null => throw Wrong($"`env {List}` takes no name", $"sandpiper list --env {asked}"),
                _ => TellAll(session),
            }));
        });
        return command;
    }

    private static ExitCode TellAll(Session session)
    {
        // What no generation was ever made of is none.
        ImmutableArray<Row> rows =
            [.. ManagedEnvironment.All(session.Places.Root).Where(e => e.Numbers.Length > 0).Select(e => RowOf(session, e))];
        if (session.Json)
        {
            JsonAnswer.Write(session.Terminal, "env", json =>
            {
                json.WriteStartArray("environments");
                foreach (Row row in rows)
                {
                    json.WriteStartObject();
                    json.WriteString("name", row.Name);
                    json.WriteString("path", row.Place);
                    if (row.Current is { } current)
                    {
                        json.WriteNumber("generation", current.Number);
                        json.WriteNumber("packages", current.Packages.Length);
                        json.WriteString("python", current.Python);
                    }
                    else
                    {
                        json.WriteNull("generation");
                        json.WriteNull("packages");
                        json.WriteNull("python");
                    }
                    json.WriteString("tool", row.Current?.Tool?.Package.ToString());
                    json.WriteStrings("commands", row.OnPath);
                    json.WriteNumber("generations", row.Generations);
                    json.WriteNumber("bytes", row.Bytes);
                    json.WriteEndObject();
                }
                json.WriteEndArray();
            });
            return ExitCode.Done;
        }
        if (rows.IsEmpty) session.Terminal.Note("There are no environments yet: sandpiper install NAME");
        int width = rows.Select(r => r.Name.Length).DefaultIfEmpty(0).Max();
        foreach (Row row in rows)
        {
            string state = row.Current is { } current
                ? $"{Counted.Of(current.Packages.Length, "package")}, "
                    + $"generation {current.Number}{(row.Generations > 1 ? $" ({row.Generations} kept)" : "")}, {current.PythonName}"
                : $"damaged: sandpiper {(row.IsLinked ? "verify" : "repair")}{InEnvironment.Option(row.Name)}";
            session.Terminal.Listed(width + 2, Inked.Cyan(row.Name.PadRight(width)), "  ", state, ", ", SizeWords.Of(row.Bytes));
            if (row.Current?.Tool is not null)
                session.Terminal.Listed(width + 2, "".PadRight(width), "  ", Inked.Dim(row.OnPath.IsEmpty
                    ? "a tool; none of its commands is on the PATH" : $"a tool; on the PATH: {ShownNames.Of(row.OnPath)}"));
        }
        return ExitCode.Done;
    }

    private static ExitCode TellPlace(Session session, string name)
    {
        ManagedEnvironment environment = EnvironmentOptions.Open(session, name);
        EnvironmentOptions.CurrentOf(environment);
        return Tell(session, "env-path", environment.Name, environment.CurrentLink);
    }

    private static ExitCode TellInterpreter(Session session, string name) =>
        Tell(session, "env-python", name, Path.Combine(ConfinedPlace(session, name), "python"));

    private static ExitCode MakeKernel(Session session, string name, string? asked, bool unmakes, CancellationToken cancel)
    {
        var kernel = new EnvKernel(session, EnvironmentOptions.Open(session, name), asked, cancel);
        return unmakes ? kernel.Remove() : kernel.Make();
    }

    private static ExitCode TellActivation(Session session, string name)
    {
        string place = ConfinedPlace(session, name);
        if (session.Json) return Tell(session, "env-activate", name, place);
        foreach (string line in Activation.For(name, place).Split('\n')) session.Terminal.Line(line);
        if (!System.Console.IsOutputRedirected)
            session.Terminal.Note(Inked.Dim($"sandpiper: this is for your shell to read ·  eval \"$(sandpiper env activate {name})\""));
        return ExitCode.Done;
    }

    private static ExitCode Tell(Session session, string schema, string name, string path)
    {
        if (session.Json)
        {
            JsonAnswer.Write(session.Terminal, schema, json =>
            {
                json.WriteString("environment", name);
                json.WriteString("path", path);
            });
        }
        else session.Terminal.Line(path);
        return ExitCode.Done;
    }

    private static string ConfinedPlace(Session session, string name)
    {
        ManagedEnvironment environment = EnvironmentOptions.Open(session, name);
        EnvironmentOptions.CurrentOf(environment);
        string place = ShimDirectory.OfInterpreter(environment);
        return File.Exists(Path.Combine(place, "python")) ? place : throw new ExplainedException(new(ExitCode.CouldNot,
            $"`{name}` has no confined interpreter yet", $"there is no `{place}/python`: an earlier version made none",
            $"sandpiper repair{InEnvironment.Option(name)}"));
    }

    private static ExitCode RemoveOne(Session session, string? name, CancellationToken cancel)
    {
        if (name is null) throw Wrong($"`env {Remove}` needs the name of an environment", "sandpiper env list");
        EnvironmentRemovalOutcome.Removed removed = Removed(session, EnvironmentOptions.Open(session, name), cancel);
        if (session.Json) JsonAnswer.Write(session.Terminal, "env-remove", json => WriteRemoved(json, name, removed));
        return GcCommand.ExitOf(removed.Collected);
    }

    /// <summary>Removes one and says so, but for <c>--json</c>.</summary>
    /// <exception cref="ExplainedException">There is none, or programs run on it.</exception>
    internal static EnvironmentRemovalOutcome.Removed Removed(
        Session session, ManagedEnvironment environment, CancellationToken cancel)
    {
        EnvironmentRemovalOutcome outcome;
        using (var line = new ProgressLine(session.Terminal, Session.Time))
            outcome = new EnvironmentRemoval(session.Context).Remove(environment.Name, new ShownFacts(session.Terminal, line), cancel);
        switch (outcome)
        {
            case EnvironmentRemovalOutcome.NoSuchEnvironment:
                throw new ExplainedException(new(ExitCode.CouldNot,
                    $"there is no environment `{environment.Name}`; nothing was changed", "none of that name", "sandpiper env list"));
            case EnvironmentRemovalOutcome.InUse used:
                throw new ExplainedException(new(ExitCode.CouldNot,
                    $"`{environment.Name}` is in use; nothing was changed",
                    $"programs run on generation {string.Join(", ", used.Generations)} of it", "end them, and try again"));
        }
        var removed = (EnvironmentRemovalOutcome.Removed)outcome;
        session.HasDone($"`{environment.Name}` was removed");
        // What is trusted is the name: the next environment that has it has them as well.
        ImmutableArray<string> grants = GrantsOf(session, environment);
        if (!grants.IsEmpty)
        {
            removed = removed with
            {
                Notes = [.. removed.Notes, $"what you allowed there holds for the next `{environment.Name}`: {string.Join(", ", grants)}; "
                    + $"sandpiper allow --withdraw {grants[0]}"],
            };
        }
        if (session.Json) return removed;
        session.Terminal.Note($"Removed `{environment.Name}`; freed {SizeWords.Of(removed.Bytes + removed.Collected.Bytes)}");
        foreach (string note in removed.Notes) session.Terminal.Note(note);
        GcCommand.WriteRest(session.Terminal, removed.Collected);
        return removed;
    }

    private static ImmutableArray<string> GrantsOf(Session session, ManagedEnvironment environment)
    {
        try
        {
            return [.. new GrantFile(session.Places.Root).List()
                .Where(g => g.WithdrawnBy is null && string.Equals(g.Environment, environment.Name, StringComparison.Ordinal))
                .Select(g => $"g{g.Number}")];
        }
        catch (Exception e) when (e is GrantFileDamagedException or IOException or UnauthorizedAccessException)
        {
            return [];      // it stops every run, and is told there; what was asked for is done
        }
    }

    /// <summary>As members of an object that is open.</summary>
    internal static void WriteRemoved(Utf8JsonWriter json, string name, EnvironmentRemovalOutcome.Removed removed)
    {
        json.WriteString("environment", name);
        json.WriteNumber("bytes", removed.Bytes + removed.Collected.Bytes);
        json.WriteNumber("wheels", removed.Collected.Wheels);
        json.WriteStrings("notes", removed.Notes);
    }

    private static Row RowOf(Session session, ManagedEnvironment environment)
    {
        var space = new FreedSpace();
        space.Add(environment.Directory);
        Generation? current = environment.LinkedNumber is { } number ? environment.TryRead(number) : null;
        return new Row(environment.Name, environment.CurrentLink, current, environment.Numbers.Length, space.Bytes)
        {
            IsLinked = environment.LinkedNumber is not null,
            OnPath = current is null ? [] : ShimDirectory.OnPath(environment, current, session.Places),
        };
    }

    private static ExplainedException Wrong(string what, string hint) =>
        new(new(ExitCode.WrongUsage, what, "see `sandpiper help env`", hint));

    // What the environment alone has: files of wheels belong to the store.
    private sealed record Row(string Name, string Place, Generation? Current, int Generations, long Bytes)
    {
        public bool IsLinked { get; init; }

        public ImmutableArray<string> OnPath { get; init; } = [];
    }
}
