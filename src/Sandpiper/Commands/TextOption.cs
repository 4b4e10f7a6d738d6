using System.CommandLine;

namespace Sandpiper.Commands;

/// <summary>An option with one value. Given twice, the last one counts, as in pip and uv: scripts add to what a variable holds.</summary>
internal sealed class TextOption : Option<string>
{
    public TextOption(string name, params string[] aliases) : base(name, aliases)
    {
        Arity = ArgumentArity.OneOrMore;
        CustomParser = result => result.Tokens[^1].Value;
    }
}
