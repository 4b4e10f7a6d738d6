using System.CommandLine;
using Sandpiper.Console;
using Sandpiper.Environments.Generations;

namespace Sandpiper.Commands;

/// <summary><c>list</c>: what is installed.</summary>
internal static class ListCommand
{
    public static Command Build()
    {
        Option<string> env = EnvironmentOptions.Env();
        var command = new TaughtCommand("list", "packages of an environment",
            [new("sandpiper list", "of your shared environment"), new("sandpiper list --json", "for a script")],
            ["Packages that you asked for are shown plainly; the others, which came because one of those needs them, are "
                + "dimmed and say whose they are."]);
        command.Options.Add(env);
        command.Runs((session, parsed) =>
        {
            Generation generation = EnvironmentOptions.CurrentOf(EnvironmentOptions.Open(session, parsed.GetValue(env)!));
            if (session.Json) WriteJson(session.Terminal, generation);
            else WriteTable(session.Terminal, generation);
            return (int)ExitCode.Done;
        });
        return command;
    }

    private static void WriteTable(Terminal terminal, Generation generation)
    {
        if (generation.Packages.IsEmpty) return;
        int nameWidth = generation.Packages.Max(p => p.Name.ToString().Length);
        int versionWidth = generation.Packages.Max(p => p.Version.ToString().Length);
        foreach (InstalledPackage package in generation.Packages)
        {
            string name = package.Name.ToString().PadRight(nameWidth);
            string version = package.Version.ToString();
            if (package.IsRequested || package.RequiredBy.IsEmpty) terminal.Line(name, "  ", version);
            else terminal.Listed(nameWidth + versionWidth + "    for ".Length, Inked.Dim(name), "  ",
                Inked.Dim(version.PadRight(versionWidth)), Inked.Dim($"  for {string.Join(", ", package.RequiredBy)}"));
        }
    }

    private static void WriteJson(Terminal terminal, Generation generation) => JsonAnswer.Write(terminal, "list", json =>
    {
        json.WriteString("environment", generation.Environment);
        json.WriteNumber("generation", generation.Number);
        json.WriteStartArray("packages");
        foreach (InstalledPackage package in generation.Packages) PackageJson.Write(json, package);
        json.WriteEndArray();
    });
}
