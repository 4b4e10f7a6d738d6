using Sandpiper.Packaging.Names;
using Sandpiper.Packaging.Versions;

namespace Sandpiper.Operations;

/// <summary>One package of a plan was refused, so nothing of the plan was done.</summary>
/// <remarks>The archive's or wheel's own refusal is the inner exception where there is one.</remarks>
public sealed class PackageRefusedException(PackageName name, Pep440Version version, string rule, string because, string? evidence, Exception? inner)
    : Exception($"{name} {version}: {because} ({rule})", inner)
{
    public PackageName Name { get; } = name;

    public Pep440Version Version { get; } = version;

    /// <summary>Stable: what a waiver quotes.</summary>
    public string Rule { get; } = rule;

    public string Because { get; } = because;

    /// <summary>The line that decided, as written in the package; null when <see cref="Because"/> says all.</summary>
    public string? Evidence { get; } = evidence;

    /// <summary>A waiver for this rule has an effect.</summary>
    public bool MayBeAllowed { get; init; }

    /// <summary>It is about a start-up hook, so the package could also be installed without it.</summary>
    public bool IsHook { get; init; }
}
