using System.Collections.Immutable;
using System.Text;
using Sandpiper.Sandbox.Programs;

namespace Sandpiper.Demonstration;

/// <summary>One way of installing, driven as a person would, from outside.</summary>
/// <param name="stage">Its throw-away home.</param>
/// <param name="executable">This very program.</param>
/// <param name="root">The data root that its commands use.</param>
internal abstract class Side(Stage stage, string executable, string root)
{
    private const int MaxOutput = 1 << 20;

    // Ends what hangs, and decides nothing else: a busy machine may take its time.
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(10);

    public Stage Stage { get; } = stage;

    protected string Root { get; } = root;

    /// <summary>HOME of whoever types the commands.</summary>
    protected virtual string CallerHome => Stage.Home;

    /// <summary>Installs; true when the command says that it did.</summary>
    public abstract bool Install(params IEnumerable<string> requirements);

    /// <summary>Installs, and is killed (SIGKILL) after a while, unless it is done before.</summary>
    public abstract void InstallAndDie(TimeSpan after, params IEnumerable<string> requirements);

    /// <summary>Runs Python code with what is installed, as a program of the user's; its output, or null when it failed.</summary>
    public abstract string? Python(string code);

    /// <summary>The bytes of an installed module's file, read from outside.</summary>
    public abstract string? Read(string path);

    protected ProgramOutput Command(IEnumerable<string> arguments, TimeSpan? limit = null) => PlainProgram.Run(
        executable, [.. arguments], ImmutableDictionary<string, string>.Empty.Add("HOME", CallerHome).Add("PATH", "/usr/bin:/bin")
            .Add("LANG", "C.UTF-8").Add("NO_COLOR", "1"),
        limit ?? Longest, MaxOutput);

    protected static string? TextOf(ProgramOutput output) => output.ExitCode == 0 ? Encoding.UTF8.GetString(output.StandardOutput) : null;
}

/// <summary>Sandpiper as it is.</summary>
internal sealed class SandpiperSide(Stage stage, string executable, string root) : Side(stage, executable, root)
{
    /// <summary>The rule by which the last installation was refused, or null.</summary>
    public string? LastRule { get; private set; }

    public override bool Install(params IEnumerable<string> requirements)
    {
        ProgramOutput output = Command(["install", "--compile", "never", "--root", Root, "--index-url", Stage.Index, .. requirements]);
        string words = Encoding.UTF8.GetString(output.StandardError);
        int rule = words.IndexOf("(SP-", StringComparison.Ordinal);
        LastRule = rule < 0 ? null : words[(rule + 1)..words.IndexOf(')', rule)];
        return output.ExitCode == 0;
    }

    public override void InstallAndDie(TimeSpan after, params IEnumerable<string> requirements) =>
        Command(["install", "--compile", "never", "--root", Root, "--index-url", Stage.Index, .. requirements], after);

    public override string? Python(string code) => TextOf(Command(["run", "--root", Root, "-q", "--", "python", "-c", code]));

    /// <summary>The program's outcome does not matter, only what it left.</summary>
    public bool Verify() => Command(["verify", "--root", Root, "--full"]).ExitCode == 0;

    public override string? Read(string path) =>
        Directory.EnumerateFiles(Path.Combine(Root, "envs/shared/current/lib"), Path.GetFileName(path), SearchOption.AllDirectories)
            .Where(f => f.EndsWith(path, StringComparison.Ordinal)).Select(File.ReadAllText).FirstOrDefault();

    /// <summary>A file of the environment, for somebody who wants to change it by hand.</summary>
    public string FileOf(string path) =>
        Directory.EnumerateFiles(Path.Combine(Root, "envs/shared/current/lib"), Path.GetFileName(path), SearchOption.AllDirectories)
        .First(f => f.EndsWith(path, StringComparison.Ordinal));
}

/// <summary>
/// Plain pip with a throw-away home; itself run in the sandbox, with nothing to reach but that home, so that only its own decoys can be
/// hurt.
/// </summary>
internal sealed class PipSide(Stage stage, string executable, string root, string python) : Side(stage, executable, root)
{
    // `run` grants nobody the writing of his own home; pip's is a directory of somebody else's here.
    protected override string CallerHome => Path.Combine(Path.GetDirectoryName(Stage.Home)!, "caller");

    // One level down: what lies hidden at the top of a grant (.local, .ssh) stays read-only even for pip.
    private string UserHome => Path.Combine(Stage.Home, "user");

    /// <summary>There is a pip for this interpreter.</summary>
    public bool Exists() => Confined(["-m", "pip", "--version"], null).ExitCode == 0;

    public override bool Install(params IEnumerable<string> requirements) => Confined(PipInstall(requirements), null).ExitCode == 0;

    public override void InstallAndDie(TimeSpan after, params IEnumerable<string> requirements) =>
        Confined(PipInstall(requirements), after);

    public override string? Python(string code) => TextOf(Confined(["-c", code], null));

    public override string? Read(string path) => Directory.Exists(Path.Combine(UserHome, ".local/lib"))
        ? Directory.EnumerateFiles(Path.Combine(UserHome, ".local/lib"), Path.GetFileName(path), SearchOption.AllDirectories)
            .Where(f => f.EndsWith(path, StringComparison.Ordinal)).Select(File.ReadAllText).FirstOrDefault()
        : null;

    /// <summary>Whether <c>pip check</c> says something else after a file was changed behind its back.</summary>
    public bool NoticesAnEdit(string path)
    {
        int before = Confined(["-m", "pip", "check"], null).ExitCode;
        foreach (string file in Directory.EnumerateFiles(
            Path.Combine(UserHome, ".local/lib"), Path.GetFileName(path), SearchOption.AllDirectories))
        {
            if (file.EndsWith(path, StringComparison.Ordinal)) File.AppendAllText(file, "# by hand\n");
        }
        return Confined(["-m", "pip", "check"], null).ExitCode != before;
    }

    private IEnumerable<string> PipInstall(IEnumerable<string> requirements) =>
        ["-m", "pip", "install", "--user", "--quiet", "--no-cache-dir", "--disable-pip-version-check", "--no-warn-script-location",
            "--upgrade", "--index-url", Stage.Index, .. requirements];

    // Where pip installs, by its own name: what is new there nobody shall keep aside, for it is plain pip that is shown.
    private ProgramOutput Confined(IEnumerable<string> arguments, TimeSpan? limit)
    {
        string packages = Directory.CreateDirectory(Path.Combine(UserHome, ".local")).FullName;
        return Command(
            ["run", "--root", Root, "-q", "--cwd", "none", "--write", Stage.Home, "--write", packages, "--", "/usr/bin/env",
                $"HOME={UserHome}", "PIP_CONFIG_FILE=/dev/null", "PIP_BREAK_SYSTEM_PACKAGES=1", python, .. arguments], limit);
    }
}
