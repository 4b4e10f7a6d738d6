namespace Sandpiper.Packaging.Wheels;

/// <summary>What the file names of wheels and source distributions have in common.</summary>
internal static class ArtifactFileName
{
    private const int MaxLength = 255;      // NAME_MAX of every Linux file system

    /// <summary>
    /// Visible ASCII without a path separator. Names and versions are ASCII in normal form (PEP 427, PEP 625), and a version's own parser
    /// forgives white space around it, which a file name must not.
    /// </summary>
    public static bool TryCheck(string fileName, out ParseProblem problem)
    {
        problem = default;
        if (fileName.Length > MaxLength) problem = new ParseProblem(MaxLength, $"a file name of at most {MaxLength} characters");
        for (int i = 0; i < fileName.Length && problem == default; i++)
        {
            if (fileName[i] is <= ' ' or > '~' or '/' or '\\') problem = new ParseProblem(i, "a visible ASCII character, not a slash");
        }
        return problem == default;
    }
}
