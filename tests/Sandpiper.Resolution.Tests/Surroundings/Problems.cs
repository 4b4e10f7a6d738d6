using System.Collections.Immutable;
using Sandpiper.Packaging.Names;
using Sandpiper.Packaging.Requirements;
using Sandpiper.Packaging.Tags;

namespace Sandpiper.Resolution.Tests.Surroundings;

/// <summary>Problems for CPython on 64-bit Linux with glibc 2.36.</summary>
internal static class Problems
{
    public static ResolutionProblem Of(params string[] requirements) => For("3.12.1", requirements);

    /// <param name="python">All three numbers.</param>
    public static ResolutionProblem For(string python, params string[] requirements)
    {
        string[] numbers = python.Split('.');
        return new ResolutionProblem
        {
            Lines = [.. requirements.Select(text => Line(text))],
            Tags = SupportedTags.Of(
                new TagTarget("cpython", int.Parse(numbers[0]), int.Parse(numbers[1]), false, false, "x86_64",
                    new LibcVersion(LibcKind.Glibc, 2, 36))),
            Environment = new MarkerEnvironment
            {
                ImplementationName = "cpython",
                ImplementationVersion = python,
                OsName = "posix",
                PlatformMachine = "x86_64",
                PlatformPythonImplementation = "CPython",
                PlatformRelease = "6.1.0",
                PlatformSystem = "Linux",
                PlatformVersion = "#1 SMP",
                PythonFullVersion = python,
                PythonVersion = $"{numbers[0]}.{numbers[1]}",
                SysPlatform = "linux",
            },
        };
    }

    public static RequirementLine Line(string text, bool isConstraint = false, params Sha256Digest[] hashes) =>
        new(Requirement.Parse(text), [.. hashes], isConstraint, "");

    public static ResolutionProblem WithConstraint(this ResolutionProblem problem, string text) =>
        problem with { Lines = problem.Lines.Add(Line(text, isConstraint: true)) };

    public static async Task<ResolutionResult> SolveOn(this ResolutionProblem problem, ICandidateSource index) =>
        await new Resolver(index).SolveAsync(problem, packagesSoFar: null, TestContext.Current.CancellationToken);

    /// <summary>The pins, as <c>a 1.0, b 2.0</c>; or <c>none: </c> and the package for which nothing fits.</summary>
    public static async Task<string> AnswerOn(this ResolutionProblem problem, ICandidateSource index) =>
        await problem.SolveOn(index) switch
    {
        ResolutionResult.Solved solved => string.Join(", ", solved.Pins.Select(pin => $"{pin.Name} {pin.Version}")),
        ResolutionResult.Unsolvable unsolvable => $"none: {unsolvable.Package}",
        _ => throw new InvalidOperationException(),
    };

    /// <summary>Why there is no solution, a sentence a line.</summary>
    public static async Task<string> ReasonsOn(this ResolutionProblem problem, ICandidateSource index) =>
        string.Join('\n', Assert.IsType<ResolutionResult.Unsolvable>(await problem.SolveOn(index)).Because);

    public static async Task<ImmutableArray<Pin>> PinsOn(this ResolutionProblem problem, ICandidateSource index) =>
        Assert.IsType<ResolutionResult.Solved>(await problem.SolveOn(index)).Pins;
}
