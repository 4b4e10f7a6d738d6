namespace Sandpiper.Commands;

/// <summary>How this program can be typed from where the user stands.</summary>
internal static class TypedCommand
{
    private const string Name = "sandpiper";

    /// <param name="path">PATH; null: there is none.</param>
    /// <param name="directory">Where the user stands.</param>
    /// <param name="program">Where this program lies.</param>
    public static string Of(string? path, string directory, string program)
    {
        string? found = (path ?? "").Split(':').Where(Path.IsPathFullyQualified).Select(d => Path.Combine(d, Name))
            .FirstOrDefault(File.Exists);
        if (found is not null && string.Equals(Real(found), program, StringComparison.Ordinal)) return Name;
        // A clone's launcher, which starts what it has built beside itself.
        string launched = Path.Combine(directory, "out", Name), launcher = Path.Combine(directory, Name);
        if (File.Exists(launcher) && (string.Equals(program, launched, StringComparison.Ordinal) || string.Equals(Real(launcher), program,
            StringComparison.Ordinal)))
        {
            return $"./{Name}";
        }
        return string.Equals(Path.GetDirectoryName(program), directory, StringComparison.Ordinal)
            ? $"./{Path.GetFileName(program)}" : program;
    }

    private static string Real(string path) => new FileInfo(path).ResolveLinkTarget(returnFinalTarget: true)?.FullName ?? path;
}
