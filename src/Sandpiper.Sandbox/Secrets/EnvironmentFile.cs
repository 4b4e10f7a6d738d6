using System.Collections.Immutable;

namespace Sandpiper.Sandbox.Secrets;

/// <summary>Names of files in which a project keeps the environment of its programs, passwords among it.</summary>
internal static class EnvironmentFile
{
    // What is handed on to others, to be filled in.
    private static readonly ImmutableArray<string> Templates =
        [".example", ".sample", ".template", ".dist", ".defaults", ".schema", ".tpl", ".tmpl"];

    /// <summary>What most of them are called.</summary>
    public static ImmutableArray<string> Usual { get; } =
        [".env", .. ((string[])["local", "dev", "development", "test", "staging", "prod", "production"]).Select(of => $".env.{of}")];

    /// <summary><c>.env</c>, <c>.env.local</c>, <c>.env.production</c>; not <c>.env.example</c>, nor <c>.envrc</c>.</summary>
    public static bool HoldsSecrets(string name) => name is ".env"
        || (name.StartsWith(".env.", StringComparison.Ordinal)
            && !Templates.Any(end => name.EndsWith(end, StringComparison.OrdinalIgnoreCase)));
}
