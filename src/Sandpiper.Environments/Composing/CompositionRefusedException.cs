using Sandpiper.Packaging.Names;
using Sandpiper.Packaging.Versions;

namespace Sandpiper.Environments.Composing;

/// <summary>Packages that cannot be in one environment, or one that reaches for what is not its own. Nothing was written.</summary>
public sealed class CompositionRefusedException(PackageName name, Pep440Version version, string rule, string because, string path) : Exception($"{because}: {path} ({rule})")
{
    public PackageName Name { get; } = name;

    public Pep440Version Version { get; } = version;

    /// <summary>SP-ENV-01 or SP-ENV-02.</summary>
    public string Rule { get; } = rule;

    public string Because { get; } = because;

    /// <summary>The file that decided, below the environment.</summary>
    public string Path { get; } = path;
}
