namespace Sandpiper.Interpreters.Tests;

/// <summary>The Python of the machine, asked once.</summary>
internal static class MachineInterpreter
{
    private const string MachinePython = "/usr/bin/python3";

    private static readonly Lazy<Interpreter?> Found =
        new(() => File.Exists(MachinePython) ? new InterpreterProbe(null).Ask(MachinePython) : null);

    public static Interpreter Python
    {
        get
        {
            Assert.SkipWhen(Found.Value is null, $"there is no {MachinePython}");
            return Found.Value!;
        }
    }
}
