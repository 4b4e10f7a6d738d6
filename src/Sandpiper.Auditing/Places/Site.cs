using System.Collections.Immutable;

namespace Sandpiper.Auditing.Places;

/// <summary>A directory of packages from which some Python imports.</summary>
/// <param name="Directory">Absolute, without links.</param>
/// <param name="Prefix">The root of its scheme: what RECORD may name lies below it.</param>
public sealed record Site(string Directory, string Prefix, SiteKind Kind)
{
    /// <summary><c>python3.11</c>; null when nobody says.</summary>
    public string? PythonName { get; init; }

    /// <summary>Of the standard library; null when it was not found.</summary>
    public string? Library { get; init; }

    /// <summary>Where its commands lie; null: nowhere of its own.</summary>
    public string? Scripts => Kind == SiteKind.Named ? null : $"{Prefix}/bin";

    /// <summary>The executable behind it, without links; null when there is none.</summary>
    public string? Executable { get; init; }
}
