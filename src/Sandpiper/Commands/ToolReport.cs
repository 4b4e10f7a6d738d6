using System.Collections.Immutable;
using Sandpiper.Console;
using Sandpiper.Environments.Generations;
using Sandpiper.Environments.Shims;
using Sandpiper.Operations;

namespace Sandpiper.Commands;

/// <summary>What <c>install --tool</c> did, and what is typed next.</summary>
internal sealed class ToolReport(Session session)
{
    private readonly List<(InstallationRequest Request, EnvironmentChange Change, ImmutableArray<string> Commands)> _tools = [];

    /// <summary>In words at once: what fails later takes nothing back.</summary>
    public void Add(InstallationRequest request, ManagedEnvironment environment, EnvironmentChange change)
    {
        ImmutableArray<string> commands = environment.Current is { } current && !request.DryRun
            ? ShimDirectory.OnPath(environment, environment.Read(current), session.Places) : [];
        _tools.Add((request, change, commands));
        if (session.Json) return;
        ChangeReport.WriteWords(session.Terminal, environment.Name, change, request.DryRun);
        if (commands.IsEmpty || !change.IsNew) return;
        session.Terminal.Note($"On the PATH, confined: {ShownNames.Of(commands)}");
        if (change.Generation != 1) return;
        string own = commands.Contains(environment.Name, StringComparer.Ordinal) ? environment.Name : commands[0];
        session.Terminal.Note(Inked.Dim($"to let it write in a project ·  sandpiper allow --env {environment.Name} {own} --write ."));
    }

    /// <summary>Says how the commands come onto the PATH, to whom they are not there; or all of it as one object.</summary>
    public void End()
    {
        if (!session.Json)
        {
            if (_tools.Count == 0) session.Terminal.Note("There are no tools yet: sandpiper install --tool NAME");
            if (_tools.Any(t => t.Commands.Length > 0)) PathHint.Write(session);
            return;
        }
        JsonAnswer.Write(session.Terminal, "install-tool", json =>
        {
            json.WriteStartArray("tools");
            foreach (var (request, change, commands) in _tools)
            {
                json.WriteStartObject();
                json.WriteString("tool", request.Tool!.Value.ToString());
                json.WriteStrings("commands", commands);
                ChangeReport.WriteMembers(json, request.Environment, change, request.DryRun);
                json.WriteEndObject();
            }
            json.WriteEndArray();
        });
    }
}
