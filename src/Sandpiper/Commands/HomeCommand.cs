using System.Collections.Immutable;
using System.CommandLine;
using Sandpiper.Console;
using Sandpiper.Environments.Generations;
using Sandpiper.Environments.Homes;
using Sandpiper.Kernel.Files;
using Sandpiper.Sandbox.Profiles;

namespace Sandpiper.Commands;

/// <summary><c>home</c>: what confined programs left in their private homes, how to get it out, how to be rid of it.</summary>
internal static class HomeCommand
{
    private const string Show = "show", List = "list", Take = "take", Empty = "empty";

    public static Command Build()
    {
        var action = new ActionArgument(Show, List, Take, Empty) { HelpName = $"{Show}|{List}|{Take}|{Empty}" };
        var names = new Argument<string[]>("NAME") { Arity = ArgumentArity.ZeroOrMore };
        Option<string> env = EnvironmentOptions.Env();
        var to = new TextOption("--to") { HelpName = "DIR", Description = "where `take` copies to; default: the current directory" };
        var project = new TextOption("--project") { HelpName = "DIR", Description = "of another project than this one, be it gone" };
        var command = new TaughtCommand("home", "what confined programs left in their private home",
            [
                new("sandpiper home", "where this project's is, what is in it"),
                new("sandpiper home take report.csv", "copy that into this directory"),
                new("sandpiper home empty", "throw all of it away"),
                new("sandpiper home list", "of all projects"),
            ],
            [
                "A confined program has a home of its own for `~`, one for each environment and project, kept from run to run; a second "
                + "program at the same time has a second one. Names that begin with a dot are settings and caches of programs, not told.",
                "`take` copies files and directories, never links: one could lead to your keys. What is there already is not written.",
                $"More than {SizeWords.Of(KeptHome.MostBytes)} or {KeptHome.MostFiles:N0} files are not kept: from then on programs have a "
                + "throw-away home, and say so, until it is emptied. `env remove` and `purge` remove homes, too.",
            ]);
        command.Arguments.Add(action);
        command.Arguments.Add(names);
        command.Options.Add(env);
        command.Options.Add(project);
        command.Options.Add(to);
        command.Runs((session, parsed) =>
        {
            Caller caller = Callers.Of(session);
            string environment = parsed.GetValue(env)!;
            _ = ManagedEnvironment.Open(session.Places.Root, environment);
            string? whose = parsed.GetValue(project) is { } other
                ? Path.TrimEndingDirectorySeparator(Callers.FullPath(other)) : Project.Of(caller)?.Directory;
            ImmutableArray<KeptHome> homes = [.. KeptHome.Of(session.Places.Root, environment, whose).Where(home => home.IsThere)];
            string[] named = parsed.GetValue(names) ?? [];
            string what = parsed.GetValue(action)!;
            if (what is not Take && named.Length > 0) throw Usage($"`home {what}` takes no name");
            if (what is not Take && parsed.GetValue(to) is not null) throw Usage("`--to` is for `home take`");
            return (int)(what switch
            {
                Take => TakeOut(session, homes, named, Callers.FullPath(parsed.GetValue(to) ?? ".")),
                Empty => EmptyThem(session, homes),
                List => Tell(session, [.. KeptHome.All(session.Places.Root)], isList: true, NoneAtAll),
                _ => Tell(session, homes, isList: false, NoneHere(session, environment, whose)),
            });
        });
        return command;
    }

    private const string NoneAtAll = "No program has a home yet.";

    // It is by its environment, too, that a home is looked for.
    private static string NoneHere(Session session, string environment, string? project)
    {
        string? other = KeptHome.All(session.Places.Root).FirstOrDefault(home =>
            home.Environment.Length > 0 && string.Equals(home.Project, project, StringComparison.Ordinal))?.Environment;
        return $"No program of this project has a home{InEnvironment.Of(environment)} yet"
            + (other is null ? "." : $"; one of `{other}` has ·  sandpiper home{InEnvironment.Option(other)}");
    }

    private static ExitCode Tell(Session session, ImmutableArray<KeptHome> homes, bool isList, string none)
    {
        if (session.Json)
        {
            WriteJson(session.Terminal, homes);
            return ExitCode.Done;
        }
        if (homes.IsEmpty) session.Terminal.Note(none);
        foreach (KeptHome home in homes)
        {
            (int files, long bytes) = home.Size();
            string whose = home.Environment.Length == 0 ? "whose is not known"
                : $"{home.Project ?? "outside of projects"}{InEnvironment.Of(home.Environment)}";
            if (home.Project is { } project && !Directory.Exists(project)) whose += " (gone)";
            string full = home.IsFull ? ", full: sandpiper home empty" : "";
            session.Terminal.Listed(2, Inked.Bold(isList ? whose : home.Content), Inked.Dim(
                $"   {Counted.Of(files, "file")}, {SizeWords.Of(bytes)}{full}"));
            if (isList) continue;
            foreach (string name in NamesIn(session, home)) session.Terminal.Line($"  {name}");
        }
        return ExitCode.Done;
    }

    // Where the project or packages are mounted there is an empty directory, which is nobody's file.
    private static IEnumerable<string> NamesIn(Session session, KeptHome home)
    {
        Caller caller = Callers.Of(session);
        string[] shown = [session.Places.Root, home.Project ?? caller.CurrentDirectory];
        return home.Names().Keys.Order(StringComparer.Ordinal).Where(name =>
            !shown.Any(path => path.StartsWith($"{caller.SandboxHome}/{name}/", StringComparison.Ordinal)
                || string.Equals(path, $"{caller.SandboxHome}/{name}", StringComparison.Ordinal)));
    }

    private static ExitCode TakeOut(Session session, ImmutableArray<KeptHome> homes, string[] names, string directory)
    {
        if (names.Length == 0) throw Usage("`home take` needs a name");
        CreationMask.GiveBack(session.CallersMask);
        var taken = new TakenOut();
        var there = homes.Select(home => (Home: home, Names: home.Names())).ToList();
        foreach (string name in names)
        {
            try
            {
                // Programs that ran at the same time may each have left one: the last one is meant.
                KeptHome? newest = there.Where(one => one.Names.ContainsKey(name))
                    .OrderByDescending(one => one.Names[name].ChangedAt.ToDateTime()).Select(one => one.Home).FirstOrDefault()
                    ?? homes.FirstOrDefault();
                if (newest is not null && taken.Take(newest.Content, name, directory))
                {
                    session.HasDone($"`{name}` was copied");
                    continue;
                }
            }
            catch (IOException error)
            {
                throw new ExplainedException(new(ExitCode.CouldNot, $"`{name}` was not copied whole",
                    Path.Exists(Path.Join(directory, name)) ? $"there is a `{name}` in `{directory}` by now" : error.Message,
                    $"sandpiper home take {InShell.Quoted(name)} --to DIR"));
            }
            throw new ExplainedException(new(ExitCode.CouldNot, $"there is no `{name}` in this project's private home; nothing was done",
                "its names are listed by the command below, those with a dot excepted", "sandpiper home"));
        }
        session.Terminal.Note($"Copied {Counted.Of(taken.Files, "file")} to {directory}");
        foreach (string left in taken.Left) session.Terminal.Note(Inked.Yellow($"`{left}` was left: it is a link, or no file"));
        return taken.Left.IsEmpty ? ExitCode.Done : ExitCode.CouldNot;
    }

    private static ExitCode EmptyThem(Session session, ImmutableArray<KeptHome> homes)
    {
        int files = 0, used = 0;
        long bytes = 0;
        foreach (KeptHome home in homes)
        {
            (int filesHere, long bytesHere) = home.Size();
            if (home.TryRemove()) (files, bytes) = (files + filesHere, bytes + bytesHere);
            else used++;
        }
        // Programs that ran at the same time have one each.
        if (used > 0 && used < homes.Length) session.HasDone($"another one was removed, {Counted.Of(files, "file")}");
        if (used > 0)
        {
            throw new ExplainedException(new(ExitCode.CouldNot, "this project's private home is in use; nothing was changed",
                "a program runs that has it", "end it, and try again"));
        }
        session.Terminal.Note($"Emptied; freed {SizeWords.Of(bytes)}: {Counted.Of(files, "file")}");
        return ExitCode.Done;
    }

    private static void WriteJson(Terminal terminal, ImmutableArray<KeptHome> homes) => JsonAnswer.Write(terminal, "home", json =>
    {
        json.WriteStartArray("homes");
        foreach (KeptHome home in homes)
        {
            (int files, long bytes) = home.Size();
            json.WriteStartObject();
            json.WriteString("environment", home.Environment);
            json.WriteString("project", home.Project);
            json.WriteString("path", home.Content);
            json.WriteNumber("files", files);
            json.WriteNumber("bytes", bytes);
            json.WriteBoolean("is_full", home.IsFull);
            json.WriteStrings("names", home.Names().Keys.Order(StringComparer.Ordinal));
            json.WriteEndObject();
        }
        json.WriteEndArray();
    });

    private static ExplainedException Usage(string what) =>
        new(new(ExitCode.WrongUsage, $"{what}; nothing was done", "its help shows what there is", "sandpiper help home"));
}
