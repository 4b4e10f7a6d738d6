using System.Collections.Immutable;
using System.Diagnostics;
using Sandpiper.Sandbox.Profiles;
using Sandpiper.Surroundings;

namespace Sandpiper.Sandbox.Tests.Driving;

/// <summary>
/// A user's home with a project and a secret in it, and the two ways to start a program there: confined, and as everybody does it.
/// </summary>
public sealed class Ground : IDisposable
{
    private const string OrdinaryUser = "12345";

    public Ground()
    {
        Root = Directory.CreateTempSubdirectory("sandpiper-").FullName;
        File.SetUnixFileMode(Root, (UnixFileMode)0b111_101_101); // the user whom root becomes has to get through
        Home = Make("home");
        Project = Make("home/project");
        Elsewhere = Make("elsewhere");
        Directory.CreateDirectory(Path.Join(Home, ".ssh"));
        File.WriteAllText(SecretKey, "decoy-key");
        File.WriteAllText(Path.Join(Project, "data.txt"), "project data");
        Own();
    }

    public string Root { get; }

    public string Home { get; }

    public string Project { get; }

    /// <summary>A directory of the user's that no confinement here shows.</summary>
    public string Elsewhere { get; }

    public string SecretKey => Path.Join(Home, ".ssh", "id_ed25519");

    internal static bool IsRoot => Environment.UserName == "root";

    /// <summary>The project may be read; nothing else.</summary>
    public Confinement Reading => new()
    {
        Shown = [ShownPath.Needed(Project, PathAccess.Read)],
        Home = Home,
        WorkingDirectory = Project,
        Variables = ImmutableDictionary.CreateRange(
            [KeyValuePair.Create("PATH", "/usr/bin:/bin"), KeyValuePair.Create("HOME", Home), KeyValuePair.Create("USER", "ada")]),
    };

    public Confinement Writing => Reading with { Shown = [ShownPath.Needed(Project, PathAccess.Write)] };

    /// <summary>Gives everything here to the ordinary user.</summary>
    public void Own()
    {
        if (IsRoot) Assert.Equal(0, Finish(Start("/usr/bin/chown", ["-R", OrdinaryUser + ":" + OrdinaryUser, Root])).ExitCode);
    }

    internal Outcome Confined(Confinement confinement, params ImmutableArray<string> command) =>
        Finish(StartConfined(confinement, command));

    /// <summary>What is to be shown is judged only by who confines.</summary>
    internal Outcome ConfinedWith(PathAccess access, string path, Confinement confinement, params ImmutableArray<string> command) =>
        Finish(AsOrdinaryUser([Driver.Program, .. Driver.ArgumentsFor(confinement, [(access, path)], command)]));

    internal Outcome ConfinedPython(Confinement confinement, string script, params ImmutableArray<string> arguments) =>
        Confined(confinement, ["/usr/bin/python3", "-I", "-c", script, .. arguments]);

    internal Outcome PlainPython(string script, params ImmutableArray<string> arguments) =>
        Finish(AsOrdinaryUser(["/usr/bin/python3", "-I", "-c", script, .. arguments]));

    internal Process StartConfined(Confinement confinement, params ImmutableArray<string> command) =>
        AsOrdinaryUser(ConfinedCommand(confinement, command));

    /// <summary>The whole command line, for a test that starts it through something else (a terminal, a shell).</summary>
    internal static ImmutableArray<string> ConfinedCommand(Confinement confinement, params ImmutableArray<string> command) =>
        [Driver.Program, .. Driver.ArgumentsFor(confinement, [], command)];

    internal Process AsOrdinaryUser(ImmutableArray<string> command) => IsRoot
        ? Start("/usr/bin/setpriv", ["--reuid", OrdinaryUser, "--regid", OrdinaryUser, "--clear-groups", "--", .. command])
        : Start(command[0], command[1..]);

    internal Process Start(string program, ImmutableArray<string> arguments)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = Directory.Exists(Project) ? Project : "/",
        };
        start.Environment["HOME"] = Home;
        start.Environment["SECRET_TOKEN"] = "decoy-token";
        start.Environment["DOTNET_EnableDiagnostics"] = "0"; // no socket of the runtime's in /tmp
        return Process.Start(start)!;
    }

    internal static Outcome Finish(Process process, string input = "")
    {
        using (process)
        {
            process.StandardInput.Write(input);
            process.StandardInput.Close();
            Task<string> output = process.StandardOutput.ReadToEndAsync();
            Task<string> errors = process.StandardError.ReadToEndAsync();
            bool ended = process.WaitForExit(Patience.Endless);
            if (!ended) process.Kill(entireProcessTree: true);
            Assert.True(ended, "it hangs");
            // They end when their last holder is dead: who waited may be gone and what he started not.
            Assert.True(Task.WaitAll([output, errors], Patience.Endless), "something outlived it");
            return new Outcome(process.ExitCode, output.Result.Trim(), errors.Result.Trim());
        }
    }

    public void Dispose() => Directory.Delete(Root, recursive: true);

    private string Make(string relative) => Directory.CreateDirectory(Path.Join(Root, relative)).FullName;
}
