using System.CommandLine;

namespace Sandpiper.Commands;

/// <summary>What a command does with its subject: one of a few words, the first where none is said.</summary>
internal sealed class ActionArgument : Argument<string>
{
    public ActionArgument(params string[] words) : base("ACTION")
    {
        Words = words;
        DefaultValueFactory = _ => words[0];
        this.AcceptOnlyFromAmong(words);
    }

    public IReadOnlyList<string> Words { get; }
}
