using System.Collections.Immutable;

namespace Sandpiper.Sandbox;

/// <summary>What one confined program may see and do; whatever is not named here it may not.</summary>
public sealed record Confinement
{
    /// <summary>Host paths shown read-only at the same path inside.</summary>
    public ImmutableArray<string> ReadOnly { get; init; } = [];

    /// <summary>Host directories it may write, at the same path inside.</summary>
    public ImmutableArray<string> Writable { get; init; } = [];

    /// <summary>Host files or directories shown read-only although they lie in a writable one (<c>.git</c>).</summary>
    public ImmutableArray<string> Protected { get; init; } = [];

    /// <summary>What was judged before it was shown (<see cref="SeenPath"/>): the program is started only if just that is shown.</summary>
    public ImmutableArray<(string Path, string Identity)> Seen { get; init; } = [];

    /// <summary>Host files inside what is shown that the program shall not reach: sockets, behind each of which somebody unconfined answers.</summary>
    public ImmutableArray<string> Masked { get; init; } = [];

    /// <summary>Where it starts; must exist inside.</summary>
    public required string WorkingDirectory { get; init; }

    /// <summary>Its home: private, empty, gone afterwards; the path is the user's real one so that absolute paths mean the same.</summary>
    public required string Home { get; init; }

    /// <summary>Its whole environment.</summary>
    public ImmutableDictionary<string, string> Variables { get; init; } = ImmutableDictionary<string, string>.Empty;

    /// <summary>False: no network but its own loopback. True: the host's network.</summary>
    public bool HostNetwork { get; init; }

    /// <summary>What compares inside, puts the signals right and becomes the program (<see cref="Bubblewrap.SecondStage"/>): nothing runs without it.</summary>
    public required Bubblewrap.OwnProgram SecondStage { get; init; }
}
