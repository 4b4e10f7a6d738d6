using System.Collections.Immutable;
using Sandpiper.Kernel.Files;
using Sandpiper.Sandbox.Bubblewrap;
using Sandpiper.Sandbox.Profiles;
using Sandpiper.Sandbox.Programs;
using Sandpiper.Sandbox.Reviews;

namespace Sandpiper.Sandbox.Attempts;

/// <summary>What came of one attempt.</summary>
/// <param name="GotThrough">Null: it was not tried, so that nothing is known.</param>
/// <param name="WorksWithout">The same without the sandbox; null where it is not tried there.</param>
public sealed record AttemptResult(Attempt Attempt, bool? GotThrough, bool? WorksWithout);

/// <summary>Tries the sandbox on this very machine: the same program once without it, once in it, on things of this moment.</summary>
public static class SandboxTrial
{
    private static readonly TimeSpan _limit = TimeSpan.FromSeconds(30);

    /// <param name="ownProgram">In the part of the hostile program.</param>
    /// <param name="secondStage">Of the sandbox.</param>
    /// <param name="caller">Whose home it is.</param>
    /// <param name="cancel">Asked between the steps, so that nothing is left of them.</param>
    /// <exception cref="SandboxUnavailableException">There is no sandbox to be had here.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public static ImmutableArray<AttemptResult> Run(
        OwnProgram ownProgram, SecondStageImage secondStage, Caller caller, CancellationToken cancel)
    {
        ImmutableDictionary<string, bool> without, within;
        using (var ground = new BaitGround(caller.Home))
        {
            PlainProgram.Run(BackgroundProgram.Own, [AttemptsProgram.Marker, ground.Bait.Shown, AttemptsProgram.Without],
                ImmutableDictionary<string, string>.Empty, _limit, maxOutputBytes: 0);
            // Ctrl-C is told to all that was started here, too: what came of it says nothing then.
            cancel.ThrowIfCancellationRequested();
            without = ground.Judge();
        }
        using (var ground = new BaitGround(caller.Home))
        {
            string program = ownProgram.StartedFrom(ground.Bait.Shown);
            ConfinedProgram.Run(ConfinementOn(ground.Bait, program, caller), secondStage,
                [program, AttemptsProgram.Marker, ground.Bait.Shown]);
            cancel.ThrowIfCancellationRequested();
            within = ground.Judge();
        }
        return [.. Attempt.All.Select(attempt => new AttemptResult(attempt, Of(within, attempt), Of(without, attempt)))];
    }

    /// <summary>Whether a program under review writes a layer where the caller's home lies.</summary>
    /// <param name="secondStage">Of the sandbox.</param>
    /// <param name="caller">Whose home it is.</param>
    /// <returns>False: a copy is made for it. Null: nothing can be made there to try it with.</returns>
    public static bool? LayersReviews(SecondStageImage secondStage, Caller caller)
    {
        try
        {
            using HeldDirectory ground = HeldDirectory.Make(caller.Home, BaitGround.AtHomePrefix);
            string project = Directory.CreateDirectory(Path.Join(ground.Path, "project")).FullName;
            return ReviewedRun.WouldLayer(ground.Path, Writing(project, caller), secondStage);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static bool? Of(ImmutableDictionary<string, bool> results, Attempt attempt) =>
        results.TryGetValue(attempt.Name, out bool works) ? works : null;

    private static Confinement ConfinementOn(Bait bait, string program, Caller caller)
    {
        Confinement writing = Writing(bait.Writable, caller);
        string[] read = DirectoryTree.Holds(bait.Shown, program) ? [bait.Shown] : [bait.Shown, program];
        return writing with { Shown = [.. read.Select(path => ShownPath.Needed(path, PathAccess.Read)), .. writing.Shown] };
    }

    private static Confinement Writing(string directory, Caller caller) => new()
    {
        Shown = [ShownPath.Needed(directory, PathAccess.Write)],
        WorkingDirectory = directory,
        Home = caller.SandboxHome,
        Variables = ImmutableDictionary<string, string>.Empty.Add("PATH", "/usr/bin:/bin").Add("HOME", caller.SandboxHome),
    };
}
