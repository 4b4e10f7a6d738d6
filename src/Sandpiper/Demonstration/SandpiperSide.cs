using System.Collections.Immutable;
using System.Text;
using Sandpiper.Sandbox.Programs;

namespace Sandpiper.Demonstration;

/// <summary>Sandpiper as it is, driven as a person would, from outside.</summary>
/// <param name="stage">Its throw-away home.</param>
/// <param name="executable">This very program.</param>
/// <param name="root">The data root that its commands use.</param>
internal sealed class SandpiperSide(Stage stage, string executable, string root)
{
    private const int MaxOutput = 1 << 20;

    // Ends what hangs, and decides nothing else: a busy machine may take its time.
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(10);

    public Stage Stage { get; } = stage;

    /// <summary>The rule by which the last installation was refused, or null.</summary>
    public string? LastRule { get; private set; }

    /// <summary>Installs; true when the command says that it did.</summary>
    public bool Install(params IEnumerable<string> requirements)
    {
        ProgramOutput output = Command(["install", "--compile", "never", "--root", root, "--index-url", Stage.Index, .. requirements]);
        string words = Encoding.UTF8.GetString(output.StandardError);
        int rule = words.IndexOf("(SP-", StringComparison.Ordinal);
        LastRule = rule < 0 ? null : words[(rule + 1)..words.IndexOf(')', rule)];
        return output.ExitCode == 0;
    }

    /// <summary>Installs, and is killed (SIGKILL) after a while, unless it is done before.</summary>
    public void InstallAndDie(TimeSpan after, params IEnumerable<string> requirements) =>
        Command(["install", "--compile", "never", "--root", root, "--index-url", Stage.Index, .. requirements], after);

    /// <summary>Runs a command of what is installed, confined; its output, or null when it failed.</summary>
    public string? Run(params IEnumerable<string> command) => TextOf(Command(["run", "--root", root, "-q", "--", .. command]));

    /// <summary>Runs Python code with what is installed, as a program of the user's; its output, or null when it failed.</summary>
    public string? Python(string code) => Run("python", "-c", code);

    /// <summary>Everything is as it was installed.</summary>
    public bool Verify() => Command(["verify", "--root", root, "--full"]).ExitCode == 0;

    /// <summary>The text of an installed file, read from outside.</summary>
    public string? Read(string path) => Below("lib", path).Select(File.ReadAllText).FirstOrDefault();

    /// <summary>There is such a file in the environment.</summary>
    public bool Has(string directory, string path) => Below(directory, path).Any();

    private IEnumerable<string> Below(string directory, string path) =>
        Path.Combine(root, "envs/shared/current", directory) is var place && Directory.Exists(place)
            ? Directory.EnumerateFiles(place, Path.GetFileName(path), SearchOption.AllDirectories)
                .Where(f => f.EndsWith(path, StringComparison.Ordinal))
            : [];

    private ProgramOutput Command(IEnumerable<string> arguments, TimeSpan? limit = null) => PlainProgram.Run(
        executable, [.. arguments], ImmutableDictionary<string, string>.Empty.Add("HOME", Stage.Home).Add("PATH", "/usr/bin:/bin")
            .Add("LANG", "C.UTF-8").Add("NO_COLOR", "1"),
        limit ?? Longest, MaxOutput);

    private static string? TextOf(ProgramOutput output) => output.ExitCode == 0 ? Encoding.UTF8.GetString(output.StandardOutput) : null;

    /// <summary>A file of the environment, for somebody who wants to change it by hand.</summary>
    public string FileOf(string path) => Below("lib", path).First();
}
