using System.Collections.Immutable;
using System.CommandLine;
using Sandpiper.Console;
using Sandpiper.Environments.Generations;
using Sandpiper.Packaging.Metadata;
using Sandpiper.Packaging.Names;
using Sandpiper.Store;

namespace Sandpiper.Commands;

/// <summary><c>why NAME</c>: who wants a package, up to what was asked for.</summary>
internal static class WhyCommand
{
    public static Command Build()
    {
        var name = new Argument<string>("NAME");
        Option<string> env = EnvironmentOptions.Env();
        var command = new TaughtCommand("why", "which chain of requirements wants a package",
            [new("sandpiper why certifi", "down from what you asked for")],
            ["One chain for each package that you asked for and that leads to it: the shortest."]);
        command.Arguments.Add(name);
        command.Options.Add(env);
        name.CompletionSources.Add(context => EnvironmentOptions.InstalledNames(context, env));
        command.Runs((session, parsed) =>
        {
            Generation generation = EnvironmentOptions.CurrentOf(EnvironmentOptions.Open(session, parsed.GetValue(env)!));
            PackageName wanted = RequirementLines.NameOf(parsed.GetValue(name)!);
            InstalledPackage package = generation.Packages.FirstOrDefault(p => p.Name == wanted)
                ?? throw new ExplainedException(new(ExitCode.CouldNot, $"`{wanted}` is not installed in `{generation.Environment}`",
                    "there is no package of that name", $"sandpiper list{InEnvironment.Option(generation.Environment)}"));
            var chains = DemandChains.Of(generation, package);
            var needs = new Needs(new WheelStore(session.Places.Root));
            if (session.Json) WriteJson(session.Terminal, generation, package, chains, needs);
            else WriteWords(session.Terminal, package, chains, needs);
            return (int)ExitCode.Done;
        });
        return command;
    }

    private static void WriteWords(
        Terminal terminal, InstalledPackage package, ImmutableArray<ImmutableArray<InstalledPackage>> chains, Needs needs)
    {
        terminal.Line(Inked.Bold($"{package.Name} {package.Version}"));
        if (chains.IsEmpty) terminal.Line("  nobody asked for it, and nothing that was asked for needs it");
        foreach (ImmutableArray<InstalledPackage> chain in chains)
        {
            terminal.Listed(4, Inked.Green("  you asked for "), chain[0].Requirement ?? chain[0].Name.ToString());
            for (int i = 1; i < chain.Length; i++)
            {
                terminal.Listed(4 + 2 * i, new string(' ', 2 + 2 * i), $"{chain[i - 1].Name} {chain[i - 1].Version} needs ",
                    string.Join(" and ", needs.Of(chain[i - 1], chain[i].Name)));
            }
        }
    }

    private static void WriteJson(Terminal terminal, Generation generation, InstalledPackage package,
        ImmutableArray<ImmutableArray<InstalledPackage>> chains, Needs needs) =>
        JsonAnswer.Write(terminal, "why", json =>
        {
            json.WriteString("environment", generation.Environment);
            json.WriteString("name", package.Name.ToString());
            json.WriteString("version", package.Version.ToString());
            json.WriteBoolean("requested", package.IsRequested);
            json.WriteStartArray("chains");
            foreach (ImmutableArray<InstalledPackage> chain in chains)
            {
                json.WriteStartObject();
                json.WriteString("asked", chain[0].Requirement ?? chain[0].Name.ToString());
                json.WriteStartArray("links");
                for (int i = 0; i < chain.Length; i++)
                {
                    json.WriteStartObject();
                    json.WriteString("name", chain[i].Name.ToString());
                    json.WriteString("version", chain[i].Version.ToString());
                    json.WriteStrings("needs", i + 1 < chain.Length ? needs.Of(chain[i], chain[i + 1].Name) : []);
                    json.WriteEndObject();
                }
                json.WriteEndArray();
                json.WriteEndObject();
            }
            json.WriteEndArray();
        });

    /// <summary>What packages say of their needs, each read once.</summary>
    private sealed class Needs(WheelStore store)
    {
        private readonly Dictionary<PackageName, CoreMetadata> _metadata = [];

        /// <summary>Its requirements of that name as METADATA has them; the bare name where none is there any more.</summary>
        /// <exception cref="StoreDamagedException">METADATA is gone or not as it was sealed.</exception>
        public ImmutableArray<string> Of(InstalledPackage package, PackageName needed)
        {
            if (!_metadata.TryGetValue(package.Name, out CoreMetadata? metadata))
            {
                SealedWheel wheel = store.Find(package.Digest)
                    ?? throw new StoreDamagedException(package.Digest, "its entry in the store is gone");
                if (!CoreMetadata.TryParse(store.ReadMetadata(wheel).Span, out metadata, out _))
                    throw new StoreDamagedException(package.Digest, "its METADATA cannot be read");
                _metadata.Add(package.Name, metadata);
            }
            ImmutableArray<string> said = [.. metadata.RequiresDist.Where(r => r.Name == needed).Select(r => r.ToString())];
            return said.IsEmpty ? [needed.ToString()] : said;
        }
    }
}
