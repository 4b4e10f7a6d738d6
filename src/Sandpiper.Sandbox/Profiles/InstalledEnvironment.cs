using System.Collections.Immutable;

namespace Sandpiper.Sandbox.Profiles;

/// <summary>
/// The generation a program is started from, and keeps whatever is installed meanwhile: what of it the sandbox has to show.
/// </summary>
/// <param name="Directory">The generation's.</param>
/// <param name="Linked">
/// Trees of sealed packages into which its links lead, but those in <see cref="Brought"/>: these, and no others of other environments,
/// whose packages need not be everybody's.
/// </param>
/// <param name="Scripts">Its commands, first on PATH inside.</param>
/// <param name="PythonPrefix">Where its interpreter is installed.</param>
/// <param name="Store">Where the sealed packages of every environment lie.</param>
/// <param name="DataRoot">Where everything of ours lies, the store too.</param>
public sealed record InstalledEnvironment(
    string Directory, ImmutableArray<string> Linked, string Scripts, string PythonPrefix, string Store, string DataRoot)
{
    /// <summary>
    /// In which directory of the store those sealed packages lie that this environment has brought, whether it still links to them or not:
    /// one that it shares with another may lie with that. Null: it links to none of them.
    /// </summary>
    public string? Brought { get; init; }

    // Of the prefix only what an interpreter needs: a prefix can be somebody's home (`./configure --prefix=$HOME`).
    private static readonly ImmutableArray<string> OfPrefix = ["bin", "include", "lib", "lib64", "libexec", "ssl"];

    /// <summary>Whether that is shown because it is the environment's, and not because it is the user's.</summary>
    public bool IsOwn(ShownPath shown) => string.Equals(Directory, shown.Path, StringComparison.Ordinal)
        || OfPrefix.Any(name => string.Equals(Path.Join(PythonPrefix, name), shown.Path, StringComparison.Ordinal));

    /// <summary>What it links to; null: nothing.</summary>
    /// <inheritdoc cref="ShownPackages.Needed"/>
    internal ShownPackages? Packages() => ShownPackages.Needed(Store, Linked, Brought);

    /// <summary>
    /// The generation itself, and the interpreter's own files where they are not part of the system that is shown anyway.
    /// </summary>
    /// <exception cref="SandboxUnavailableException">The generation is gone.</exception>
    internal IEnumerable<ShownPath> Shown()
    {
        yield return ShownPath.Needed(Directory, PathAccess.Read);
        if (PythonPrefix is "/usr" or "/") yield break;
        foreach (string name in OfPrefix)
        {
            if (ShownPath.At(Path.Join(PythonPrefix, name), PathAccess.Read) is { } part) yield return part;
        }
    }
}
