using System.Collections.Immutable;
using Sandpiper.Console;
using Sandpiper.Environments.Generations;
using Sandpiper.Environments.Ledger;
using Sandpiper.Environments.Shims;
using Sandpiper.Operations;
using Sandpiper.Packaging.Names;
using Sandpiper.Packaging.Requirements;

namespace Sandpiper.Commands;

/// <summary>What <c>install --tool</c> asks for: of each tool an environment of its own.</summary>
internal static class ToolRequests
{
    /// <param name="request">All tools, and limits.</param>
    /// <param name="with">What each gets besides.</param>
    /// <param name="isNamed">The user has named the environment: it becomes the tool's, whatever is in it.</param>
    /// <exception cref="ExplainedException">An environment is something else, or there would be two of one name.</exception>
    public static ImmutableArray<InstallationRequest> Of(
        Session session, InstallationRequest request, IEnumerable<string> with, bool isNamed)
    {
        ImmutableArray<RequirementLine> besides =
            [.. RequirementLines.Of(with, [], []).Lines, .. request.Lines.Where(line => line.IsConstraint)];
        ImmutableArray<RequirementLine> tools = [.. request.Lines.Where(line => !line.IsConstraint)];
        if (tools.IsEmpty) return [.. Installed(session, request)];
        if (isNamed && tools.Length > 1)
        {
            throw new ExplainedException(new(ExitCode.WrongUsage, "`--env` names one environment, and each tool gets one of its own",
                $"{tools.Length} tools were named", "sandpiper help install"));
        }
        if (tools.GroupBy(line => line.Requirement.Name).FirstOrDefault(g => g.Count() > 1) is { Key: var twice })
            throw new ExplainedException(new(ExitCode.WrongUsage, $"`{twice}` was named twice", "each tool gets one environment"));
        return
        [
            .. tools.Select(line => request with
            {
                Environment = isNamed ? request.Environment : NameFor(session, line.Requirement.Name),
                Tool = line.Requirement.Name,
                Lines = [line, .. besides],
            }),
        ];
    }

    /// <summary>The environment of a tool: that of its name, or the one that its user gave it.</summary>
    /// <exception cref="ExplainedException">There is none, or more than one.</exception>
    public static ManagedEnvironment Find(Session session, PackageName tool)
    {
        ManagedEnvironment environment = EnvironmentOptions.Open(session, tool.Normalized);
        if (environment.Current is { } number && environment.Read(number).Tool?.Package == tool) return environment;
        ImmutableArray<ManagedEnvironment> others = [.. Tools(session).Where(t => t.Tool == tool).Select(t => t.Environment)];
        if (others is [var only]) return only;
        throw new ExplainedException(others.Length > 1
            ? new(ExitCode.CouldNot, $"`{tool}` is a tool in {others.Length} environments; nothing was changed",
                string.Join(", ", others.Select(e => $"`{e.Name}`")), "sandpiper env remove NAME")
            : new(ExitCode.CouldNot, $"there is no tool `{tool}`; nothing was changed",
                environment.Numbers.IsEmpty ? "no such package was installed with --tool" : "the environment of that name is not a tool's",
                "sandpiper env list"));
    }

    /// <summary>None of its files is a command.</summary>
    public static ExplainedException WithoutCommands(InstallationOutcome.NoCommands none) => new(new(
        ExitCode.CouldNot, $"`{none.Tool}` has no command; nothing was changed",
        none.Others.IsEmpty ? "it is there to be imported" : $"what it needs has {ShownNames.Of([.. none.Others.Select(c => $"`{c}`")])}",
        "the same command without --tool, to import it"));

    // Every one that there is, as it was asked for.
    private static IEnumerable<InstallationRequest> Installed(Session session, InstallationRequest request)
    {
        foreach (var (environment, generation, tool) in Tools(session))
        {
            yield return request with
            {
                Environment = environment.Name,
                Tool = tool,
                Lines =
                [
                    .. generation.Packages.Where(p => p.IsRequested)
                        .Select(p => new RequirementLine(Requirement.Parse(p.Requirement ?? p.Name.Normalized), [], IsConstraint: false,
                            "what was asked for")),
                    .. request.Lines,
                ],
            };
        }
    }

    private static IEnumerable<(ManagedEnvironment Environment, Generation Current, PackageName Tool)> Tools(Session session)
    {
        foreach (ManagedEnvironment environment in ManagedEnvironment.All(session.Places.Root))
        {
            if (environment.LinkedNumber is not { } number) continue;
            if (environment.TryRead(number) is not { } generation)
            {
                session.Terminal.Problem(Inked.Yellow($"`{environment.Name}` is damaged and passed over ·  "
                    + $"sandpiper verify{InEnvironment.Option(environment.Name)}"));
            }
            else if (generation.Tool?.Package is { } tool) yield return (environment, generation, tool);
        }
    }

    // What somebody has made for something else is not made a tool's without his word.
    private static string NameFor(Session session, PackageName tool)
    {
        string name = tool.Normalized;
        ManagedEnvironment environment = EnvironmentOptions.Open(session, name);
        Generation? current = environment.IsShared ? null : CurrentGeneration.Read(environment);
        if (!environment.IsShared && (current is null || current.Tool?.Package == tool)) return name;
        throw new ExplainedException(new(ExitCode.CouldNot, $"the environment `{name}` is not a tool's; nothing was changed",
            environment.IsShared ? "it is the common set"
                : $"there is one of that name, with {Counted.Of(current!.Packages.Length, "package")}",
            $"the same command for `{name}` alone, with --env {name}-tool"));
    }
}
