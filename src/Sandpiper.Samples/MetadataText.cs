using System.Collections.Immutable;
using System.Text;

namespace Sandpiper.Samples;

/// <summary>Core metadata as wheels (METADATA) and sdists (PKG-INFO) carry it.</summary>
internal sealed record MetadataText(string Name, string Version)
{
    public string MetadataVersion { get; init; } = "2.1";

    public string Summary { get; init; } = "A made-up package";

    public string? RequiresPython { get; init; }

    public ImmutableArray<string> Requires { get; init; } = [];

    public ImmutableArray<string> Extras { get; init; } = [];

    public MetadataText WithExtra(string extra, IEnumerable<string> requirements) => this with
    {
        Extras = Extras.Add(extra),
        Requires = Requires.AddRange(requirements.Select(requirement => OnlyFor(extra, requirement))),
    };

    public override string ToString()
    {
        var text = new StringBuilder($"Metadata-Version: {MetadataVersion}\nName: {Name}\nVersion: {Version}\nSummary: {Summary}\n");
        if (RequiresPython is not null) text.Append($"Requires-Python: {RequiresPython}\n");
        foreach (string requirement in Requires) text.Append($"Requires-Dist: {requirement}\n");
        foreach (string extra in Extras) text.Append($"Provides-Extra: {extra}\n");
        return text.ToString();
    }

    private static string OnlyFor(string extra, string requirement) => requirement.Split(';', 2) switch
    {
        [var what, var marker] => $"{what.TrimEnd()} ; ({marker.Trim()}) and extra == '{extra}'",
        _ => $"{requirement} ; extra == '{extra}'",
    };
}
