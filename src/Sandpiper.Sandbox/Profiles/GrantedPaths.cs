namespace Sandpiper.Sandbox.Profiles;

/// <summary>Where a grant of a path is judged, and becomes what is shown or a refusal.</summary>
internal static class GrantedPaths
{
    /// <exception cref="GrantRefusedException">It is not there, or leads where nobody may mean.</exception>
    public static ShownPath Readable(string path, Caller caller)
    {
        ShownPath shown = ShownPath.At(path, PathAccess.Read) ?? throw Refused(new GrantRefusal.Absent());
        // Who names a place means it; who names a link may not know where a program that could write here has made it lead.
        bool isNamed = string.Equals(shown.Real, shown.Path, StringComparison.Ordinal);
        string judged = Directory.Exists(shown.Real) ? shown.Real : Path.GetDirectoryName(shown.Real)!;
        return !isNamed && SensitiveDirectories.WhyNotShown(judged, caller) is { } why
            ? throw Refused(new GrantRefusal.LeadsTo(shown.Real, why)) : shown;

        GrantRefusedException Refused(GrantRefusal reason) => new(PathAccess.Read, path, reason);
    }

    /// <param name="dataRoot">Where the sealed packages of every environment lie, and what was allowed.</param>
    /// <exception cref="GrantRefusedException">No directory, or none that may be written.</exception>
    public static ShownPath Writable(string directory, string dataRoot, Caller caller)
    {
        ShownPath? shown = ShownPath.At(directory, PathAccess.Write);
        if (shown is null || !Directory.Exists(shown.Real)) throw Refused(new GrantRefusal.Absent());
        // As the kernel sees them: what a link leads to is what would be written.
        if (Meets(shown.Real, dataRoot)) throw Refused(new GrantRefusal.HoldsPackages());
        // Start files of shells, keys, other people's things: write access there outlives the sandbox.
        if (SensitiveDirectories.WhyNotShown(shown.Real, caller) is { } why) throw Refused(new GrantRefusal.Sensitive(why));
        if (Meets(shown.Real, caller.Cache)) throw Refused(new GrantRefusal.HoldsCache());
        if (ProgramPlaces.Of(caller).Contains(shown.Real, StringComparer.Ordinal)) throw Refused(new GrantRefusal.HoldsPrograms());
        return caller.MayWrite(shown.Real) ? shown : throw Refused(new GrantRefusal.NotTheCallers(caller.WasRoot ? caller.UserName : null));

        GrantRefusedException Refused(GrantRefusal reason) => new(PathAccess.Write, directory, reason);
    }

    private static bool Meets(string real, string other) =>
        RealPath.Of(other) is var there && (DirectoryTree.Holds(real, there) || DirectoryTree.Holds(there, real));
}
