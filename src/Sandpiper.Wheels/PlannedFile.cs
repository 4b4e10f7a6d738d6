using Sandpiper.Archives.Zip;

namespace Sandpiper.Wheels;

/// <summary>A file of a wheel, and where it will go.</summary>
/// <param name="IsInstalled">False: it is measured like every other, and left out.</param>
public sealed record PlannedFile(ZipMember Member, Placement Placement, bool IsInstalled)
{
    public StoredFile As(in MeasuredContent seen) =>
        new(Placement.Scheme, Placement.Path, Member.Name, seen.Digest, seen.Size, Member.IsExecutable, KindOf(seen));

    private StoredFileKind KindOf(in MeasuredContent seen)
    {
        if (Placement.IsStartUpHook) return StoredFileKind.StartUpHook;
        return Placement.Scheme == Scheme.Scripts && seen.IsPythonScript ? StoredFileKind.PythonScript : StoredFileKind.Plain;
    }
}
