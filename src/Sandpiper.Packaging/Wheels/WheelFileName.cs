using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using Sandpiper.Packaging.Names;
using Sandpiper.Packaging.Tags;
using Sandpiper.Packaging.Versions;

namespace Sandpiper.Packaging.Wheels;

/// <summary>The name of a wheel, taken apart (PyPA "Binary distribution format", "File name convention").</summary>
/// <param name="FileName">As written.</param>
/// <param name="Name">The project.</param>
/// <param name="Version">The release.</param>
/// <param name="Build">The default value when the name carries no build tag.</param>
/// <param name="Tags">Expanded.</param>
public sealed record WheelFileName(string FileName, PackageName Name, Pep440Version Version, BuildTag Build, ImmutableArray<Tag> Tags)
{
    private const string Extension = ".whl";

    /// <remarks>
    /// A variant wheel (PEP 825, a draft) has one part more, behind the platform, and is a problem: read as one with a build tag, its
    /// parts would all mean something else.
    /// </remarks>
    public static bool TryParse(string fileName, [NotNullWhen(true)] out WheelFileName? wheel, out ParseProblem problem) =>
        TryParse(fileName, default, default, out wheel, out problem);

    /// <param name="likelyName">Which project's it most likely is: of a thousand wheels of one, its name is read once.</param>
    /// <param name="likelyVersion">Which release it most likely is.</param>
    /// <inheritdoc cref="TryParse(string, out WheelFileName?, out ParseProblem)"/>
    public static bool TryParse(
        string fileName, PackageName likelyName, Pep440Version likelyVersion, [NotNullWhen(true)] out WheelFileName? wheel,
        out ParseProblem problem)
    {
        wheel = null;
        if (!ArtifactFileName.TryCheck(fileName, out problem)) return false;
        if (!fileName.EndsWith(Extension, StringComparison.Ordinal)) return Fails(fileName.Length, "\".whl\" at the end", out problem);

        var stem = fileName.AsSpan(0, fileName.Length - Extension.Length);
        Span<Range> parts = stackalloc Range[7];    // one more than fits, so that a seventh part is seen
        int count = stem.Split(parts, '-');
        if (count is not (5 or 6)) return Fails(stem.Length, "5 or 6 parts with '-' between them", out problem);

        var nameText = stem[parts[0]];
        int doubled = nameText.IndexOf("__", StringComparison.Ordinal);
        if (doubled >= 0) return Fails(doubled, "a single '_'", out problem);
        if (!PackageName.TryParse(nameText, likelyName, out var name, out problem)) return false;

        int versionStart = parts[1].Start.Value;
        if (!Pep440Version.TryParse(stem[parts[1]], likelyVersion, out var version, out var trouble))
            return Fails(versionStart + trouble.Position, trouble.Expected, out problem);

        BuildTag build = default;
        if (count == 6 && !BuildTag.TryParse(stem[parts[2]], out build))
            return Fails(parts[2].Start.Value, "a build tag, beginning with a digit", out problem);

        int tagStart = parts[count - 3].Start.Value;
        if (!Tag.TryParseSet(stem[tagStart..], out var tags))
            return Fails(tagStart, "compatibility tags such as \"py3-none-any\"", out problem);

        wheel = new WheelFileName(fileName, name, version, build, tags);
        return true;
    }

    private static bool Fails(int position, string expected, out ParseProblem problem)
    {
        problem = new ParseProblem(position, expected);
        return false;
    }
}
