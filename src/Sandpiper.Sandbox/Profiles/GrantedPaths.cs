using Microsoft.Win32.SafeHandles;
using Sandpiper.Kernel.Files;

namespace Sandpiper.Sandbox.Profiles;

/// <summary>Where a grant of a path is judged, and becomes what is shown or a refusal.</summary>
internal static class GrantedPaths
{
    // A name that is the same so often is what it is.
    internal const int Alike = 500;

    /// <param name="isSettled">It was remembered, and is no link.</param>
    /// <exception cref="GrantRefusedException">It is not there, or leads where nobody may mean.</exception>
    public static ShownPath Readable(string path, Caller caller, bool isSettled) =>
        Judged(path, PathAccess.Read, caller, shown => WhyNotRead(shown, caller) ?? WhyNotSettled(shown, isSettled));

    /// <param name="dataRoot">Where the sealed packages of every environment lie, and what was allowed.</param>
    /// <param name="isSettled">It was remembered, and is no link.</param>
    /// <exception cref="GrantRefusedException">No directory or file, or none that may be written.</exception>
    public static ShownPath Writable(string path, string dataRoot, Caller caller, bool isSettled) =>
        Judged(path, PathAccess.Write, caller, shown => WhyNotWritten(shown, dataRoot, caller) ?? WhyNotSettled(shown, isSettled));

    // Who exchanges a name all the time with a link to what nobody may be granted must not keep the one from it who meant the other.
    private static ShownPath Judged(string path, PathAccess access, Caller caller, Func<ShownPath, GrantRefusal?> whyNot)
    {
        ShownPath? first = null;
        GrantRefusal? refusal = null;
        bool isExchanged = false;
        foreach (int look in Looks.While())
        {
            ShownPath? shown = caller.At(path, access);
            GrantRefusal? why = shown is not null ? whyNot(shown)
                : ShownPath.HasNoText(path) ? new GrantRefusal.NoText() : new GrantRefusal.Absent();
            if (why is null) return shown!;
            if (look == 0) (first, refusal) = (shown, why);
            isExchanged |= shown?.Identity != first?.Identity;
            if (!isExchanged && look == Alike) break;
        }
        throw new GrantRefusedException(access, path, refusal!);
    }

    private static GrantRefusal? WhyNotRead(ShownPath shown, Caller caller)
    {
        if (IsDevice(shown.Real)) return new GrantRefusal.Device();
        // Who names a place means it; who names a link may not know where a program that could write here has made it lead.
        return IsLink(shown) && IsSensitive(shown, caller, out Sensitivity? why)
            ? why is null ? new GrantRefusal.Absent() : new GrantRefusal.LeadsTo(shown.Real, why) : null;
    }

    private static GrantRefusal? WhyNotWritten(ShownPath shown, string dataRoot, Caller caller)
    {
        if (IsDevice(shown.Real)) return new GrantRefusal.Device();
        // No pipe, socket or device: somebody else is behind it.
        if (shown.Type is not (FileType.Directory or FileType.Regular)) return new GrantRefusal.Absent();
        // As the kernel sees them: what a link leads to is what would be written.
        // What runs in each sandbox first lies beside those of the usual root, also where another root is meant this time.
        if (Meets(shown.Real, dataRoot) || (caller.SecondStages is { } first && Meets(shown.Real, first)))
            return new GrantRefusal.HoldsPackages();
        // Start files of shells, keys, other people's things: write access there outlives the sandbox.
        string directory = DirectoryOf(shown);
        if (IsSensitive(shown, caller, out Sensitivity? why) && (why is null || !IsOfNobody(shown, why)))
            return why is null ? new GrantRefusal.Absent() : new GrantRefusal.Sensitive(why);
        if (Meets(shown.Real, caller.Cache)) return new GrantRefusal.HoldsCache();
        if (ProgramPlaces.Of(caller).Intersect([directory, shown.Real], StringComparer.Ordinal).Any())
            return new GrantRefusal.HoldsPrograms();
        return caller.MayWrite(shown.Real) ? null : new GrantRefusal.NotTheCallers(caller.WasRoot ? caller.UserName : null);
    }

    // Also where it went meanwhile: then nobody knows why.
    private static bool IsSensitive(ShownPath shown, Caller caller, out Sensitivity? why)
    {
        why = null;
        if (shown.Type is not FileType.Directory) return (why = SensitiveDirectories.WhyNotShownAt(DirectoryOf(shown), caller)) is not null;
        using SafeFileHandle? held = shown.TryHold();
        return held is null || (why = SensitiveDirectories.WhyNotShown(shown.Real, held, caller)) is not null;
    }

    private static GrantRefusal.LeadsElsewhere? WhyNotSettled(ShownPath shown, bool isSettled) =>
        isSettled && IsLink(shown) ? new GrantRefusal.LeadsElsewhere(shown.Real) : null;

    private static bool IsLink(ShownPath shown) => !string.Equals(shown.Path, shown.Real, StringComparison.Ordinal);

    private static string DirectoryOf(ShownPath shown) =>
        shown.Type is FileType.Directory ? shown.Real : Path.GetDirectoryName(shown.Real)!;

    // A file at home that no shell, no tool and no other program looks for by its name: `~/report.csv`.
    private static bool IsOfNobody(ShownPath shown, Sensitivity why) => why.Kind is SensitivityKind.Home
        && shown.Type is FileType.Regular && Path.GetFileName(shown.Real) is var name && !name.StartsWith('.')
        && !ProtectedNames.IsProtected(name) && !SensitiveDirectories.IsKey(shown.Real);

    // The sandbox has its own, and none that is not everybody's.
    private static bool IsDevice(string real) => DirectoryTree.Holds("/dev", real);

    private static bool Meets(string real, string other) =>
        RealPath.Of(other) is var there && (DirectoryTree.Holds(real, there) || DirectoryTree.Holds(there, real));
}
