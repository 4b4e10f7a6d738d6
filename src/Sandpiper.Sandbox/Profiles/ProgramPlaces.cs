namespace Sandpiper.Sandbox.Profiles;

/// <summary>Where the caller's shell looks for programs, and this very one: what is written there runs with all of his rights.</summary>
internal static class ProgramPlaces
{
    /// <returns>Directories of PATH, and the path of this program; without links.</returns>
    public static IEnumerable<string> Of(Caller caller)
    {
        string path = caller.Variables.GetValueOrDefault("PATH", "");
        // What is relative means another directory everywhere; whoever has that in PATH runs whatever lies about anyway.
        return path.Split(':').Where(Path.IsPathFullyQualified)
            .Concat(caller.OwnProgram is { } own ? [own] : []).Select(RealPath.Of);
    }

    /// <summary>
    /// What lies directly in <paramref name="directory"/> and holds, or is, one of them: what lies deeper could be moved away with that.
    /// </summary>
    public static IEnumerable<string> NamesIn(ShownPath directory, Caller caller) => Of(caller)
        .Where(place => place.Length > directory.Real.Length && DirectoryTree.Holds(directory.Real, place))
        .Select(place => Path.Join(directory.Path, place[(directory.Real.Length + 1)..].Split('/')[0]))
        .Distinct(StringComparer.Ordinal);
}
