using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using Sandpiper.Packaging.Names;
using Sandpiper.Packaging.Tags;
using Sandpiper.Packaging.Versions;

namespace Sandpiper.Packaging.Wheels;

/// <summary>The name of a wheel, taken apart (PyPA "Binary distribution format", "File name convention").</summary>
public sealed record WheelFileName(string FileName, PackageName Name, Pep440Version Version, BuildTag Build, ImmutableArray<Tag> Tags)
{
    public static bool TryParse(string fileName, [NotNullWhen(true)] out WheelFileName? wheel, out ParseProblem problem) => throw new NotImplementedException();
}

/// <summary>Breaks ties between wheels of one version; the default value (no build tag) is the lowest.</summary>
public readonly record struct BuildTag(long Number, string Rest) : IComparable<BuildTag>
{
    public int CompareTo(BuildTag other) => throw new NotImplementedException();
}

/// <summary>The name of a source distribution (PEP 625 and older spellings).</summary>
public sealed record SdistFileName(string FileName, PackageName Name, Pep440Version Version)
{
    /// <param name="expected">The project whose page it stands on: old names cannot be split without it.</param>
    public static bool TryParse(string fileName, PackageName expected, [NotNullWhen(true)] out SdistFileName? sdist) => throw new NotImplementedException();
}
