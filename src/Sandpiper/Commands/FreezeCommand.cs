using System.CommandLine;
using Sandpiper.Console;
using Sandpiper.Environments.Generations;

namespace Sandpiper.Commands;

/// <summary><c>freeze</c>: the environment as a requirements file.</summary>
internal static class FreezeCommand
{
    public static Command Build()
    {
        Option<string> env = EnvironmentOptions.Env();
        var hashes = new Option<bool>("--hashes") { Description = "each with the SHA-256 of the very wheel that is installed" };
        var command = new TaughtCommand("freeze", "the environment as a requirements file",
            [new("sandpiper freeze > requirements.txt", "names and versions"),
                new("sandpiper freeze --hashes > requirements.txt", "and the bytes")],
            []);
        command.Options.Add(env);
        command.Options.Add(hashes);
        command.Runs((session, parsed) =>
        {
            Generation generation = EnvironmentOptions.CurrentOf(EnvironmentOptions.Open(session, parsed.GetValue(env)!));
            if (session.Json)
            {
                WriteJson(session.Terminal, generation, parsed.GetValue(hashes));
                return (int)ExitCode.Done;
            }
            foreach (InstalledPackage package in generation.Packages)
            {
                session.Terminal.Line(
                    $"{package.Name}=={package.Version}{(parsed.GetValue(hashes) ? $" --hash=sha256:{package.Digest}" : "")}");
            }
            return (int)ExitCode.Done;
        });
        return command;
    }

    private static void WriteJson(Terminal terminal, Generation generation, bool hashes) => JsonAnswer.Write(terminal, "freeze", json =>
    {
        json.WriteStrings("requirements", generation.Packages.Select(p => $"{p.Name}=={p.Version}"));
        json.WriteStrings("hashes", hashes ? generation.Packages.Select(p => $"sha256:{p.Digest}") : []);
    });
}
