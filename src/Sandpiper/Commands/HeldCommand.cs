using System.Collections.Immutable;
using System.CommandLine;
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
    private const string List = "list", Show = "show", Keep = "keep", Drop = "drop";
    private const int MostLines = 60, MostBytes = 64 << 10;

    public static Command Build()
    {
        var action = new ActionArgument(List, Show, Keep, Drop) { HelpName = $"{Show}|{Keep}|{Drop}" };
        var numbers = new Argument<int[]>("N") { Description = "as `sandpiper held` numbers them", Arity = ArgumentArity.ZeroOrMore };
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
            ]);
        command.Arguments.Add(action);
        command.Arguments.Add(numbers);
        command.Options.Add(all);
        command.Runs((session, parsed) =>
        {
            var files = new HeldFiles(session.Places.Root);
            ImmutableArray<HeldFile> held = files.List();
            string word = parsed.GetValue(action)!;
            ImmutableArray<HeldFile> chosen = word is List ? held
                : Chosen(held, parsed.GetValue(numbers) ?? [], parsed.GetValue(all), word);
            List<HeldFile> done = [];
            List<(HeldFile, string)> left = [];
            foreach (HeldFile file in word is Keep or Drop ? chosen : [])
            {
                if ((word is Keep ? Kept(file) : Dropped(file)) is { } why) left.Add((file, why));
                else done.Add(file);
            }
            if (session.Json) WriteJson(session.Terminal, held, word, done);
            else if (word is List) Tell(session.Terminal, held);
            else if (word is Show)
            {
                foreach (HeldFile file in chosen) Tell(session.Terminal, file);
            }
            else
            {
                foreach (HeldFile file in done) session.Terminal.Note($"{(word is Keep ? "put back" : "removed")}: {file.Path}");
            }
            foreach (var (file, why) in left) session.Terminal.Problem(Inked.Yellow($"{file.Number} stays aside: {file.Path}: {why}"));
            return (int)(left.Count == 0 ? ExitCode.Done : ExitCode.CouldNot);
        });
        return command;
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
        Errno.Exists => "something of that name is there by now; move it away first",
        Errno.NoSuchFile or Errno.NotDirectory => "the directory that it was made in is gone, or a link leads there now",
        Errno.CrossesDevices => "that is another file system by now",
        int errno => $"it cannot be moved there (error {errno})",
    };

    private static string? Dropped(HeldFile file) =>
        HeldFiles.Drop(file) is not 0 and int errno ? $"part of it cannot be removed (error {errno}); it lies in {file.Place}" : null;

    private static void Tell(Terminal terminal, ImmutableArray<HeldFile> held)
    {
        if (held.IsEmpty) terminal.Note("Nothing is kept aside");
        foreach (HeldFile file in held)
        {
            terminal.Line(string.Create(CultureInfo.InvariantCulture, $"{file.Number,3}  {file.Path}"));
            string command = ShownCommand.Of(file.Command);
            terminal.Listed(5, Inked.Dim(string.Create(CultureInfo.InvariantCulture,
                $"     would be run by {file.RunBy}; made by `{command}`, {file.When.ToLocalTime():yyyy-MM-dd HH:mm}")));
        }
        if (!held.IsEmpty) terminal.Note("sandpiper held show N, keep N (puts it back), drop N (removes it)");
    }

    private static void Tell(Terminal terminal, HeldFile file)
    {
        terminal.Line($"{file.Number}  {file.Path}");
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

    private static void WriteJson(Terminal terminal, ImmutableArray<HeldFile> held, string word, List<HeldFile> done) =>
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
                json.WriteString("place", file.Place);
                json.WriteEndObject();
            }
            json.WriteEndArray();
            json.WriteStrings("put_back", word is Keep ? done.Select(file => file.Path) : []);
            json.WriteStrings("removed", word is Drop ? done.Select(file => file.Path) : []);
        });
}
