using Sandpiper.Indexes;

namespace Sandpiper.Console;

/// <summary>What an index did, or was not asked, in words.</summary>
internal static class IndexWords
{
    public static Explanation Of(IndexException error) => new(error.IsRefusal ? ExitCode.Refused : ExitCode.CouldNot,
        error switch
        {
            { Rule: IndexRules.Owner } => "a package belongs to another index; nothing was changed",
            { IsRefusal: true } => "what the index gave was refused; nothing was changed",
            _ => "the index could not be asked; nothing was changed",
        },
        [error.Location is { } location ? $"{error.Because}: `{location}` ({error.Rule})" : $"{error.Because} ({error.Rule})"],
        error is { Rule: IndexRules.Owner, Location: { } owner }
            ? [AskToo(owner), "the same command with -i and the index from which everything that moves shall come"] : []);

    /// <summary>How what came from an index that was not asked may move.</summary>
    public static string AskToo(Uri index) => $"the same command with --extra-index-url {index}";
}
