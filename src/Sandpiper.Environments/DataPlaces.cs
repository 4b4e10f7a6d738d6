namespace Sandpiper.Environments;

/// <summary>Where Sandpiper keeps what it keeps. Absolute paths; nothing is created by naming them.</summary>
/// <param name="Root">The store, the environments, the shims.</param>
/// <param name="Cache">What may be deleted at any time: index pages, METADATA, facts about interpreters.</param>
public sealed record DataPlaces(string Root, string Cache)
{
    /// <summary>As root everything belongs to a dedicated ordinary user, so it lies where that user's things lie.</summary>
    public static DataPlaces OfMachine { get; } = new("/var/lib/sandpiper", "/var/cache/sandpiper");

    /// <summary>Scripts on a person's PATH that go through <c>run</c>.</summary>
    public string Shims => Path.Combine(Root, "bin");

    /// <summary>Held by who changes something there.</summary>
    public string ShimsLock => Path.Combine(Root, ShimsLockName);

    /// <summary>Its name.</summary>
    public const string ShimsLockName = "bin.lock";

    /// <summary>
    /// What runs in each sandbox before the program, as a file for each version of it: made by the first run, started by the next ones.
    /// </summary>
    public string SecondStages => Path.Combine(Root, SecondStagesName);

    /// <summary>Its name.</summary>
    public const string SecondStagesName = "second-stages";

    /// <summary>The cached index pages and METADATA.</summary>
    public string IndexCache => Path.Combine(Cache, "index");

    /// <summary>The cached facts about interpreters.</summary>
    public string InterpreterCache => Path.Combine(Cache, "interpreters");

    /// <summary>Follows the XDG base directory specification; a relative or empty variable counts as unset, as it demands.</summary>
    /// <param name="home">The user's home directory.</param>
    /// <param name="variable">Gives an environment variable, or null.</param>
    public static DataPlaces OfUser(string home, Func<string, string?> variable)
    {
        string Base(string name, string fallback) =>
            variable(name) is { } given && Path.IsPathRooted(given) ? given : Path.Combine(home, fallback);
        return new(
            Path.Combine(Base("XDG_DATA_HOME", ".local/share"), "sandpiper"),
            Path.Combine(Base("XDG_CACHE_HOME", ".cache"), "sandpiper"));
    }

    /// <summary>The same, with everything below <paramref name="root"/> (<c>--root</c>, <c>SANDPIPER_ROOT</c>).</summary>
    public static DataPlaces Below(string root) => new(root, Path.Combine(root, "cache"));
}
