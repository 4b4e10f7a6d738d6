using System.CommandLine;
using System.Globalization;
using Sandpiper.Console;
using Sandpiper.Environments;
using Sandpiper.Environments.Generations;
using Sandpiper.Interpreters;
using Sandpiper.Kernel;
using Sandpiper.Operations;
using Sandpiper.Sandbox.Programs;

namespace Sandpiper.Commands;

/// <summary>
/// What follows a change of an environment by a process of its own, which goes on when the command has ended: generations out of reach are
/// removed, what is linked as it was before is looked at, and byte code is made for what has none.
/// </summary>
internal static class AfterChange
{
    internal const string Name = "after-change";

    /// <summary>Begins it and does not wait. That it cannot be begun is no failure of what was asked for.</summary>
    public static void Start(Session session, string environment, EnvironmentChange change)
    {
        if (!(change.LacksByteCode || change.IsToBeLookedAt || change.LeavesGenerations) || change.Generation is not { } number) return;
        try
        {
            BackgroundProgram.Start(
                ["--root", session.Places.Root, Name, session.Places.Cache, environment, number.ToString(CultureInfo.InvariantCulture)]);
        }
        catch (KernelException error)
        {
            session.Terminal.Note(Inked.Dim($"no byte code is made, and nothing is looked at: {error.Message}"));
        }
    }

    /// <summary>The process. Says nothing: nobody listens.</summary>
    public static Command Build()
    {
        var cache = new Argument<string>("CACHE");
        var name = new Argument<string>("ENVIRONMENT");
        var number = new Argument<int>("GENERATION");
        var command = new TaughtCommand(Name, "what follows a change", [], []) { Hidden = true, HasJson = false };
        foreach (Argument argument in (Argument[])[cache, name, number]) command.Arguments.Add(argument);
        command.Runs((session, parsed) =>
        {
            BackgroundProgram.GiveWay();
            var context = session.Context with { Places = new DataPlaces(session.Places.Root, parsed.GetValue(cache)!) };
            ManagedEnvironment environment = ManagedEnvironment.Open(context.Places.Root, parsed.GetValue(name)!);
            RemoveLeft(context, environment.Name);
            if (environment.TryRead(parsed.GetValue(number)) is not { } generation || InterpreterOf(generation) is not { } interpreter)
                return (int)ExitCode.Done;
            new LateLook(context).At(generation, interpreter.ByteCodeTag, CancellationToken.None);
            // What is current by now has had its own change, and what follows that.
            if (generation.ShowsByteCode && environment.LinkedNumber == generation.Number)
                ByteCodeJob.Compile(context, generation, interpreter, CancellationToken.None);
            return (int)ExitCode.Done;
        });
        return command;
    }

    // First, for it moves the ctime of files that are looked at next.
    private static void RemoveLeft(OperationContext context, string environment)
    {
        try
        {
            new LateRemoval(context).In(environment, CancellationToken.None);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // The next change tries again.
        }
    }

    /// <summary>Its own; null when that is gone. Nothing is kept: whoever has left meanwhile would find it again.</summary>
    internal static Interpreter? InterpreterOf(Generation generation) =>
        new EnvironmentInterpreter(new InterpreterProbe(cacheDirectory: null), searchPath: null).Own(generation);
}
