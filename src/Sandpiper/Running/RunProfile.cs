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
        foreach (string directory in grants.Write) RefuseUnlessWritable(directory, environment, caller);
        foreach (string path in grants.Read) RefuseUnlessReadable(path);

        string directoryHere = caller.CurrentDirectory;
        string? whyHidden = grants.ShowCurrentDirectory ? SensitiveDirectories.WhyNotShown(directoryHere, caller.Home) : "you said so";
        bool named = grants.Write.Concat(grants.Read).Any(granted => Contains(granted, directoryHere));
        bool shown = named || whyHidden is null;

        var confinement = new Confinement
        {
            ReadOnly = [.. environment.ReadOnlyPaths, .. grants.Read, .. shown && !named ? [directoryHere] : ImmutableArray<string>.Empty],
            Writable = grants.Write,
            Protected = [.. grants.Write.SelectMany(ProtectedNames.In)],
            Home = caller.SandboxHome,
            WorkingDirectory = shown ? directoryHere : caller.SandboxHome,
            HostNetwork = grants.Network,
            Variables = VariablesOf(environment, grants, caller),
            SecondStage = caller.Executable,
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

    private static void RefuseUnlessReadable(string path)
    {
        if (!Path.Exists(path)) throw Refusal($"`{path}` cannot be shown to the program", "there is nothing of that name, or we may not look at it");
    }

    private static void RefuseUnlessWritable(string directory, InstalledEnvironment environment, Caller caller)
    {
        if (!Directory.Exists(directory)) throw Refusal($"`{directory}` cannot be granted for writing", "there is no directory of that name, or we may not look at it");
        // As the kernel sees them: what a link leads to is what would be written.
        (string real, string realRoot) = (RealPath.Of(directory), RealPath.Of(environment.DataRoot));
        if (Contains(real, realRoot) || Contains(realRoot, real))
        {
            throw Refusal($"`{directory}` cannot be granted for writing", "the sealed packages of every environment lie there");
        }
        // Start files of shells, keys, other people's things: write access there outlives the sandbox.
        if (SensitiveDirectories.WhyNotShown(directory, caller.Home) is { } why)
        {
            throw Refusal($"`{directory}` cannot be granted for writing", $"{why}; what is written there can run later with all your rights");
        }
        if (!caller.MayWrite(directory))
        {
            throw Refusal($"`{directory}` cannot be granted for writing", caller.WasRoot
                ? $"started as root, the program runs as the ordinary user {caller.UserName}, who may not write there"
                : "you may not write there yourself");
        }
    }

    private static ExplainedException Refusal(string what, string because) => new(new(ExitCode.RunFailed, what, because));

    private static bool Contains(string directory, string path) =>
        string.Equals(directory, path, StringComparison.Ordinal)
        || path.StartsWith(directory.EndsWith('/') ? directory : directory + "/", StringComparison.Ordinal);

    private static string SummaryOf(Grants grants, bool shown, string? whyHidden)
    {
        string read = shown ? "it could read this directory" : $"it could not see this directory ({whyHidden})";
        string write = grants.Write.IsEmpty ? "write nowhere" : $"write {string.Join(", ", grants.Write)}";
        string net = grants.Network ? "reach every host" : "reach no host";
        return $"{read}, {write}, {net}.";
    }
}
