using Sandpiper.Packaging.Names;
using Sandpiper.Packaging.Requirements;

namespace Sandpiper.Resolution.Tests.Surroundings;

/// <summary>Checks pins against what everybody asked for, without looking at how they were found.</summary>
internal static class Validity
{
    /// <summary>Everything that is wrong, in words; empty when nothing is.</summary>
    public static IReadOnlyList<string> ViolationsOf(IReadOnlyList<Pin> pins, ResolutionProblem problem)
    {
        var violations = new List<string>();
        var byName = pins.ToDictionary(pin => pin.Name);
        var needed = new HashSet<PackageName>();
        foreach (RequirementLine line in problem.Lines.Where(
            line => line.Requirement.Marker?.Evaluate(problem.Environment, []) is null or MarkerResult.True))
            Check("the user", line.Requirement, line.IsConstraint);
        foreach (Pin pin in pins)
        {
            if (pin.Metadata.Name != pin.Name || pin.Metadata.Version != pin.Version)
                violations.Add($"METADATA of {pin.Name} {pin.Version} is of another release");
            foreach (Requirement need in pin.Metadata.RequiresDist.Where(
                need => need.Marker?.Evaluate(problem.Environment, pin.Extras) is null or MarkerResult.True))
                Check($"{pin.Name} {pin.Version}", need, isLimit: false);
        }
        violations.AddRange(pins.Where(pin => !needed.Contains(pin.Name)).Select(pin => $"nobody needs {pin.Name}"));
        return violations;

        void Check(string who, Requirement need, bool isLimit)
        {
            if (!isLimit) needed.Add(need.Name);
            if (!byName.TryGetValue(need.Name, out Pin? pin))
            {
                if (!isLimit) violations.Add($"{who} needs {need.Name}, which is missing");
            }
            else if (!need.Specifiers.Contains(pin.Version)) violations.Add($"{who} needs {need}, not {pin.Version}");
            else if (!isLimit && need.Extras.Any(extra => !pin.Extras.Contains(extra)))
                violations.Add($"{who} needs {need}, and an extra is missing");
        }
    }
}
