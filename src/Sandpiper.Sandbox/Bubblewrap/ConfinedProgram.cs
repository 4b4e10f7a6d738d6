namespace Sandpiper.Sandbox.Bubblewrap;

/// <summary>Runs one program under bubblewrap and waits for it.</summary>
public static class ConfinedProgram
{
    /// <summary>Starts <paramref name="command"/> with our standard streams, passes signals on, and waits.</summary>
    /// <param name="command">Program (a path, or a name looked up in the inner PATH) and arguments.</param>
    /// <returns>Its exit code; 128 + n when signal n ended it; 126 not executable, 127 not found.</returns>
    /// <exception cref="SandboxUnavailableException">No bubblewrap, no user namespaces, or we are root.</exception>
    public static int Run(Confinement confinement, IReadOnlyList<string> command) => throw new NotImplementedException();
}
