using System.Collections.Immutable;
using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using System.Text;
using Sandpiper.Console;
using Sandpiper.Kernel;
using Sandpiper.Kernel.Files;
using Sandpiper.Sandbox.Leftovers;

namespace Sandpiper.Commands;

/// <summary><c>held</c>: what programs made that others would run by themselves, and what is to become of it.</summary>
internal static class HeldCommand
{
    private const string List = "list", Show = "show", Keep = "keep", Drop = "drop", Forget = "forget";
    private const int MostLines = 60, MostBytes = 64 << 10;

    public static Command Build()
    {
        var action = new ActionArgument(List, Show, Keep, Drop, Forget) { HelpName = $"{Show}|{Keep}|{Drop}|{Forget}" };
        var numbers = new Argument<int[]>("N")
        {
            Description = "as `sandpiper held` numbers them", Arity = ArgumentArity.ZeroOrMore, CustomParser = NumbersIn,
        };
        var all = new Option<bool>("--all") { Description = "every one of them" };
        var command = new TaughtCommand("held", "what programs made that others would run by themselves, kept aside",
            [
                new("sandpiper held", "lists it"),
                new("sandpiper held show 3", "what it says"),
                new("sandpiper held keep 3", "puts it where it was made"),
                new("sandpiper held drop --all", "removes all of it for good"),
            ],
            [
                "A program that may write a directory can leave a git hook, an .envrc or an editor's task there, which runs later, with "
                + "all your rights. After each `run` what is new of that kind is moved aside, at whatever depth it lies; so is a link that "
                + "leads out of the directory, and byte code. What was there before and is another one now is yours, and only told; so is "
                + "what runs when you call for it (a Makefile). docs/sandbox.md has the names.",
                "Where `run` itself was killed (`kill -9`, a power failure) the next command looks instead: `run` and its kin, `review`, "
                + "`held`. What a killed run left and nobody can look at, because its directory is gone or its record is damaged, is "
                + "listed; `held forget` has it count as looked at.",
                "What is put back runs without a sandbox, also where it starts a program of an environment by its place; the same program "
                + "in envs/NAME/confined/bin is confined.",
            ]);
        command.Arguments.Add(action);
        command.Arguments.Add(numbers);
        command.Options.Add(all);
        command.Runs((session, parsed) =>
        {
            string word = parsed.GetValue(action)!;
            if (word is List or Forget && (parsed.GetValue(numbers) is [_, ..] || parsed.GetValue(all)))
            {
                throw new ExplainedException(new(ExitCode.WrongUsage,
                    $"`held {word}` takes neither a number nor `--all`; nothing was done",
                    word is List ? "it lists every one" : "it is about what has no number", "sandpiper help held"));
            }
            var killed = new KilledRuns(session);
            ImmutableArray<UnlookedRun> forgotten = word is Forget ? killed.Forget() : [];
            ImmutableArray<UnlookedRun> unlooked = word is Forget ? [] : killed.SettleAndTell();
            var files = new HeldFiles(session.Places.Root);
            ImmutableArray<HeldFile> held = files.List();
            ImmutableArray<HeldFile> chosen = word is List ? held : word is Forget ? []
                : Chosen(held, parsed.GetValue(numbers) ?? [], parsed.GetValue(all), word);
            List<HeldFile> done = [];
            List<(HeldFile, string)> left = [];
            Dictionary<HeldFile, Inked> starts = [];
            foreach (HeldFile file in word is Keep or Drop ? chosen : [])
            {
                if (word is Keep && StartOf(session, file) is { } start) starts[file] = start;
                if ((word is Keep ? Kept(file) : Dropped(file)) is { } why) left.Add((file, why));
                else done.Add(file);
            }
            if (session.Json) WriteJson(session.Terminal, held, word, done, unlooked, forgotten);
            else if (word is List) Tell(session.Terminal, held, unlooked);
            else if (word is Forget)
            {
                if (forgotten.IsEmpty) session.Terminal.Note("There is no killed run of which nobody knows what it left");
                foreach (UnlookedRun run in forgotten)
                {
                    session.Terminal.Note(
                        $"forgotten: {KilledRuns.WordsOf(run.Command, run.Begun)}; {KilledRuns.WordsOf(run.Why, run.Directory)}");
                }
            }
            else if (word is Show)
            {
                foreach (HeldFile file in chosen)
                {
                    Tell(session.Terminal, file);
                    if (StartOf(session, file) is { } start) session.Terminal.Note(start);
                }
            }
            // What is put back runs without a sandbox, which is said to whoever reads the object, too.
            foreach (HeldFile file in session.Json && word is Drop ? [] : done)
            {
                session.Terminal.Note(word is Keep ? $"put back: {NameOf(file)}: {WhatItDoes(file)}" : $"removed: {NameOf(file)}");
                if (starts.TryGetValue(file, out Inked start)) session.Terminal.Note(start);
            }
            foreach (var (file, why) in left) session.Terminal.Problem(Inked.Yellow($"{file.Number} stays aside: {NameOf(file)}: {why}"));
            return (int)(left.Count == 0 ? ExitCode.Done : ExitCode.CouldNot);
        });
        return command;
    }

    private static int[] NumbersIn(ArgumentResult words)
    {
        List<int> numbers = [];
        foreach (Token word in words.Tokens)
        {
            if (int.TryParse(word.Value, NumberStyles.None, CultureInfo.InvariantCulture, out int number)) numbers.Add(number);
            else words.AddError($"`{WithoutSecrets.OfWord(word.Value)}` is no number of what is kept aside");
        }
        return [.. numbers];
    }

    private static bool IsLink(HeldFile file) => string.Equals(file.RunBy, AutorunName.Link.RunBy, StringComparison.Ordinal);

    private static string NameOf(HeldFile file) =>
        file.Together.IsEmpty ? file.Path : $"{file.Together.Length:N0} things in {file.Path}, kept as one";

    private static string WhatItDoes(HeldFile file) => IsLink(file) ? "whoever opens it is elsewhere"
        : !file.Together.IsEmpty ? "run by others; outside `sandpiper run` nothing confines them"
        : $"run by {file.RunBy}; outside `sandpiper run` nothing confines it";

    // A tool that installs a hook writes down which Python it runs on; inside that is the environment's own.
    private static Inked? StartOf(Session session, HeldFile file)
    {
        try
        {
            if (!FileStatus.TryRead(file.Place, out FileStatus status) || status.Size > MostBytes
                || RegularFile.TryRead(file.Place, MostBytes) is not { } content
                || UnconfinedStart.In(Encoding.UTF8.GetString(content), session.Places.Root) is not { } start) return null;
            return Inked.Yellow($"it starts {start.Program} without a sandbox"
                + (start.Confined is { } confined ? $"; in its place {confined} is confined" : ""));
        }
        catch (IOException)
        {
            return null;        // nobody may read it, nor does whoever would run it
        }
    }

    private static ImmutableArray<HeldFile> Chosen(ImmutableArray<HeldFile> held, int[] numbers, bool all, string word)
    {
        if (all) return held;
        if (numbers.Length == 0)
        {
            throw new ExplainedException(new(ExitCode.WrongUsage, $"which ones to {word} was not said", "neither a number nor --all",
                $"sandpiper held {word} {(held.IsEmpty ? 1 : held[^1].Number)}"));
        }
        int absent = numbers.FirstOrDefault(n => held.All(h => h.Number != n));
        if (numbers.Any(n => held.All(h => h.Number != n)))
        {
            throw new ExplainedException(new(ExitCode.CouldNot, $"nothing is kept aside as {absent}; nothing was changed",
                held.IsEmpty ? "nothing is kept aside at all" : "it was put back or removed, or never was",
                "sandpiper held      lists what is"));
        }
        return [.. numbers.Distinct().Select(n => held.First(h => h.Number == n))];
    }

    private static string? Kept(HeldFile file) => HeldFiles.Keep(file) switch
    {
        null => null,
        Errno.Exists when !file.Together.IsEmpty => "something is there by now of the name of one of them; move it away first",
        Errno.Exists => "something of that name is there by now; move it away first",
        Errno.NoSuchFile or Errno.NotDirectory => "the directory that it was made in is gone, or a link leads there now",
        Errno.CrossesDevices => "that is another file system by now",
        int errno => $"it cannot be moved there (error {errno})",
    };

    private static string? Dropped(HeldFile file) =>
        HeldFiles.Drop(file) is not 0 and int errno ? $"part of it cannot be removed (error {errno}); it lies in {file.Place}" : null;

    private static void Tell(Terminal terminal, ImmutableArray<HeldFile> held, ImmutableArray<UnlookedRun> unlooked)
    {
        if (held.IsEmpty) terminal.Note("Nothing is kept aside");
        foreach (HeldFile file in held)
        {
            terminal.Line(string.Create(CultureInfo.InvariantCulture, $"{file.Number,3}  {NameOf(file)}"));
            string command = ShownCommand.Of(file.Command), killed = file.IsOfKilled ? ", which was killed" : "";
            string what = IsLink(file) ? $"a link that leads to {SymbolicLink.Target(file.Place)}"
                : file.Together.IsEmpty ? $"would be run by {file.RunBy}" : "would be run by others";
            terminal.Listed(5, Inked.Dim(string.Create(CultureInfo.InvariantCulture,
                $"     {what}; made by `{command}`, {file.When.ToLocalTime():yyyy-MM-dd HH:mm}{killed}")));
        }
        if (!held.IsEmpty) terminal.Note("sandpiper held show N, keep N (puts it back), drop N (removes it)");
        foreach (UnlookedRun run in unlooked)
        {
            terminal.Note(Inked.Yellow($"{KilledRuns.WordsOf(run.Command, run.Begun)}; nobody knows what it left: "
                + KilledRuns.WordsOf(run.Why, run.Directory)));
        }
        if (!unlooked.IsEmpty) terminal.Note("sandpiper held forget      has that count as looked at");
    }

    private static void Tell(Terminal terminal, HeldFile file)
    {
        terminal.Line($"{file.Number}  {NameOf(file)}");
        if (!file.Together.IsEmpty)
        {
            foreach (string path in file.Together.Take(MostLines)) terminal.Line($"  {path}");
            if (file.Together.Length > MostLines) terminal.Line($"  {file.Together.Length - MostLines:N0} more");
            terminal.Note($"  in this order, as 1, 2 and on, they lie in {file.Place}");
            return;
        }
        FileStatus.TryRead(file.Place, out FileStatus status);
        if (status.Type is FileType.SymbolicLink) terminal.Line($"  a link to {SymbolicLink.Target(file.Place)}");
        else if (status.Type is FileType.Directory)
        {
            foreach (string path in Directory.EnumerateFileSystemEntries(file.Place).Order(StringComparer.Ordinal).Take(MostLines))
                terminal.Line($"  {Path.GetFileName(path)}");
            terminal.Note($"  a directory; it lies in {file.Place}");
        }
        else if (status.Type is FileType.Regular) Content(terminal, file.Place);
        else terminal.Line("  neither a file nor a directory nor a link");
    }

    private static void Content(Terminal terminal, string path)
    {
        if (!FileStatus.TryRead(path, out FileStatus status) || status.Size > MostBytes
            || RegularFile.TryRead(path, MostBytes) is not { } content)
        {
            terminal.Note($"  more than {MostBytes >> 10} KB; it lies in {path}");
            return;
        }
        if (content.Contains((byte)0))
        {
            terminal.Line($"  {content.Length:N0} bytes that are no text");
            return;
        }
        string[] lines = Encoding.UTF8.GetString(content).Split('\n');
        foreach (string line in lines.Take(MostLines)) terminal.Line($"  {line}");
        if (lines.Length > MostLines) terminal.Note($"  {lines.Length - MostLines} more lines; it lies in {path}");
    }

    private static void WriteJson(Terminal terminal, ImmutableArray<HeldFile> held, string word, List<HeldFile> done,
        ImmutableArray<UnlookedRun> unlooked, ImmutableArray<UnlookedRun> forgotten) =>
        JsonAnswer.Write(terminal, "held", json =>
        {
            json.WriteStartArray("held");
            foreach (HeldFile file in held.Except(done))
            {
                json.WriteStartObject();
                json.WriteNumber("number", file.Number);
                json.WriteString("path", file.Path);
                json.WriteString("run_by", file.RunBy);
                json.WriteString("command", file.Command);
                json.WriteString("when", file.When);
                json.WriteBoolean("killed", file.IsOfKilled);
                json.WriteString("place", file.Place);
                json.WriteStrings("together", file.Together);
                json.WriteEndObject();
            }
            json.WriteEndArray();
            json.WriteStrings("put_back", word is Keep ? done.Select(file => file.Path) : []);
            json.WriteStrings("removed", word is Drop ? done.Select(file => file.Path) : []);
            Write("unknown", unlooked);
            Write("forgotten", forgotten);

            void Write(string name, ImmutableArray<UnlookedRun> runs)
            {
                json.WriteStartArray(name);
                foreach (UnlookedRun run in runs)
                {
                    json.WriteStartObject();
                    json.WriteString("command", run.Command);
                    if (run.Begun is { } begun) json.WriteString("begun", begun);
                    else json.WriteNull("begun");
                    json.WriteString("directory", run.Directory);
                    json.WriteString("why", KeyOf(run.Why));
                    json.WriteEndObject();
                }
                json.WriteEndArray();
            }
        });

    private static string KeyOf(WhyUnlooked why) => why switch
    {
        WhyUnlooked.Gone => "gone",
        WhyUnlooked.Another => "another",
        WhyUnlooked.Closed => "closed",
        WhyUnlooked.Living => "living",
        _ => "damaged",
    };
}
