namespace Sandpiper.Sandbox.Programs;

/// <summary>What a program that was trusted to run unconfined gave back.</summary>
public sealed record ProgramOutput(int ExitCode, byte[] StandardOutput, byte[] StandardError, bool WasTruncated, bool TimedOut);

/// <summary>Runs a program of the system itself (an interpreter with <c>-I -S</c>), unconfined: absolute path, given environment, bounded output and time.</summary>
public static class PlainProgram
{
    /// <exception cref="SandboxException">It could not be started.</exception>
    public static ProgramOutput Run(string path, IReadOnlyList<string> arguments, IReadOnlyDictionary<string, string> variables, TimeSpan limit, int maxOutputBytes) =>
        throw new NotImplementedException();
}
