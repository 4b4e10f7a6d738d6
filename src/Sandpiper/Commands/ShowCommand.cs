using System.Collections.Immutable;
using System.CommandLine;
using Sandpiper.Console;
using Sandpiper.Environments.Generations;
using Sandpiper.Packaging.Metadata;
using Sandpiper.Packaging.Names;
using Sandpiper.Store;

namespace Sandpiper.Commands;

/// <summary><c>show NAME</c>: one installed package.</summary>
internal static class ShowCommand
{
    // Some packages have the whole text of their licence for its name. --json has it.
    private const int LongestLicense = 240;

    public static Command Build()
    {
        var name = new Argument<string>("NAME");
        Option<string> env = EnvironmentOptions.Env();
        var files = new Option<bool>("-f", "--files") { Description = "also every file" };
        var command = new TaughtCommand(
            "show", "one installed package",
            [new("sandpiper show requests", "version, origin, who needs it"), new("sandpiper show -f requests", "and its files")], []);
        command.Arguments.Add(name);
        command.Options.Add(env);
        command.Options.Add(files);
        name.CompletionSources.Add(context => EnvironmentOptions.InstalledNames(context, env));
        command.Runs((session, parsed) =>
        {
            Generation generation = EnvironmentOptions.CurrentOf(EnvironmentOptions.Open(session, parsed.GetValue(env)!));
            PackageName wanted = RequirementLines.NameOf(parsed.GetValue(name)!);
            InstalledPackage package = generation.Packages.FirstOrDefault(p => p.Name == wanted)
                ?? throw new ExplainedException(new(ExitCode.CouldNot, $"`{wanted}` is not installed in `{generation.Environment}`",
                    "there is no package of that name", $"sandpiper list{InEnvironment.Option(generation.Environment)}"));
            var store = new WheelStore(session.Places.Root);
            SealedWheel wheel = store.Find(package.Digest)
                ?? throw new StoreDamagedException(package.Digest, "its entry in the store is gone");
            if (!CoreMetadata.TryParse(store.ReadMetadata(wheel).Span, out CoreMetadata? metadata, out _))
                throw new StoreDamagedException(package.Digest, "its METADATA cannot be read");
            ImmutableArray<string> paths = parsed.GetValue(files) ? [.. wheel.Files.Select(f => f.Path).Order(StringComparer.Ordinal)] : [];
            if (session.Json) WriteJson(session.Terminal, package, metadata, paths);
            else WriteWords(session.Terminal, generation, package, metadata, paths);
            return (int)ExitCode.Done;
        });
        return command;
    }

    internal static void WriteWords(
        Terminal terminal, Generation generation, InstalledPackage package, CoreMetadata metadata, ImmutableArray<string> paths)
    {
        // pip's words and order, so that what reads pip's output reads ours.
        Field("Name", package.Name.ToString());
        Field("Version", package.Version.ToString());
        Field("Summary", metadata.Summary);
        Field("Home-page", metadata.HomePage);
        Field("License", metadata.License is { } license ? ShortText.Of(license, LongestLicense) : null);
        Field("Location", generation.SitePackages);
        Field("Requires", string.Join(", ",
            metadata.RequiresDist.Where(r => r.Marker is null).Select(r => r.Name.ToString()).Distinct(StringComparer.Ordinal)));
        Field("Required-by", string.Join(", ", package.RequiredBy));
        Field("Wheel", package.WheelFileName);
        Field("SHA-256", package.Digest.Hex);
        Field("Index", package.Index);
        Field("Requested", package.IsRequested ? package.Requirement ?? "yes" : "no");
        if (!package.OmittedHooks.IsEmpty) Field("Left out", string.Join(", ", package.OmittedHooks));
        if (!package.AllowedHooks.IsEmpty) Field("Allowed hooks", string.Join(", ", package.AllowedHooks));
        if (paths.IsEmpty) return;
        terminal.Line("Files:");
        foreach (string path in paths) terminal.Line("  ", path);

        void Field(string label, string? value) => WriteField(terminal, label, value);
    }

    internal static void WriteField(Terminal terminal, string label, string? value)
    {
        if (string.IsNullOrEmpty(value)) terminal.Line(Inked.Bold($"{label}:"));
        else terminal.Listed(2, Inked.Bold($"{label}: "), value);
    }

    internal static void WriteJson(
        Terminal terminal, InstalledPackage package, CoreMetadata metadata, ImmutableArray<string> paths) =>
        JsonAnswer.Write(terminal, "show", json =>
        {
            json.WritePropertyName("package");
            PackageJson.Write(json, package);
            json.WriteString("summary", metadata.Summary);
            json.WriteString("license", metadata.License);
            json.WriteString("home_page", metadata.HomePage);
            json.WriteStrings("requires", metadata.RequiresDist.Select(r => r.ToString()));
            json.WriteStrings("files", paths);
        });
}
