using System.Diagnostics.CodeAnalysis;
using Sandpiper.Packaging.Names;

namespace Sandpiper.Packaging.Requirements;

/// <summary>An environment marker (PyPA "Dependency specifiers", "Environment markers"). Immutable.</summary>
public sealed class Marker
{
    private readonly MarkerNode _root;

    private Marker(MarkerNode root) => _root = root;

    public static bool TryParse(ReadOnlySpan<char> text, [NotNullWhen(true)] out Marker? marker, out ParseProblem problem)
    {
        marker = MarkerGrammar.TryParse(text, out MarkerNode? root, out problem) ? new Marker(root) : null;
        return marker is not null;
    }

    /// <exception cref="FormatException">Not a marker.</exception>
    public static Marker Parse(string text) =>
        TryParse(text, out Marker? marker, out ParseProblem problem) ? marker : throw new FormatException($"`{text}`: {problem}");

    /// <summary>
    /// Whether the marker holds in <paramref name="environment"/> when exactly <paramref name="extras"/> were requested of the package
    /// that carries it.
    /// </summary>
    public MarkerResult Evaluate(MarkerEnvironment environment, IReadOnlyCollection<PackageName> extras) =>
        _root.Evaluate(new MarkerContext(environment, extras));

    public override string ToString() => _root.ToString();
}

/// <summary>What a marker is evaluated against.</summary>
internal sealed record MarkerContext(MarkerEnvironment Environment, IReadOnlyCollection<PackageName> Extras);
