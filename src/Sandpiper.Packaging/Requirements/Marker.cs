using System.Diagnostics.CodeAnalysis;
using Sandpiper.Packaging.Names;

namespace Sandpiper.Packaging.Requirements;

/// <summary>An environment marker (PyPA "Dependency specifiers", "Environment markers"). Immutable.</summary>
/// <remarks>Equal when the normal forms are: legacy field names, quotes, spaces and needless parentheses do not count.</remarks>
public sealed class Marker : IEquatable<Marker>
{
    private readonly MarkerNode _node;
    private readonly string _normal;
    private Answer? _known;     // the last one without extras: a thousand METADATA have the same marker, of one pool (RequirementPool)

    internal Marker(MarkerNode node) => (_node, _normal) = (node, node.ToString()!);

    /// <exception cref="FormatException">Not a marker; the message says where.</exception>
    public static Marker Parse(string text) =>
        TryParse(text, out var marker, out var problem) ? marker : throw new FormatException($"{problem}");

    /// <summary>Reads a marker; a field that the standard does not know is a problem.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, [NotNullWhen(true)] out Marker? marker, out ParseProblem problem)
    {
        marker = null;
        var cursor = new AsciiCursor(text);
        if (!MarkerGrammar.TryTake(ref cursor, out var node, out problem)) return false;
        if (!cursor.AtEnd)
        {
            problem = cursor.Problem("'and', 'or' or the end of the marker");
            return false;
        }
        marker = new Marker(node);
        return true;
    }

    /// <summary>
    /// Whether the marker holds in <paramref name="environment"/> when exactly <paramref name="extras"/> were requested of the package
    /// that carries it: <c>extra == "x"</c> holds if x is among them, <c>extra != "x"</c> if it is not.
    /// </summary>
    public MarkerResult Evaluate(MarkerEnvironment environment, IReadOnlyCollection<PackageName> extras)
    {
        if (extras.Count > 0) return Of(environment, extras);
        Answer? known = Volatile.Read(ref _known);
        if (known is null || !ReferenceEquals(known.Environment, environment))
            Volatile.Write(ref _known, known = new Answer(environment, Of(environment, [])));
        return known.Result;
    }

    /// <summary>
    /// Whether the marker of a lock file's package holds when these <paramref name="extras"/> and <paramref name="groups"/> are installed
    /// (PEP 751). There is no <c>extra</c> there: it makes the marker undefined.
    /// </summary>
    public MarkerResult EvaluateInLock(
        MarkerEnvironment environment, IReadOnlyCollection<PackageName> extras, IReadOnlyCollection<PackageName> groups) =>
        _node.Evaluate(new MarkerScope(environment, IsLock: true, extras, groups));

    public bool Equals(Marker? other) => other is not null && string.Equals(_normal, other._normal, StringComparison.Ordinal);

    public override bool Equals(object? obj) => Equals(obj as Marker);

    public override int GetHashCode() => _normal.GetHashCode(StringComparison.Ordinal);

    /// <summary>The normal form.</summary>
    public override string ToString() => _normal;

    private MarkerResult Of(MarkerEnvironment environment, IReadOnlyCollection<PackageName> extras) =>
        _node.Evaluate(new MarkerScope(environment, IsLock: false, extras, []));

    private sealed record Answer(MarkerEnvironment Environment, MarkerResult Result);
}
