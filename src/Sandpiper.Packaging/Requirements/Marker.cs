using System.Diagnostics.CodeAnalysis;
using Sandpiper.Packaging.Names;

namespace Sandpiper.Packaging.Requirements;

/// <summary>An environment marker (PyPA "Dependency specifiers", "Environment markers").</summary>
public sealed class Marker
{
    public static bool TryParse(ReadOnlySpan<char> text, [NotNullWhen(true)] out Marker? marker, out ParseProblem problem) => throw new NotImplementedException();

    public static Marker Parse(string text) => throw new NotImplementedException();

    /// <summary>
    /// Whether the marker holds in <paramref name="environment"/> when exactly <paramref name="extras"/> were requested of the package
    /// that carries it.
    /// </summary>
    public MarkerResult Evaluate(MarkerEnvironment environment, IReadOnlyCollection<PackageName> extras) => throw new NotImplementedException();

    public override string ToString() => throw new NotImplementedException();
}

/// <summary>Undefined: it compares what cannot be compared, or names an unknown field; the candidate that carries it is not eligible.</summary>
public enum MarkerResult
{
    False,
    True,
    Undefined,
}

/// <summary>The marker fields of one interpreter on one machine, each the exact text the standard defines.</summary>
public sealed record MarkerEnvironment
{
    public required string ImplementationName { get; init; }
    public required string ImplementationVersion { get; init; }
    public required string OsName { get; init; }
    public required string PlatformMachine { get; init; }
    public required string PlatformPythonImplementation { get; init; }
    public required string PlatformRelease { get; init; }
    public required string PlatformSystem { get; init; }
    public required string PlatformVersion { get; init; }
    public required string PythonFullVersion { get; init; }
    public required string PythonVersion { get; init; }
    public required string SysPlatform { get; init; }
}
