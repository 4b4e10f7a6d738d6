using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using Sandpiper.Packaging.Names;
using Sandpiper.Packaging.Versions;

namespace Sandpiper.Packaging.Requirements;

/// <summary>What a user or a package asks for: <c>name[extra] &gt;=1 ; marker</c> (PyPA "Dependency specifiers").</summary>
/// <param name="Name">The project.</param>
/// <param name="Extras">Requested extras, normalised like names.</param>
/// <param name="Specifiers">The versions that are meant; empty when <paramref name="Url"/> is set.</param>
/// <param name="Url">A direct reference (<c>name @ URL</c>), or null.</param>
/// <param name="Marker">When it applies; null: always.</param>
public sealed record Requirement(PackageName Name, ImmutableArray<PackageName> Extras, SpecifierSet Specifiers, string? Url, Marker? Marker)
{
    public static bool TryParse(ReadOnlySpan<char> text, [NotNullWhen(true)] out Requirement? requirement, out ParseProblem problem) => throw new NotImplementedException();

    public static Requirement Parse(string text) => throw new NotImplementedException();

    public override string ToString() => throw new NotImplementedException();
}
