using System.Collections.Immutable;
using System.CommandLine;
using Sandpiper.Console;
using Sandpiper.Packaging.Requirements;

namespace Sandpiper.Commands;

/// <summary>Where packages come from: the options of every command that resolves.</summary>
internal sealed class IndexOptions
{
    /// <summary>The public index, as pip and uv have it.</summary>
    public const string PublicIndex = "https://pypi.org/simple/";

    // Ours first, then what the user has set for other tools already.
    private static readonly ImmutableArray<string> Variables = ["SANDPIPER_INDEX_URL", "UV_DEFAULT_INDEX", "UV_INDEX_URL", "PIP_INDEX_URL"];

    private readonly TextOption _indexUrl = new("-i", "--index-url", "--default-index")
    {
        HelpName = "URL",
        Description =
            "the index (http, https or file); default: SANDPIPER_INDEX_URL, UV_DEFAULT_INDEX or PIP_INDEX_URL, else the public one",
    };

    private readonly Option<string[]> _extra = new("--extra-index-url")
    {
        HelpName = "URL",
        Description = "an index that is asked before it; the first that has a name owns it, and one that fails is never passed over",
    };

    private IndexOptions() { }

    public static IndexOptions AddTo(Command command)
    {
        var options = new IndexOptions();
        command.Options.Add(options._indexUrl);
        command.Options.Add(options._extra);
        return options;
    }

    /// <exception cref="ExplainedException">An address that is none, or none of a kind that can be asked.</exception>
    public ImmutableArray<Uri> Chosen(ParseResult parsed, RequirementsFile file, Terminal terminal)
    {
        string? given = parsed.GetValue(_indexUrl) ?? file.IndexUrl;
        string? variable = given is null
            ? Variables.FirstOrDefault(v => !string.IsNullOrEmpty(Environment.GetEnvironmentVariable(v))) : null;
        if (variable is not null)
        {
            given = Environment.GetEnvironmentVariable(variable);
            terminal.Detail($"index from {variable}");
        }
        IEnumerable<string> addresses =
            [.. parsed.GetValue(_extra) ?? [], .. file.ExtraIndexUrls, .. file.NoIndex ? [] : (string[])[given ?? PublicIndex]];
        return [.. addresses.Select(AddressOf)];
    }

    /// <summary>
    /// The command itself, or its file, names every index that is asked; else what is set for every command is among them.
    /// </summary>
    public bool AreNamed(ParseResult parsed, RequirementsFile file) =>
        parsed.GetValue(_indexUrl) is not null || file.IndexUrl is not null || file.NoIndex;

    private static Uri AddressOf(string text)
    {
        string whole = text.StartsWith('/') ? $"file://{text}" : text;
        return text.Length > 0 && Uri.TryCreate(whole.EndsWith('/') ? whole : whole + "/", UriKind.Absolute, out Uri? address)
            && address.Scheme is "http" or "https" or "file"
            ? address is { Query: "", Fragment: "" } ? address : throw Refusal(text, "an index has an address without ? and #")
            : throw Refusal(text, "http://…, https://… or file:///… is meant");
    }

    private static ExplainedException Refusal(string text, string because) =>
        new(new(ExitCode.WrongUsage, $"`{WithoutSecrets.OfBrokenAddress(text)}` is no address of an index", because));
}
