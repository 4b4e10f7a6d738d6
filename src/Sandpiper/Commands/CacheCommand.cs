using System.CommandLine;
using Sandpiper.Console;
using Sandpiper.Kernel.Files;
using Sandpiper.Operations.Collecting;

namespace Sandpiper.Commands;

/// <summary><c>cache dir</c>, <c>cache info</c>, <c>cache clean</c>: what may be deleted at any time.</summary>
internal static class CacheCommand
{
    private const string Place = "dir", Info = "info", Clean = "clean";

    public static Command Build()
    {
        var action = new ActionArgument(Info, Place, Clean) { HelpName = $"{Place}|{Info}|{Clean}" };
        var command = new TaughtCommand("cache", "where index pages are kept, how large that is, and away with it",
            [
                new("sandpiper cache info", "how large it is"),
                new("sandpiper cache dir", "where it is"),
                new("sandpiper cache clean", "empties it"),
            ],
            [
                "It holds index pages, METADATA and facts about interpreters, which cost only time when they are gone. Wheels are not in "
                + "it but in the store: what of them nobody needs any more is freed by `sandpiper gc`.",
            ]);
        command.Arguments.Add(action);
        command.Runs((session, parsed) =>
        {
            string word = parsed.GetValue(action)!;
            var cache = new CacheRemoval(session.Places.Cache);
            var space = new FreedSpace();
            foreach (string part in cache.Parts) space.Add(part);
            var left = word is Clean ? cache.Remove() : [];
            if (session.Json)
            {
                JsonAnswer.Write(session.Terminal, "cache", json =>
                {
                    json.WriteString("path", session.Places.Cache);
                    json.WriteNumber("bytes", space.Bytes);
                    json.WriteBoolean("cleaned", word is Clean && left.IsEmpty);
                });
            }
            else if (word is Place) session.Terminal.Line(session.Places.Cache);
            else if (word is Info) session.Terminal.Line(session.Places.Cache, "  ", SizeWords.Of(space.Bytes));
            else if (left.IsEmpty) session.Terminal.Note($"Freed {SizeWords.Of(space.Bytes)} of the cache");
            foreach (string path in left) session.Terminal.Note(Inked.Yellow($"`{path}` could not be removed"));
            return (int)(left.IsEmpty ? ExitCode.Done : ExitCode.CouldNot);
        });
        return command;
    }
}
