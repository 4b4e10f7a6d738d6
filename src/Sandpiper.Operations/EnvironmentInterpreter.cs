using System.Collections.Immutable;
using Sandpiper.Environments.Generations;
using Sandpiper.Interpreters;
using Sandpiper.Packaging.Tags;
using Sandpiper.Packaging.Wheels;

namespace Sandpiper.Operations;

/// <summary>
/// The interpreter that the next generation of an environment is made for: its own, or what took its place when that was upgraded.
/// </summary>
/// <param name="searchPath">The PATH of whoever asks; null when there is none.</param>
public sealed class EnvironmentInterpreter(InterpreterProbe probe, string? searchPath)
{
    /// <summary>Null when it is gone, or another version by now: its packages would not be found by it.</summary>
    public Interpreter? Own(Generation generation)
    {
        try
        {
            Interpreter own = probe.Ask(generation.Python);
            return string.Equals(own.VersionedName, generation.PythonName, StringComparison.Ordinal) ? own : null;
        }
        catch (InterpreterException)
        {
            return null;
        }
    }

    /// <exception cref="InterpreterGoneException">It is gone, and there is none that all sealed packages fit.</exception>
    public Interpreter For(Generation generation)
    {
        if (Own(generation) is { } own) return own;
        if (new InterpreterSearch(probe).FindAlike(generation.PythonName, generation.Python, searchPath) is not { } alike)
            throw Gone($"there is no {generation.PythonName} any more");
        var tags = SupportedTags.Of(alike.Target);
        if (generation.Packages.FirstOrDefault(p => !Fits(p.WheelFileName, tags)) is { } misfit)
            throw Gone($"{misfit.Name} {misfit.Version} does not fit {alike.Path}");
        return alike;

        InterpreterGoneException Gone(string because) => new(
            generation.Environment, generation.Python, generation.PythonName, because,
            [.. generation.Packages.Where(p => p.IsRequested).Select(p => p.Requirement ?? p.Name.ToString())]);
    }

    internal static bool Fits(string wheelFileName, SupportedTags tags) =>
        WheelFileName.TryParse(wheelFileName, out var wheel, out _) && tags.Rank(wheel.Tags) is not null;
}
