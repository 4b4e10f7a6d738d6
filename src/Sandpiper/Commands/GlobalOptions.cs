using System.CommandLine;
using Sandpiper.Console;

namespace Sandpiper.Commands;

/// <summary>The options that every command takes.</summary>
internal static class GlobalOptions
{
    public static readonly Option<bool> Quiet = new("-q", "--quiet") { Recursive = true, Description = "only the answer and errors" };
    public static readonly Option<bool> Verbose =
        new("-v", "--verbose") { Recursive = true, Description = "also what was decided on the way" };
    public static readonly Option<bool> Json =
        new("--json") { Recursive = true, Description = "one JSON object with stable keys on standard output" };
    public static readonly Option<bool> NoProgress = new("--no-progress") { Recursive = true, Description = "no progress line" };
    public static readonly Option<bool> Offline =
        new("--offline") { Recursive = true, Description = "use only what is on this machine already" };

    public static readonly Option<ColorChoice> Color = ColorOption();

    public static readonly Option<string> Root = new TextOption("--root")
    {
        Recursive = true,
        HelpName = "DIR",
        Description = "where environments and the store live; default: SANDPIPER_ROOT, else ~/.local/share/sandpiper",
    };

    public static IEnumerable<Option> All => [Quiet, Verbose, Json, Color, NoProgress, Offline, Root];

    private static Option<ColorChoice> ColorOption()
    {
        var color = new Option<ColorChoice>("--color")
        {
            Recursive = true,
            HelpName = "auto|always|never",
            Description = "auto: on a terminal, unless NO_COLOR is set",
            Arity = ArgumentArity.OneOrMore,
            // The last one counts, as of every option.
            CustomParser = result => result.Tokens[^1].Value.ToLowerInvariant() switch
            {
                "auto" => ColorChoice.Auto,
                "always" => ColorChoice.Always,
                "never" => ColorChoice.Never,
                _ => Wrong(result, $"`--color {result.Tokens[^1].Value}`: auto, always or never is meant"),
            },
        };
        // Those of the type are names of ours, with capitals.
        color.CompletionSources.Clear();
        color.CompletionSources.Add("auto", "always", "never");
        return color;
    }

    private static ColorChoice Wrong(System.CommandLine.Parsing.ArgumentResult result, string message)
    {
        result.AddError(message);
        return ColorChoice.Auto;
    }
}
