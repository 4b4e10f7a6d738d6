using System.Collections.Immutable;

namespace Sandpiper.Assessment.Replicas;

/// <summary>
/// sudo, modelled: inside it only writes down what was asked for; whoever conducts the trial then starts that in root's view. The user's
/// own sudo is neither read nor run.
/// </summary>
internal static class SudoBroker
{
    public const string Requests = "/var/tmp/sudo-requests";

    // Unit and record separators: neither occurs in what is asked for.
    public const string Stub = """
        #!/bin/sh
        { printf '%s\037' "$@"; printf '\036'; } >> /var/tmp/sudo-requests

        """;

    /// <summary>What was asked for since the last time, each a command.</summary>
    public static ImmutableArray<ImmutableArray<string>> Take(Replica replica)
    {
        string file = replica.Outside(Requests);
        string text = File.ReadAllText(file);
        File.WriteAllText(file, "");
        return [.. text.Split('\u001e', StringSplitOptions.RemoveEmptyEntries)
            .Select(r => r.Split('\u001f', StringSplitOptions.RemoveEmptyEntries).ToImmutableArray()).Where(r => r.Length > 0)];
    }
}
