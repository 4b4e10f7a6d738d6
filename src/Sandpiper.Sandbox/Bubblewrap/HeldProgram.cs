namespace Sandpiper.Sandbox.Bubblewrap;

/// <summary>A program that the command itself holds; empty where it holds none.</summary>
public delegate ReadOnlySpan<byte> HeldProgram();
