using Sandpiper.Environments.Generations;

namespace Sandpiper.Console;

/// <summary>How a command that is hinted at names the environment.</summary>
internal static class InEnvironment
{
    /// <summary><c> --env NAME</c>; nothing for the one that everybody gets.</summary>
    public static string Option(string environment) =>
        string.Equals(environment, ManagedEnvironment.Shared, StringComparison.Ordinal) ? "" : $" --env {environment}";

    /// <summary><c> of `NAME`</c>; nothing for the one that everybody gets.</summary>
    public static string Of(string environment) =>
        string.Equals(environment, ManagedEnvironment.Shared, StringComparison.Ordinal) ? "" : $" of `{environment}`";
}
