using System.CommandLine;

namespace Sandpiper.Commands;

internal static class DemoCommand
{
    public static Command Build() => new TaughtCommand("demo", "the whole story on a sample index, no network", [new("sandpiper demo", "under a minute")], []);
}
