using System.Collections.Frozen;
using System.CommandLine;
using System.CommandLine.Parsing;
using Sandpiper.Console;

namespace Sandpiper.Commands;

/// <summary>What to say of a command line that means nothing: which word is wrong, and which was probably meant.</summary>
internal static class WrongWords
{
    // Two slips (a letter missing, one too many, another, two swapped) still look like the word, one in a short one; more are another word.
    private const int MostSlips = 2;

    // What pip, uv, apt, npm and git call what a command here does.
    private static readonly FrozenDictionary<string, string> CalledElsewhere = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["add"] = "install", ["update"] = "install", ["upgrade"] = "install", ["remove"] = "uninstall", ["rm"] = "uninstall",
        ["exec"] = "run", ["ls"] = "list", ["info"] = "show", ["inspect"] = "show", ["check"] = "verify", ["log"] = "history",
        ["prune"] = "gc", ["autoremove"] = "gc",
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>Null when the command line can be followed.</summary>
    public static Explanation? In(ParseResult parsed)
    {
        Command command = parsed.CommandResult.Command;
        // What follows `--` is never an option, whatever it looks like.
        Token[] mayBeOptions = [.. parsed.Tokens.TakeWhile(t => t.Type is not TokenType.DoubleDash)];
        // Where any number of words may follow, a mistyped option would count as one of them; no package's name begins with a dash.
        string? option = parsed.CommandResult.Children.OfType<ArgumentResult>().Where(a => !a.Argument.CaptureRemainingTokens)
            .SelectMany(a => a.Tokens).FirstOrDefault(
                t => t.Value is ['-', _, ..] && mayBeOptions.Contains(t, ReferenceEqualityComparer.Instance))?.Value;
        if (option is not null) return NoOption(option, command);
        // A variable of a script that is not set becomes one: no option means anything by it.
        if (GivenOptions(parsed).FirstOrDefault(o => o.Tokens.Any(t => t.Value.Length == 0)) is { } empty)
            return Usage($"`{NameIn(empty)}` was given an empty value", ItTakes(empty.Option), command);
        if (GivenOptions(parsed).FirstOrDefault(LacksValue) is { } bare)
            return Usage($"`{NameIn(bare)}` has no value", ItTakes(bare.Option), command);
        if (parsed.Errors.Count == 0) return null;
        if (parsed.UnmatchedTokens is [var word, ..]) return TooMany(word, parsed, mayBeOptions);
        Argument? missing = command.Arguments.FirstOrDefault(
            a => a.Arity.MinimumNumberOfValues > 0 && parsed.GetResult(a) is null or { Tokens.Count: 0 });
        if (missing is not null)
        {
            return Usage($"`{command.Name}` needs to be told {missing.Name}", "its help shows what it takes", command);
        }
        if (IsRoot(command) && parsed.Errors.All(e => e.SymbolResult is CommandResult))
            return Usage("no command was named", "`sandpiper help` lists all that there are", command);
        IEnumerable<ArgumentResult> wrong = parsed.Errors.Select(e => e.SymbolResult).OfType<ArgumentResult>();
        if (wrong.Select(NotAmong).OfType<Explanation>().FirstOrDefault() is { } other) return other;
        return new(ExitCode.WrongUsage, "that command line was not understood; nothing was done",
            [.. parsed.Errors.Select(e => e.Message).Distinct(StringComparer.Ordinal)], [HelpFor(command)]);
    }

    public static Explanation NoCommand(string word, Command root)
    {
        string? meant = Nearest(word, root.Subcommands.Where(c => !c.Hidden).Select(c => c.Name))
            ?? CalledElsewhere.GetValueOrDefault(word);
        return new(ExitCode.WrongUsage, $"there is no command `{WithoutSecrets.OfWord(word)}`; nothing was done",
            meant is not null ? $"did you mean `{meant}`?"
                : word is "pip" ? "its commands are Sandpiper's own: `sandpiper install`, `sandpiper list`"
                : "`sandpiper help` lists all that there are",
            meant is null ? "sandpiper help" : $"sandpiper help {meant}");
    }

    // Of a few words one has to be given, and this is none of them.
    private static Explanation? NotAmong(ArgumentResult given)
    {
        if (given.Argument is not ActionArgument { Words: var known } || given.Parent is not CommandResult { Command: var command }
            || given.Tokens is not [{ Value: var word }, ..] || known.Contains(word, StringComparer.Ordinal)) return null;
        string? meant = Nearest(word, known);
        return Usage($"`{command.Name}` has no `{WithoutSecrets.OfWord(word)}`",
            meant is null ? $"it has {string.Join(", ", known)}" : $"did you mean `{command.Name} {meant}`?", command);
    }

    public static Explanation NoOption(string word, Command command)
    {
        string name = word.Split('=')[0];       // what follows may be a secret
        string[] known = [.. OptionsOf(command).SelectMany(o => o.Aliases.Append(o.Name))];
        string? meant = known.Contains(name, StringComparer.Ordinal)
            ? null : Nearest(name, known.Where(k => k.StartsWith("--", StringComparison.Ordinal)));
        string whose = IsRoot(command) ? "there is no option" : $"`{command.Name}` has no option";
        // Every command that is about one takes it: somebody who works in another one than `shared` types it by habit.
        if (!IsRoot(command) && string.Equals(name, "--env", StringComparison.Ordinal) && !known.Contains(name, StringComparer.Ordinal))
            return Usage($"{whose} `{name}`", "it is about none of your environments alone: leave that out", command);
        return Usage($"{whose} `{name}`", meant is null ? "its help lists those that there are" : $"did you mean `{meant}`?", command);
    }

    /// <summary>Its own and those of every command.</summary>
    public static IEnumerable<Option> OptionsOf(Command command) =>
        command.Parents.OfType<Command>().SelectMany(above => above.Options).Concat(command.Options);

    private static Explanation TooMany(string word, ParseResult parsed, Token[] mayBeOptions)
    {
        Command command = parsed.CommandResult.Command;
        bool isBeforeCommand = !IsRoot(command)
            && parsed.Tokens.TakeWhile(t => t.Type is not TokenType.Command)
                .Any(t => string.Equals(t.Value, word, StringComparison.Ordinal));
        if (word is ['-', _, ..] && mayBeOptions.Any(t => string.Equals(t.Value, word, StringComparison.Ordinal)))
        {
            string name = word.Split('=')[0];
            bool isTheCommands = isBeforeCommand
                && command.Options.Any(o => string.Equals(o.Name, name, StringComparison.Ordinal) || o.Aliases.Contains(name));
            return isTheCommands
                ? Usage($"`{name}` stands before `{command.Name}`", $"it is an option of `{command.Name}` and comes after it", command)
                : NoOption(word, command);
        }
        if (IsRoot(command))
        {
            return command.Subcommands.Any(c => string.Equals(c.Name, word, StringComparison.Ordinal))
                ? Usage($"`--` stands before `{word}`", "the command comes first", command) : NoCommand(word, command);
        }
        return isBeforeCommand ? NoCommand(word, parsed.RootCommandResult.Command) : Usage(
            $"`{WithoutSecrets.OfWord(word)}` is one word too many for `{command.Name}`", "its help shows what it takes", command);
    }

    private static Explanation Usage(string what, string because, Command command) =>
        new(ExitCode.WrongUsage, $"{what}; nothing was done", because, HelpFor(command));

    private static IEnumerable<OptionResult> GivenOptions(ParseResult parsed) =>
        parsed.CommandResult.Children.Concat(parsed.RootCommandResult.Children).OfType<OptionResult>().Where(o => !o.Implicit);

    private static bool LacksValue(OptionResult given) =>
        given.Option.Arity.MinimumNumberOfValues > 0 && given.Tokens.Count < given.IdentifierTokenCount;

    private static string NameIn(OptionResult given) => given.IdentifierToken?.Value ?? given.Option.Name;

    private static string ItTakes(Option option) => option.HelpName is { } value ? $"it takes {value}" : "its help shows what it takes";

    private static bool IsRoot(Command command) => !command.Parents.Any();

    private static string HelpFor(Command command) => IsRoot(command) ? "sandpiper help" : $"sandpiper help {command.Name}";

    private static string? Nearest(string word, IEnumerable<string> known) =>
        known.Select(name => (Name: name, Slips: SlipsBetween(word, name)))
            .Where(c => c.Slips <= Math.Min(MostSlips, c.Name.TrimStart('-').Length / 3))
            .OrderBy(c => c.Slips).FirstOrDefault().Name;

    /// <summary>How many letters were left out, put in, replaced or swapped with their neighbour (optimal string alignment).</summary>
    internal static int SlipsBetween(string one, string other)
    {
        var slips = new int[one.Length + 1, other.Length + 1];
        for (int i = 0; i <= one.Length; i++) slips[i, 0] = i;
        for (int j = 0; j <= other.Length; j++) slips[0, j] = j;
        for (int i = 1; i <= one.Length; i++)
        {
            for (int j = 1; j <= other.Length; j++)
            {
                int replaced = slips[i - 1, j - 1] + (one[i - 1] == other[j - 1] ? 0 : 1);
                slips[i, j] = Math.Min(replaced, Math.Min(slips[i - 1, j], slips[i, j - 1]) + 1);
                bool swapped = i > 1 && j > 1 && one[i - 1] == other[j - 2] && one[i - 2] == other[j - 1];
                if (swapped) slips[i, j] = Math.Min(slips[i, j], slips[i - 2, j - 2] + 1);
            }
        }
        return slips[one.Length, other.Length];
    }
}
