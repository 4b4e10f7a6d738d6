namespace Sandpiper.Sandbox.Programs;

/// <summary>What a program that was trusted to run unconfined gave back.</summary>
public sealed record ProgramOutput(int ExitCode, byte[] StandardOutput, byte[] StandardError, bool WasTruncated, bool TimedOut);
