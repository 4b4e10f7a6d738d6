using Sandpiper.Kernel.Files;

namespace Sandpiper.Sandbox.Profiles;

/// <summary>Where a grant of a path is judged, and becomes what is shown or a refusal.</summary>
internal static class GrantedPaths
{
    /// <exception cref="GrantRefusedException">It is not there, or leads where nobody may mean.</exception>
    public static ShownPath Readable(string path, Caller caller)
    {
        ShownPath shown = ShownPath.At(path, PathAccess.Read) ?? throw Refused(new GrantRefusal.Absent());
        if (IsDevice(shown.Real)) throw Refused(new GrantRefusal.Device());
        // Who names a place means it; who names a link may not know where a program that could write here has made it lead.
        bool isNamed = string.Equals(shown.Real, shown.Path, StringComparison.Ordinal);
        string judged = Directory.Exists(shown.Real) ? shown.Real : Path.GetDirectoryName(shown.Real)!;
        return !isNamed && SensitiveDirectories.WhyNotShown(judged, caller) is { } why
            ? throw Refused(new GrantRefusal.LeadsTo(shown.Real, why)) : shown;

        GrantRefusedException Refused(GrantRefusal reason) => new(PathAccess.Read, path, reason);
    }

    /// <param name="dataRoot">Where the sealed packages of every environment lie, and what was allowed.</param>
    /// <exception cref="GrantRefusedException">No directory or file, or none that may be written.</exception>
    public static ShownPath Writable(string path, string dataRoot, Caller caller)
    {
        ShownPath? shown = ShownPath.At(path, PathAccess.Write);
        if (shown is not null && IsDevice(shown.Real)) throw Refused(new GrantRefusal.Device());
        if (shown is null || !(Directory.Exists(shown.Real) || IsFile(shown.Real))) throw Refused(new GrantRefusal.Absent());
        // As the kernel sees them: what a link leads to is what would be written.
        if (Meets(shown.Real, dataRoot)) throw Refused(new GrantRefusal.HoldsPackages());
        // Start files of shells, keys, other people's things: write access there outlives the sandbox.
        string directory = Directory.Exists(shown.Real) ? shown.Real : Path.GetDirectoryName(shown.Real)!;
        if (SensitiveDirectories.WhyNotShown(directory, caller) is { } why && !IsOfNobody(shown.Real, why))
            throw Refused(new GrantRefusal.Sensitive(why));
        if (Meets(shown.Real, caller.Cache)) throw Refused(new GrantRefusal.HoldsCache());
        if (ProgramPlaces.Of(caller).Intersect([directory, shown.Real], StringComparer.Ordinal).Any())
            throw Refused(new GrantRefusal.HoldsPrograms());
        return caller.MayWrite(shown.Real) ? shown : throw Refused(new GrantRefusal.NotTheCallers(caller.WasRoot ? caller.UserName : null));

        GrantRefusedException Refused(GrantRefusal reason) => new(PathAccess.Write, path, reason);
    }

    /// <exception cref="GrantRefusedException">It was remembered, and is a link by now.</exception>
    public static ShownPath Settled(ShownPath shown, Grants grants) =>
        grants.Settled.Contains(shown.Path, StringComparer.Ordinal) && !string.Equals(shown.Path, shown.Real, StringComparison.Ordinal)
            ? throw new GrantRefusedException(shown.Access, shown.Path, new GrantRefusal.LeadsElsewhere(shown.Real)) : shown;

    // A file at home that no shell, no tool and no other program looks for by its name: `~/report.csv`.
    private static bool IsOfNobody(string real, Sensitivity why) => why.Kind is SensitivityKind.Home && IsFile(real)
        && Path.GetFileName(real) is var name && !name.StartsWith('.') && !ProtectedNames.IsProtected(name)
        && !SensitiveDirectories.IsKey(real);

    // The sandbox has its own, and none that is not everybody's.
    private static bool IsDevice(string real) => DirectoryTree.Holds("/dev", real);

    // No pipe, socket or device: somebody else is behind it.
    private static bool IsFile(string real) => FileStatus.TryRead(real, out FileStatus status) && status.Type is FileType.Regular;

    private static bool Meets(string real, string other) =>
        RealPath.Of(other) is var there && (DirectoryTree.Holds(real, there) || DirectoryTree.Holds(there, real));
}
