using System.Collections.Immutable;

namespace Sandpiper.Sandbox.Profiles;

/// <summary>What one run may do beyond reading its environment and the current directory. Nothing, by default.</summary>
public sealed record Grants
{
    /// <summary>Directories it may write; absolute.</summary>
    public ImmutableArray<string> Write { get; init; } = [];

    /// <summary>Directories or files it may read; absolute.</summary>
    public ImmutableArray<string> Read { get; init; } = [];

    /// <summary>The host's network instead of none.</summary>
    public bool Network { get; init; }

    /// <summary>Variables of the caller that it is given.</summary>
    public ImmutableArray<string> Variables { get; init; } = [];

    /// <summary>False: the current directory is not shown.</summary>
    public bool ShowCurrentDirectory { get; init; } = true;
}
