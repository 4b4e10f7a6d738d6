using System.Collections.Immutable;
using Sandpiper.Environments;
using Sandpiper.Environments.Generations;
using Sandpiper.Environments.Ledger;
using Sandpiper.Environments.Shims;
using Sandpiper.Environments.Verifying;
using Sandpiper.Interpreters;
using Sandpiper.Store;

namespace Sandpiper.Operations;

/// <summary>
/// Is everything of an environment as it was installed (P5)? Its files, and all that leads to them: link, ledger, interpreter, shims.
/// </summary>
/// <param name="executable">This program: what the shims start.</param>
/// <param name="secondStage">What every confined start begins with; null: no file.</param>
public sealed class Verification(
    ManagedEnvironment environment, DataPlaces places, string executable, KeptSecondStage? secondStage = null)
{
    /// <param name="Generation">The current one; where nothing says which that is, the one that was current last.</param>
    /// <param name="Files">Looked at in the generation.</param>
    /// <param name="Deviations">Empty when everything is as installed.</param>
    public sealed record Report(Generation Generation, int Files, ImmutableArray<Deviation> Deviations);

    /// <returns>Null when nothing was ever installed.</returns>
    /// <exception cref="EnvironmentException">The generation is damaged beyond reading.</exception>
    /// <exception cref="IOException">Something cannot be looked at.</exception>
    public Report? Look(bool full, CancellationToken cancel)
    {
        if (CurrentGeneration.Of(environment) is not { } current) return null;
        Generation generation = environment.Read(current.Number);
        var trees = new EnvironmentVerifier(environment, new WheelStore(places.Root)).Verify(generation, full, cancel);
        return new Report(generation, trees.Files,
            [
                .. OfLink(current), .. OfInterpreter(generation), .. OfPlace(generation), .. trees.Deviations,
                .. ShimDirectory.Compare(environment, generation, places, executable), .. OfSecondStage(),
            ]);
    }

    private IEnumerable<Deviation> OfSecondStage()
    {
        if (secondStage?.IsAsHeld() is false)
        {
            yield return new Deviation(DeviationKind.Changed, DataPlaces.SecondStagesName, null, RunsAtStart: false)
            {
                Place = DeviationPlace.SecondStage,
            };
        }
    }

    private IEnumerable<Deviation> OfLink(CurrentGeneration current)
    {
        if (current.IsLinked) yield break;
        var kind = environment.HasCurrentName ? DeviationKind.Changed : DeviationKind.Missing;
        yield return new Deviation(kind, "current", null, RunsAtStart: false) { Place = DeviationPlace.Current };
    }

    private static IEnumerable<Deviation> OfPlace(Generation generation)
    {
        if (generation.IsMoved) yield return new Deviation(DeviationKind.Changed, generation.MadeAt!, null, RunsAtStart: false);
    }

    private IEnumerable<Deviation> OfInterpreter(Generation generation)
    {
        var interpreters = new EnvironmentInterpreter(new InterpreterProbe(places.InterpreterCache), searchPath: null);
        if (interpreters.Own(generation) is not null) yield break;
        var kind = File.Exists(generation.Python) ? DeviationKind.Changed : DeviationKind.Missing;
        yield return new Deviation(kind, generation.Python, null, RunsAtStart: true) { Place = DeviationPlace.Interpreter };
    }
}
