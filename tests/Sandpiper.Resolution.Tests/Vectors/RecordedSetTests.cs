using System.Diagnostics;
using System.Globalization;
using Sandpiper.Packaging.Requirements;
using Sandpiper.Resolution.Tests.Surroundings;
using Sandpiper.Surroundings;

namespace Sandpiper.Resolution.Tests.Vectors;

/// <summary>Real requirement sets over the recorded index, compared with the pins that uv and pip agree on.</summary>
public sealed class RecordedSetTests
{
    [Theory]
    [InlineData("seed")]
    [InlineData("black")]
    [InlineData("trio")]
    [InlineData("web")]
    [InlineData("dev")]
    [InlineData("pth")]
    [InlineData("buildtools")]
    [InlineData("jupyter")]
    [InlineData("boto3")]
    public async Task A_real_set_gets_the_pins_that_uv_and_pip_agree_on(string set)
    {
        string sets = Recorded.Path("pypi/sets");
        RecordedIndex.Load();
        RequirementsFile input = RequirementsFile.Read(Path.Combine(sets, $"{set}.in"), File.ReadAllText, _ => null);
        RequirementsFile expected = RequirementsFile.Read(Path.Combine(sets, $"{set}.txt"), File.ReadAllText, _ => null);
        ResolutionProblem problem = Problems.For("3.11.2") with { Lines = input.Lines };
        var index = new RecordedIndex();

        var watch = Stopwatch.StartNew();
        ResolutionResult result = await problem.SolveOn(index);
        watch.Stop();
        TestContext.Current.SendDiagnosticMessage(string.Create(CultureInfo.InvariantCulture,
            $"{set}: {watch.ElapsedMilliseconds} ms, {index.Counts.Pages} pages, {index.Counts.Metadata} METADATA, "
                + $"{index.Gaps.Count} gaps"));

        ResolutionResult.Solved solved = Assert.IsType<ResolutionResult.Solved>(result);
        Assert.Empty(Validity.ViolationsOf(solved.Pins, problem));
        Assert.Equal(
            expected.Lines.Select(
                line => (line.Requirement with { Marker = null, Extras = [] }).ToString().ToLowerInvariant()).Order(StringComparer.Ordinal),
            solved.Pins.Select(pin => $"{pin.Name}=={pin.Version}").Order(StringComparer.Ordinal));
        // The digest that is chosen is one of those that uv wrote down for this release.
        foreach (Pin pin in solved.Pins)
            Assert.Contains(pin.Expected.Single(), expected.Lines.Single(line => line.Requirement.Name == pin.Name).Hashes);
    }
}
