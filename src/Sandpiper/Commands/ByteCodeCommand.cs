using System.CommandLine;
using Sandpiper.Console;
using Sandpiper.Environments;
using Sandpiper.Environments.Generations;
using Sandpiper.Interpreters;
using Sandpiper.Operations;
using Sandpiper.Operations.Compiling;
using Sandpiper.Sandbox.Bubblewrap;
using Sandpiper.Sandbox.Profiles;
using Sandpiper.Sandbox.Programs;

namespace Sandpiper.Commands;

/// <summary>
/// A hidden command that this program starts itself by: it compiles one wheel, in a sandbox that shows nothing else, so that what breaks
/// the compiler breaks nothing but its own byte code.
/// </summary>
internal static class ByteCodeCommand
{
    internal const string OfWheel = "compile-wheel";

    /// <summary>What becomes of one wheel: frames on standard output.</summary>
    public static Command Build()
    {
        var tree = new Argument<string>("TREE");
        var python = new Argument<string>("PYTHON");
        var prefix = new Argument<string>("PREFIX");
        var command = new TaughtCommand(OfWheel, "byte code for a sealed wheel", [], []) { Hidden = true, HasJson = false };
        foreach (Argument argument in (Argument[])[tree, python, prefix]) command.Arguments.Add(argument);
        command.Runs((session, parsed) =>
        {
            string root = session.Places.Root;
            var shown = new InstalledEnvironment(parsed.GetValue(tree)!, [], "/nonexistent", parsed.GetValue(prefix)!, root, root);
            string[] compile = [parsed.GetValue(python)!, "-I", "-S", "-B", "-c", CompiledModules.Script, parsed.GetValue(tree)!];
            // Of whoever asks it needs nothing, and gets nothing.
            Caller caller = Callers.Of(session) with { SandboxHome = "/home/user", CurrentDirectory = "/", UserName = "user" };
            Terms terms = Profile.Run.For(shown, new Grants { ShowCurrentDirectory = false }, caller, compile);
            return ConfinedProgram.Run(terms.Confinement, session.SecondStage, compile);
        });
        return command;
    }
}
