using System.Collections.Concurrent;
using Sandpiper.Packaging.Requirements;
using Sandpiper.Packaging.Versions;

namespace Sandpiper.Resolution;

/// <summary>Judges Requires-Python for one interpreter, both bounds (uv ignores the upper one). Safe for many threads.</summary>
internal sealed class PythonRule
{
    private readonly Pep440Version? _version;
    // A page repeats a handful of texts thousands of times.
    private readonly ConcurrentDictionary<string, bool> _known = new(StringComparer.Ordinal);

    public PythonRule(MarkerEnvironment environment)
    {
        Environment = environment;
        // A build from between two releases calls itself "3.15.0+".
        if (Pep440Version.TryParse(environment.PythonFullVersion.TrimEnd('+'), out Pep440Version version, out _)) _version = version;
    }

    public MarkerEnvironment Environment { get; }

    public bool Accepts(SpecifierSet requires) => _version is { } version && requires.Contains(version);

    /// <summary>The text of an index page; one that is not understood decides nothing, because METADATA will be asked again.</summary>
    public bool Accepts(string requires) =>
        _known.GetOrAdd(requires, text => !SpecifierSet.TryParseRepaired(text, out SpecifierSet? set, out _, out _) || Accepts(set));

    public Obstacle Obstacle(string requires) => new Obstacle.OtherPython(requires, Environment.PythonFullVersion);
}
