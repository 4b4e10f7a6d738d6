using System.Collections.Immutable;
using System.CommandLine;
using Sandpiper.Console;
using Sandpiper.Environments;
using Sandpiper.Kernel.Files;
using Sandpiper.Operations;
using Sandpiper.Sandbox;
using Sandpiper.Sandbox.Bubblewrap;
using Sandpiper.Sandbox.Privileges;

namespace Sandpiper.Commands;

/// <summary>What every command is given: who listens, where things lie, what time it is. Made once, passed along.</summary>
/// <remarks>Making one gives root's rights up, if we have them: nothing a command does may happen before.</remarks>
internal sealed class Session : IDisposable
{
    // Read before they are given up, and true ever after.
    private static readonly bool StartedAsRoot = RootPrivileges.Held;

    private static readonly TimeSpan OneLook = TimeSpan.FromSeconds(1);

    private readonly ImmutableArray<CreatedParents> _parents;
    private readonly List<string> _done = [];

    private Session(Terminal terminal, DataPlaces places, OwnProgram ownProgram, uint callersMask, bool json, bool offline, bool wasRoot)
    {
        (Terminal, Places, OwnProgram, CallersMask, Json, Offline, WasRoot) =
            (terminal, places, ownProgram, callersMask, json, offline, wasRoot);
        Answering = terminal;
        SecondStage = BuiltInSecondStage.Image(UsualPlaces(wasRoot));
        _parents = [.. new[] { CreatedParents.Before(places.Root), CreatedParents.Before(places.Cache) }.OfType<CreatedParents>()];
    }

    public Terminal Terminal { get; }

    public DataPlaces Places { get; }

    /// <summary>Of the session that was made, be it over; null: none was.</summary>
    public static Terminal? Answering { get; private set; }

    /// <summary>The umask that we were started with; ours is stricter.</summary>
    public uint CallersMask { get; }

    /// <summary><c>--json</c>: one object instead of words.</summary>
    public bool Json { get; }

    /// <summary><c>--offline</c>.</summary>
    public bool Offline { get; }

    /// <summary>We were started as root and are an ordinary user since.</summary>
    public bool WasRoot { get; }

    public static TimeProvider Time => TimeProvider.System;

    /// <summary>Where this very program lies, for shims.</summary>
    public string OwnExecutable => OwnProgram.Path;

    /// <summary>This very program.</summary>
    public OwnProgram OwnProgram { get; }

    /// <summary>What runs in each sandbox first.</summary>
    public SecondStageImage SecondStage { get; }

    /// <summary>The home directory of whoever started us; <c>/</c> when there is none.</summary>
    public static string Home
    {
        get
        {
            string home = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile, Environment.SpecialFolderOption.DoNotVerify);
            return Path.IsPathRooted(home) ? Path.TrimEndingDirectorySeparator(home) : "/";
        }
    }

    /// <summary>What an operation is given.</summary>
    public OperationContext Context => new()
    {
        Places = Places, Author = Author.Name, Executable = OwnExecutable, Time = Time,
        SecondStage = new(SecondStage.IsAsHeld, SecondStage.Forget), StoreHolds = OneLook,
    };

    /// <summary>What has been done so far, in words: whatever goes wrong after it must not say that nothing was.</summary>
    public IReadOnlyCollection<string> Done => _done;

    /// <summary>From here on it is not true any more that nothing was changed, or run.</summary>
    public void HasDone(string what)
    {
        if (!_done.Contains(what, StringComparer.Ordinal)) _done.Add(what);
    }

    /// <exception cref="Sandpiper.Kernel.KernelException">Root's rights could not be given up.</exception>
    public static Session Of(ParseResult parsed) => Of(parsed, makesDirectories: true);

    /// <summary>For who only looks, as completion does: nothing is made, and nothing given to the user that root becomes.</summary>
    /// <exception cref="Sandpiper.Kernel.KernelException">Root's rights could not be given up.</exception>
    public static Session ToLook(ParseResult parsed) => Of(parsed, makesDirectories: false);

    private static Session Of(ParseResult parsed, bool makesDirectories)
    {
        bool asRoot = StartedAsRoot;
        uint callersMask = CreationMask.Tighten();
        DataPlaces places = PlacesOf(parsed.GetValue(GlobalOptions.Root), asRoot);
        MustHaveText(places);
        // Before: the user that root becomes may have no way to where it lies.
        OwnProgram ownProgram = OwnProgram.Held();
        if (RootPrivileges.Held) RootPrivileges.GiveUp(makesDirectories ? [places.Root, places.Cache] : []);
        return new Session(TerminalOf(parsed), places, ownProgram, callersMask, parsed.GetValue(GlobalOptions.Json),
            parsed.GetValue(GlobalOptions.Offline), asRoot);
    }

    /// <summary>The terminal alone, for what needs nothing else: help, errors of the command line.</summary>
    public static Terminal TerminalOf(ParseResult parsed)
    {
        Verbosity verbosity = Said(parsed, GlobalOptions.Quiet) ? Verbosity.Quiet
            : Said(parsed, GlobalOptions.Verbose) ? Verbosity.Verbose
            : Verbosity.Normal;
        return Terminal.OfProcess(Said(parsed, GlobalOptions.Color), Said(parsed, GlobalOptions.NoProgress), verbosity);
    }

    public void Dispose()
    {
        foreach (CreatedParents parents in _parents) parents.Record();
        Terminal.Flush();
        OwnProgram.Dispose();
    }

    // Where a value makes no sense the default counts: this terminal is the one that has to say so.
    private static T? Said<T>(ParseResult parsed, Option<T> option)
    {
        try
        {
            return parsed.GetValue(option);
        }
        catch (InvalidOperationException)
        {
            return default;
        }
    }

    // The base library makes U+FFFD of a byte of the environment that is no UTF-8, and by that text finds, or makes, another directory.
    private static void MustHaveText(DataPlaces places)
    {
        if (((string[])[places.Root, places.Cache]).FirstOrDefault(path =>
            path.Contains('\ufffd', StringComparison.Ordinal) || !NativeText.IsText(path)) is not { } none) return;
        throw new ExplainedException(new(ExitCode.CouldNot, "nothing can be kept in a directory whose name is no UTF-8; nothing was done",
            $"it would be another one: `{none}`, by HOME, by a variable, or by --root", "choose another place with --root DIR"));
    }

    private static DataPlaces PlacesOf(string? rootOption, bool asRoot)
    {
        string? root = rootOption ?? Environment.GetEnvironmentVariable("SANDPIPER_ROOT");
        DataPlaces usual = UsualPlaces(asRoot);
        if (string.IsNullOrEmpty(root) && !asRoot && Environment.GetEnvironmentVariable("HOME") is { } home && !Path.IsPathRooted(home)
            && DirectoryTree.Holds("/.local", usual.Root))
        {
            throw new ExplainedException(new(ExitCode.CouldNot, "there is no home directory to keep things in; nothing was done",
                $"HOME is `{home}`, which is no path from `/`", "choose another place with --root DIR"));
        }
        // Commands on PATH name it, usual as it may be: they have no second cache.
        return string.IsNullOrEmpty(root) || string.Equals(Path.GetFullPath(root), usual.Root, StringComparison.Ordinal)
            ? usual : DataPlaces.Below(Path.GetFullPath(root));
    }

    /// <summary>Where things lie when nobody says otherwise.</summary>
    public static DataPlaces UsualPlaces(bool asRoot) =>
        asRoot ? DataPlaces.OfMachine : DataPlaces.OfUser(Home, Environment.GetEnvironmentVariable);
}
