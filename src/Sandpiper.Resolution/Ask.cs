using Sandpiper.Packaging.Names;
using Sandpiper.Packaging.Requirements;
using Sandpiper.Packaging.Versions;

namespace Sandpiper.Resolution;

/// <summary>Somebody asks for a package, or limits it.</summary>
/// <param name="Requirement">What is asked for; its marker, which applies, is left out.</param>
/// <param name="By">The package that asks, in the version chosen; null: the user.</param>
/// <param name="IsLimit">A constraint: it asks for nothing by itself.</param>
/// <param name="Source">Of the user's line, as <c>requirements.txt:3</c>; empty otherwise.</param>
public sealed record Ask(Requirement Requirement, (PackageName Name, Pep440Version Version)? By, bool IsLimit, string Source);
