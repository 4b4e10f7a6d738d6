using System.Collections.Immutable;
using Sandpiper.Console;
using Sandpiper.Environments.Generations;
using Sandpiper.Sandbox;

namespace Sandpiper.Running;

/// <summary>From grants to a confinement: what the program of one run sees, and how to tell the user afterwards.</summary>
/// <param name="Confinement">For the sandbox.</param>
/// <param name="Summary">One sentence: what it could read, write and reach.</param>
internal sealed record RunProfile(Confinement Confinement, string Summary)
{
    // Variables without secrets that a program needs to look and behave like itself. Everything else is cleared: tokens live there.
    private static readonly ImmutableArray<string> PassedOn =
        ["TERM", "COLORTERM", "NO_COLOR", "FORCE_COLOR", "LANG", "LANGUAGE", "LC_ALL", "LC_CTYPE", "LC_MESSAGES", "LC_TIME", "LC_NUMERIC", "LC_COLLATE", "TZ", "COLUMNS", "LINES"];

    /// <param name="environment">Whose packages it runs with.</param>
    /// <param name="grants">What the user granted.</param>
    /// <param name="caller">Who asks, and from where.</param>
    /// <exception cref="ExplainedException">A grant that must not be given, or cannot.</exception>
    public static RunProfile Of(InstalledEnvironment environment, Grants grants, Caller caller)
    {
        var seen = new List<SeenPath>();
        foreach (string directory in grants.Write) seen.Add(Writable(directory, environment, caller));
        foreach (string path in grants.Read) seen.Add(Readable(path, caller));

        string directoryHere = caller.CurrentDirectory;
        SeenPath? here = SeenPath.Of(directoryHere);
        string? whyHidden = !grants.ShowCurrentDirectory ? "you said so" : here is null ? "it is gone" : SensitiveDirectories.WhyNotShown(here.Real, caller.Home);
        bool named = grants.Write.Concat(grants.Read).Any(granted => DirectoryTree.Holds(granted, directoryHere));
        bool shown = named || whyHidden is null;

        if (shown && !named) seen.Add(here!);

        var confinement = new Confinement
        {
            Masked = [.. SocketNames.In(seen)],
            Seen = [.. seen.Select(s => (s.Path, s.Identity))],
            ReadOnly = [.. environment.ReadOnlyPaths, .. grants.Read, .. shown && !named ? [directoryHere] : ImmutableArray<string>.Empty],
            Writable = grants.Write,
            Protected = [.. grants.Write.SelectMany(ProtectedNames.In)],
            Home = caller.SandboxHome,
            WorkingDirectory = shown ? directoryHere : caller.SandboxHome,
            HostNetwork = grants.Network,
            Variables = VariablesOf(environment, grants, caller),
            SecondStage = caller.SecondStage,
        };
        return new RunProfile(confinement, SummaryOf(grants, shown, whyHidden));
    }

    private static ImmutableDictionary<string, string> VariablesOf(InstalledEnvironment environment, Grants grants, Caller caller)
    {
        var variables = ImmutableDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);
        foreach (string name in PassedOn.Concat(grants.Variables))
        {
            if (caller.Variable(name) is { } value) variables[name] = value;
        }
        variables["PATH"] = $"{environment.Scripts}:/usr/local/bin:/usr/bin:/bin";
        variables["HOME"] = caller.SandboxHome;
        variables["USER"] = variables["LOGNAME"] = caller.UserName;
        variables["SHELL"] = "/bin/sh";
        variables["TMPDIR"] = "/tmp";
        variables["VIRTUAL_ENV"] = environment.Directory;
        return variables.ToImmutable();
    }

    private static SeenPath Readable(string path, Caller caller)
    {
        SeenPath seen = SeenPath.Of(path) ?? throw Refusal($"`{path}` cannot be shown to the program", "there is nothing of that name, or we may not look at it");
        // Who names a place means it; who names a link may not know where a program that could write here has made it lead.
        bool isNamed = string.Equals(seen.Real, Path.TrimEndingDirectorySeparator(path), StringComparison.Ordinal);
        if (!isNamed && SensitiveDirectories.WhyNotShown(Directory.Exists(seen.Real) ? seen.Real : Path.GetDirectoryName(seen.Real)!, caller.Home) is { } why)
        {
            throw Refusal($"`{path}` cannot be shown to the program", $"it leads to `{seen.Real}`, and {why}; name that itself if you mean it");
        }
        return seen;
    }

    private static SeenPath Writable(string directory, InstalledEnvironment environment, Caller caller)
    {
        SeenPath? seen = SeenPath.Of(directory);
        if (seen is null || !Directory.Exists(seen.Real)) throw Refusal($"`{directory}` cannot be granted for writing", "there is no directory of that name, or we may not look at it");
        // As the kernel sees them: what a link leads to is what would be written.
        string real = seen.Real;
        if (Meets(real, environment.DataRoot)) throw Refusal($"`{directory}` cannot be granted for writing", "the sealed packages of every environment lie there");
        // Start files of shells, keys, other people's things: write access there outlives the sandbox.
        if (SensitiveDirectories.WhyNotShown(real, caller.Home) is { } why)
        {
            throw Refusal($"`{directory}` cannot be granted for writing", $"{why}; what is written there can run later with all your rights");
        }
        if (Meets(real, caller.Cache)) throw Refusal($"`{directory}` cannot be granted for writing", "what later installs believe lies there (the cache)");
        if (!caller.MayWrite(real))
        {
            throw Refusal($"`{directory}` cannot be granted for writing", caller.WasRoot
                ? $"started as root, the program runs as the ordinary user {caller.UserName}, who may not write there"
                : "you may not write there yourself");
        }
        return seen;
    }

    private static bool Meets(string real, string other) => RealPath.Of(other) is var there && (DirectoryTree.Holds(real, there) || DirectoryTree.Holds(there, real));

    private static ExplainedException Refusal(string what, string because) => new(new(ExitCode.RunFailed, what, because));

    private static string SummaryOf(Grants grants, bool shown, string? whyHidden)
    {
        string read = shown ? "it could read this directory" : $"it could not see this directory ({whyHidden})";
        string write = grants.Write.IsEmpty ? "write nowhere" : $"write {string.Join(", ", grants.Write)}";
        string net = grants.Network ? "reach every host" : "reach no host";
        return $"{read}, {write}, {net}.";
    }
}
