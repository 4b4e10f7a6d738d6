using System.Diagnostics.CodeAnalysis;
using Sandpiper.Packaging.Names;
using Sandpiper.Packaging.Versions;

namespace Sandpiper.Packaging.Wheels;

/// <summary>The name of a source distribution (PEP 625 and older spellings).</summary>
/// <param name="FileName">As written.</param>
/// <param name="Name">The project.</param>
/// <param name="Version">The release.</param>
public sealed record SdistFileName(string FileName, PackageName Name, Pep440Version Version)
{
    // PEP 625 knows only the first. Zip archives are still on every index; other formats were given up by pip and uv.
    private static readonly string[] Extensions = [".tar.gz", ".zip"];

    /// <param name="expected">The project whose page it stands on: old names cannot be split without it.</param>
    public static bool TryParse(string fileName, PackageName expected, [NotNullWhen(true)] out SdistFileName? sdist)
    {
        sdist = null;
        string? extension = Array.Find(Extensions, end => fileName.EndsWith(end, StringComparison.Ordinal));
        if (extension is null || !ArtifactFileName.TryCheck(fileName, out _)) return false;

        // "a-b-1.0-1" is a-b 1.0.post1: the name ends at the one hyphen before which the expected name stands.
        var stem = fileName.AsSpan(0, fileName.Length - extension.Length);
        for (int hyphen = stem.IndexOf('-'); hyphen >= 0; hyphen = NextHyphen(stem, hyphen))
        {
            if (!PackageName.TryParse(stem[..hyphen], out var name, out _) || name != expected) continue;
            if (!Pep440Version.TryParse(stem[(hyphen + 1)..], out var version, out _)) return false;
            sdist = new SdistFileName(fileName, name, version);
            return true;
        }
        return false;
    }

    private static int NextHyphen(ReadOnlySpan<char> stem, int hyphen)
    {
        int next = stem[(hyphen + 1)..].IndexOf('-');
        return next < 0 ? -1 : hyphen + 1 + next;
    }
}
