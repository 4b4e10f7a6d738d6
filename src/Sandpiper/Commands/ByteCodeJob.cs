using System.Collections.Frozen;
using Sandpiper.Console;
using Sandpiper.Environments;
using Sandpiper.Environments.Generations;
using Sandpiper.Interpreters;
using Sandpiper.Operations;
using Sandpiper.Operations.Compiling;
using Sandpiper.Sandbox.Programs;

namespace Sandpiper.Commands;

/// <summary>Byte code after a change.</summary>
internal static class ByteCodeJob
{
    /// <summary>At once, and said.</summary>
    public static void Run(Session session, string environment, EnvironmentChange change, CancellationToken cancel)
    {
        if (change.Generation is not { } number) return;
        using var line = new ProgressLine(session.Terminal, Session.Time);
        line.Count("Compiling", change.Packages, "package");
        CompilationOutcome? outcome = Compile(session.Context, environment, number, cancel);
        line.Dispose();
        if (outcome is null or { IsImpossible: true })
            session.Terminal.Note(Inked.Yellow("no byte code was made: there is no sandbox here to compile in"));
        else if (outcome.Wheels > 0)
            session.Terminal.Note($"Compiled {Counted.Of(outcome.Modules, "module")} of {Counted.Of(outcome.Wheels, "wheel")}");
    }

    /// <returns>Null when there is nothing to compile, or nothing to compile with.</returns>
    private static CompilationOutcome? Compile(OperationContext context, string name, int number, CancellationToken cancel) =>
        ManagedEnvironment.Open(context.Places.Root, name).TryRead(number) is { } generation
            && AfterChange.InterpreterOf(generation) is { } own
            ? Compile(context, generation, own, cancel) : null;

    internal static CompilationOutcome Compile(
        OperationContext context, Generation generation, Interpreter interpreter, CancellationToken cancel) =>
        new Compilation(context, interpreter, new Confined(context.Places)).Compile(generation, cancel);

    /// <summary>One process a wheel, for its time and its output to be limited from outside; in it, one sandbox.</summary>
    private sealed class Confined(DataPlaces places) : IByteCodeCompiler
    {
        private static readonly TimeSpan Patience = TimeSpan.FromMinutes(20);       // as the compiler's own limit of processor time
        private const int SignalBase = 128;

        public CompiledModules? Compile(string tree, long sourceBytes, Interpreter interpreter)
        {
            ProgramOutput output = PlainProgram.Run(BackgroundProgram.Own,
                ["--root", places.Root, ByteCodeCommand.OfWheel, tree, interpreter.Path, interpreter.Prefix],
                FrozenDictionary<string, string>.Empty, Patience, CompiledModules.MaxAnswerBytes(sourceBytes));
            CompiledModules compiled = CompiledModules.Parse(output.StandardOutput);
            // It was never begun: that says nothing of the wheel. What ended by a signal ran into a limit, or broke the compiler.
            bool isBegun = compiled.ByPath.Count > 0 || output.TimedOut || output.ExitCode is 0 or > SignalBase;
            return isBegun ? compiled : null;
        }
    }
}
