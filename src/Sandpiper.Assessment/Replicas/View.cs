using System.Collections.Immutable;
using Sandpiper.Sandbox.Bubblewrap;
using Sandpiper.Sandbox.Programs;

namespace Sandpiper.Assessment.Replicas;

/// <summary>
/// What one person may see and change of a replica, said in mounts: writable where he may write, read-only where he may only read, empty
/// where he may not even look. There is one user of the kernel behind all of them, so that no rights are needed to make it. Only where the
/// replica's people are users of their own do all see one tree, and owners and modes decide.
/// </summary>
/// <param name="replica">Whose disk.</param>
/// <param name="layout">Where its Python keeps things.</param>
internal sealed class View(Replica replica, Layout? layout) : IDisposable
{
    /// <summary>Of each person's sink: in a network of its own, where nobody else listens.</summary>
    public const int Port = 47_811;

    private readonly Dictionary<Person, LastingProgram> _attendants = [];

    private const int MostOutput = 256 << 10;

    // Ends what hangs, and decides nothing else.
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);

    // Of a system with /usr merged they are links into it, of an older one directories of their own.
    private static readonly ImmutableArray<string> BesideUsr = ["/bin", "/lib", "/lib32", "/lib64", "/libx32", "/sbin"];

    private static readonly ImmutableArray<string> OfTheSystem = ["/etc", "/boot", "/opt", "/root", "/home", "/var", "/usr/local"];

    private const string Namer = "/usr/bin/lsb_release";

    /// <summary>Directories that somebody owns besides what is his anyway.</summary>
    public ImmutableArray<(Person Owner, string Path)> Owned { get; init; } = [];

    /// <summary>Directories and files of this machine that everybody sees, read-only, each at a place of its own.</summary>
    public ImmutableArray<(string Outside, string Inside)> Shown { get; init; } = [];

    /// <summary>
    /// Directories that are known by their place on this machine, too, because what lies in them names itself by it; with who may change
    /// them.
    /// </summary>
    public ImmutableArray<(Person Owner, string Outside)> InPlace { get; init; } = [];

    /// <summary>A secret that is in the user's environment, as tokens often are.</summary>
    public string? Token { get; init; }

    /// <summary>Runs a command as somebody, with a sink that takes what is sent to it.</summary>
    /// <param name="home">HOME; null: his own.</param>
    /// <param name="received">What came to the sink.</param>
    /// <exception cref="StepNotDoneException">Nothing is known of it.</exception>
    public ProgramOutput Run(Person person, string? home, ImmutableArray<string> command, out string received)
    {
        if (!_attendants.TryGetValue(person, out LastingProgram? attendant))
        {
            attendant = ReplicaProgram.Start(
                Mounts(person), person.Uid(), Attendant.Command(Port), NoVariables.Add("LANG", "C.UTF-8"), replica.Users);
            _attendants.Add(person, attendant);
        }
        return Attendant.Do(attendant, command, Variables(person, home ?? person.Home()), out received);
    }

    /// <summary>Ends everything that still runs in it.</summary>
    public void Dispose()
    {
        foreach (LastingProgram attendant in _attendants.Values) attendant.Dispose();
        _attendants.Clear();
    }

    private static readonly ImmutableDictionary<string, string> NoVariables = ImmutableDictionary<string, string>.Empty;

    /// <summary>Runs what only answers, as you.</summary>
    public ProgramOutput Ask(IReadOnlyList<string> command) =>
        ReplicaProgram.Run(Mounts(Person.You), Person.You.Uid(), command, Variables(Person.You, Person.You.Home()), Patience, MostOutput,
            replica.Users);

    private ImmutableDictionary<string, string> Variables(Person person, string home)
    {
        var variables = ImmutableDictionary<string, string>.Empty
            .Add("HOME", home).Add("USER", person.Login()).Add("LOGNAME", person.Login()).Add("LANG", "C.UTF-8").Add("TERM", "dumb")
            .Add("PIP_CONFIG_FILE", "/dev/null").Add("PIP_NO_INDEX", "1").Add("PIP_FIND_LINKS", $"{Replica.Service}/index")
            .Add("PIP_DISABLE_PIP_VERSION_CHECK", "1").Add("PIP_NO_INPUT", "1").Add("PIP_BREAK_SYSTEM_PACKAGES", "1")
            .Add("PIP_NO_WARN_SCRIPT_LOCATION", "1").Add("PIP_ROOT_USER_ACTION", "ignore")
            .Add("PIPX_HOME", $"{home}/.local/pipx").Add("PIPX_BIN_DIR", $"{home}/.local/bin")
            .Add("PIPX_DEFAULT_PYTHON", "/usr/bin/python3")
            .Add("UV_NO_CONFIG", "1").Add("UV_PYTHON", "/usr/bin/python3")
            .Add("UV_OFFLINE", "1").Add("UV_PYTHON_DOWNLOADS", "never").Add("UV_NO_PROGRESS", "1")
            .Add("UV_FIND_LINKS", $"{Replica.Service}/index").Add("UV_NO_INDEX", "1").Add("UV_LINK_MODE", "copy")
            .Add("PATH", person == Person.Root
                ? $"/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin:{Replica.Service}/bin"
                : $"{person.Home()}/.local/bin:/usr/local/bin:/usr/bin:/bin:{Replica.Service}/bin");
        return person == Person.You && Token is { } token ? variables.Add("REGISTRY_TOKEN", token) : variables;
    }

    private List<string> Mounts(Person person)
    {
        List<string> mounts = ["--ro-bind", "/usr", "/usr"];
        foreach (string path in BesideUsr)
        {
            if (new FileInfo(path).LinkTarget is { } target) mounts.AddRange(["--symlink", target, path]);
            else mounts.AddRange(["--ro-bind-try", path, path]);
        }
        mounts.AddRange(["--proc", "/proc", "--dev", "/dev", "--tmpfs", "/run"]);
        // Users of their own need no mounts to tell them apart: for them the kernel looks at owners and modes.
        bool byMounts = replica.Users is null;
        string others = person == Person.Root || !byMounts ? "--bind" : "--ro-bind";
        foreach (string path in OfTheSystem) mounts.AddRange([others, replica.Outside(path), path]);
        mounts.AddRange(["--ro-bind-try", Replica.Alternatives, Replica.Alternatives]);
        foreach (string path in RootsFiles()) mounts.AddRange([others, replica.Outside(path), path]);
        foreach (string path in (string[])["/tmp", "/var/tmp"]) mounts.AddRange(["--bind", replica.Outside(path), path]);
        mounts.AddRange(["--ro-bind", replica.Outside(Replica.Service), Replica.Service]);
        if (person != Person.Root && byMounts)
        {
            // 0700, as distributions make homes by now; where others may read, what lies in ~/.ssh is 0600 anyway.
            foreach (Person other in Enum.GetValues<Person>().Where(p => p != person)) mounts.AddRange(["--tmpfs", other.Home()]);
            mounts.AddRange(["--bind", replica.Outside(person.Home()), person.Home()]);
        }
        foreach (var (_, path) in Owned.Where(o => o.Owner == person)) mounts.AddRange(["--bind", replica.Outside(path), path]);
        foreach (var (owner, outside) in InPlace) mounts.AddRange([owner == person ? "--bind" : "--ro-bind", outside, outside]);
        // pip asks it for the name of the distribution, which costs more than all the rest of a small installation.
        if (File.Exists(Namer)) mounts.AddRange(["--ro-bind", "/dev/null", Namer]);
        foreach (var (outside, inside) in Shown) mounts.AddRange(["--ro-bind", outside, inside]);
        return mounts;
    }

    // Only what is there on this machine, too, can be covered: nothing new can be shown in a directory that is read-only.
    private IEnumerable<string> RootsFiles()
    {
        yield return Replica.SystemProgram;
        if (layout?.PipPackage is { } pip && !pip.StartsWith("/usr/local/", StringComparison.Ordinal)) yield return $"{pip}/__init__.py";
        if (layout is not null && !layout.SharedSite.StartsWith("/usr/local/", StringComparison.Ordinal)) yield return layout.SharedSite;
    }
}
