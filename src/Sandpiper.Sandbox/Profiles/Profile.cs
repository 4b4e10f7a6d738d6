using System.Collections.Immutable;

namespace Sandpiper.Sandbox.Profiles;

/// <summary>From grants to a confinement, for one kind of program. The kinds differ in what is said here, and in nothing else.</summary>
public sealed record Profile
{
    /// <summary><c>run</c>: a program of the user's, with what he granted it.</summary>
    public static Profile Run { get; } = new()
    {
        // Without secrets, and a program needs them to look and behave like itself. Everything else is cleared: tokens live there.
        PassedOn =
        [
            "TERM", "COLORTERM", "NO_COLOR", "FORCE_COLOR", "LANG", "LANGUAGE", "LC_ALL", "LC_CTYPE", "LC_MESSAGES", "LC_TIME",
                "LC_NUMERIC",
            "LC_COLLATE", "TZ", "COLUMNS", "LINES",
        ],
    };

    /// <summary>Variables of the caller that it is given unasked.</summary>
    public required ImmutableArray<string> PassedOn { get; init; }

    /// <param name="environment">Whose packages it runs with.</param>
    /// <param name="grants">What the user granted.</param>
    /// <param name="caller">Who asks, and from where.</param>
    /// <exception cref="GrantRefusedException">A grant that must not be given, or cannot.</exception>
    /// <exception cref="SandboxUnavailableException">Something that has to be shown or protected cannot be.</exception>
    public Terms For(InstalledEnvironment environment, Grants grants, Caller caller)
    {
        (ImmutableArray<ShownPath> writable, ImmutableArray<ShownPath> readable) = Judged(grants, environment.DataRoot, caller);
        bool named = writable.Concat(readable).Any(granted => DirectoryTree.Holds(granted.Path, caller.CurrentDirectory));
        ShownPath? here = named ? null : ShownPath.At(caller.CurrentDirectory, PathAccess.Read);
        HiddenDirectory? hidden = named ? null : WhyHidden(here, grants, caller);
        ImmutableArray<ShownPath> shown =
            [.. environment.Shown(), .. readable, .. here is null || hidden is not null
                ? ImmutableArray<ShownPath>.Empty : [here], .. writable];
        var confinement = new Confinement
        {
            Shown = shown,
            Masked = [.. SocketNames.In(shown), .. ShadowedCommands.In(environment.Scripts)],
            Protected = [.. writable.SelectMany(directory => ProgramPlaces.NamesIn(directory, caller))],
            Home = caller.SandboxHome,
            WorkingDirectory = hidden is null ? caller.CurrentDirectory : caller.SandboxHome,
            HostNetwork = grants.Network,
            Variables = VariablesOf(environment, grants, caller),
        };
        return new Terms(confinement, hidden);
    }

    /// <summary>Whether they could be given now: a grant is judged when it is remembered, and at every run.</summary>
    /// <param name="dataRoot">Where the sealed packages of every environment lie.</param>
    /// <exception cref="GrantRefusedException">One of them must not be given, or cannot.</exception>
    public static void Judge(Grants grants, string dataRoot, Caller caller) => _ = Judged(grants, dataRoot, caller);

    private static (ImmutableArray<ShownPath> Writable, ImmutableArray<ShownPath> Readable) Judged(
        Grants grants, string dataRoot, Caller caller)
    {
        ImmutableArray<ShownPath> writable = [.. grants.Write.Select(directory => GrantedPaths.Writable(directory, dataRoot, caller))];
        // What may be written may be read.
        return (writable, [.. grants.Read.Select(path => GrantedPaths.Readable(path, caller))
            .Where(shown => !writable.Any(w => string.Equals(w.Path, shown.Path, StringComparison.Ordinal)))]);
    }

    private static HiddenDirectory? WhyHidden(ShownPath? here, Grants grants, Caller caller)
    {
        if (!grants.ShowCurrentDirectory) return new HiddenDirectory.OnRequest();
        if (here is null) return new HiddenDirectory.Gone();
        return SensitiveDirectories.WhyNotShown(here.Real, caller) is { } why ? new HiddenDirectory.Kept(why) : null;
    }

    private ImmutableDictionary<string, string> VariablesOf(InstalledEnvironment environment, Grants grants, Caller caller)
    {
        var variables = ImmutableDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);
        foreach (string name in PassedOn.Concat(grants.Variables))
        {
            if (caller.Variables.TryGetValue(name, out string? value)) variables[name] = value;
        }
        variables["PATH"] = $"{environment.Scripts}:/usr/local/bin:/usr/bin:/bin";
        variables["HOME"] = caller.SandboxHome;
        variables["USER"] = variables["LOGNAME"] = caller.UserName;
        variables["SHELL"] = "/bin/sh";
        variables["TMPDIR"] = "/tmp";
        variables["VIRTUAL_ENV"] = environment.Directory;
        return variables.ToImmutable();
    }
}
