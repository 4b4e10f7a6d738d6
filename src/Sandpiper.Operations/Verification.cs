using System.Collections.Immutable;
using Sandpiper.Environments;
using Sandpiper.Environments.Generations;
using Sandpiper.Environments.Ledger;
using Sandpiper.Environments.Verifying;
using Sandpiper.Interpreters;
using Sandpiper.Store;

namespace Sandpiper.Operations;

/// <summary>
/// Is everything of an environment as it was installed (P5)? Its files, and all that leads to them: link, ledger, interpreter, shims.
/// </summary>
/// <param name="executable">This program: what the shims start.</param>
public sealed class Verification(ManagedEnvironment environment, DataPlaces places, string executable)
{
    /// <param name="Generation">The current one; where nothing says which that is, the one that was current last.</param>
    /// <param name="Files">Looked at in the generation.</param>
    /// <param name="Findings">Empty when everything is as installed.</param>
    public sealed record Report(Generation Generation, int Files, ImmutableArray<Finding> Findings);

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
                .. OfLink(current), .. OfInterpreter(generation), .. trees.Findings,
                .. Shims.Compare(environment, generation, places, executable),
            ]);
    }

    private IEnumerable<Finding> OfLink(CurrentGeneration current)
    {
        if (current.IsLinked) yield break;
        var kind = environment.HasCurrentName ? FindingKind.Changed : FindingKind.Missing;
        yield return new Finding(kind, "current", null, RunsAtStart: false) { Place = FindingPlace.Current };
    }

    private IEnumerable<Finding> OfInterpreter(Generation generation)
    {
        var interpreters = new EnvironmentInterpreter(new InterpreterProbe(places.InterpreterCache), searchPath: null);
        if (interpreters.Own(generation) is not null) yield break;
        var kind = File.Exists(generation.Python) ? FindingKind.Changed : FindingKind.Missing;
        yield return new Finding(kind, generation.Python, null, RunsAtStart: true) { Place = FindingPlace.Interpreter };
    }
}
