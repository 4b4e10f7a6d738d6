using System.Collections.Immutable;

namespace Sandpiper.Auditing;

/// <summary>What of a machine decides how far hostile code gets once it runs: looked up, nothing tried.</summary>
/// <param name="Sites">Directories of packages that a Python on the PATH, or the user's own, imports from.</param>
/// <param name="Writable">Directories of the PATH that somebody else may write, or the way to which leads through such a one.</param>
/// <param name="IsManaged">The system's Python says that the system manages it (PEP 668); null: there is none.</param>
/// <param name="SudoRules">The rules of sudo may be read by whoever asks.</param>
public sealed record MachineFacts(
    ImmutableArray<MachineFacts.Place> Sites, ImmutableArray<MachineFacts.Way> Writable, bool? IsManaged, bool SudoRules)
{
    /// <param name="Owner">Of the directory.</param>
    /// <param name="Packages">That did not come with the system.</param>
    /// <param name="ByRoot">Of those, what root installed.</param>
    public sealed record Place(string Directory, string Owner, int Packages, int ByRoot);

    /// <param name="Directory">As PATH has it.</param>
    /// <param name="People">Who may write it, or a directory above.</param>
    public sealed record Way(string Directory, ImmutableArray<string> People);
}
