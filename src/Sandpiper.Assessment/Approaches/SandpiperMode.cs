namespace Sandpiper.Assessment.Approaches;

/// <summary>The ways to use Sandpiper, which are measured as the others are.</summary>
public enum SandpiperMode
{
    /// <summary>Installed by you, used by <c>run</c>, nothing granted.</summary>
    Confined,

    /// <summary>Installed by you, its interpreter started without <c>run</c>.</summary>
    Unconfined,

    /// <summary>Started by root, so installed by a user of its own; used by you without <c>run</c>.</summary>
    System,

    /// <summary>Not installed: <c>try</c>, an environment for each run.</summary>
    Try,
}

/// <summary>The stable names of these rows, and their labels.</summary>
internal static class SandpiperModes
{
    public static string Id(this SandpiperMode mode) => mode switch
    {
        SandpiperMode.Confined => "sandpiper-user",
        SandpiperMode.Unconfined => "sandpiper-unconfined",
        SandpiperMode.Try => "sandpiper-try",
        _ => "sandpiper-system",
    };

    public static string Label(this SandpiperMode mode) => mode switch
    {
        SandpiperMode.Confined => "sandpiper run",
        SandpiperMode.Unconfined => "sandpiper, without run",
        SandpiperMode.Try => "sandpiper try",
        _ => "sandpiper by root",
    };
}
