using Sandpiper.Console;
using Sandpiper.Environments.Generations;

namespace Sandpiper.Commands;

/// <summary>Says once, when the shared environment is made, how its commands come onto PATH.</summary>
internal static class PathHint
{
    public static void Write(Session session, ManagedEnvironment environment)
    {
        if (!string.Equals(environment.Name, EnvironmentOptions.Shared, StringComparison.Ordinal)
            || !Directory.Exists(session.Places.Shims)) return;
        if ((Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Contains(session.Places.Shims, StringComparer.Ordinal)) return;
        session.Terminal.Note("");
        session.Terminal.Note("Commands of packages, each of which runs confined, come onto your PATH with this line:");
        session.Terminal.Note(Inked.Bold($"  export PATH=\"$PATH:{session.Places.Shims}\""));
    }
}
