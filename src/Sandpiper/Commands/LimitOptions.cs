using System.CommandLine;
using System.Globalization;
using Sandpiper.Archives;

namespace Sandpiper.Commands;

/// <summary>
/// The most that one wheel may hold, for who knows that his is larger than what exists:
/// an option of every command that fetches.
/// </summary>
internal sealed class LimitOptions
{
    private readonly Option<int> _maxFiles = Of("--max-files", ArchiveLimits.Default.MaxMembers, "the most files that one wheel may have");

    private readonly Option<int> _maxRatio = Of("--max-ratio", ArchiveLimits.Default.MaxRatio,
        "the most bytes that one of a wheel may unpack to");

    private LimitOptions() { }

    public static LimitOptions AddTo(Command command)
    {
        var options = new LimitOptions();
        command.Options.Add(options._maxFiles);
        command.Options.Add(options._maxRatio);
        return options;
    }

    public ArchiveLimits Chosen(ParseResult parsed) => ArchiveLimits.Default with
    {
        MaxMembers = parsed.GetValue(_maxFiles),
        // Each needs a file to be in the archive; the names of fewer imply fewer.
        MaxDirectories = Math.Max(ArchiveLimits.Default.MaxDirectories, parsed.GetValue(_maxFiles) / 2),
        MaxRatio = parsed.GetValue(_maxRatio),
    };

    private static Option<int> Of(string name, int standard, string description) => new(name)
    {
        HelpName = "N",
        Description = $"{description}; default: {standard}",
        DefaultValueFactory = _ => standard,
        Arity = ArgumentArity.OneOrMore,
        CustomParser = result =>
        {
            string text = result.Tokens[^1].Value;
            if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int number) && number > 0) return number;
            result.AddError($"`{name}` takes a number from 1 on, not `{text}`");
            return standard;
        },
    };
}
