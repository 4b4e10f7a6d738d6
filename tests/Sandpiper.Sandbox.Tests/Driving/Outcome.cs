namespace Sandpiper.Sandbox.Tests.Driving;

/// <summary>How a program ended, seen from outside.</summary>
internal sealed record Outcome(int ExitCode, string Output, string Errors)
{
    public override string ToString() => $"exit {ExitCode}\n{Output}\n{Errors}";
}
