using System.Diagnostics;
using System.Globalization;
using Sandpiper.Samples;
using Sandpiper.Surroundings;

namespace Sandpiper.EndToEnd.Tests.Staging;

/// <summary>What a command left behind on its streams.</summary>
internal sealed record Outcome(int ExitCode, string Output, string Error)
{
    public override string ToString() => $"exit {ExitCode}\n--- stdout\n{Output}\n--- stderr\n{Error}";
}

/// <summary>
/// An ordinary user with a throw-away home, who uses the published command. When the tests run as root it is a uid of its own, so that
/// file permissions mean something; otherwise it is whoever runs the tests.
/// </summary>
internal sealed class Somebody : IDisposable
{
    private const int Uid = 23_117;
    private static readonly bool AsRoot = string.Equals(Environment.UserName, "root", StringComparison.Ordinal);

    private int _indexes;

    public Somebody()
    {
        Place = Directory.CreateTempSubdirectory("sandpiper-e2e-").FullName;
        Home = Directory.CreateDirectory(Path.Combine(Place, "home")).FullName;
        Project = Directory.CreateDirectory(Path.Combine(Place, "home", "project")).FullName;
        File.SetUnixFileMode(Place, (UnixFileMode)0b111_101_101);
        Temporary = Directory.CreateDirectory(Path.Combine(Place, "tmp")).FullName;
        foreach (string directory in (string[])[Home, Project, Temporary]) Own(directory);
        Variables["TMPDIR"] = Temporary;
    }

    /// <summary>Whether this user is another than whoever runs the tests.</summary>
    public static bool IsSomebodyElse => AsRoot;

    /// <summary>What makes a command of root's one of this user's.</summary>
    public static IReadOnlyList<string> AsUser { get; } = ["/usr/bin/setpriv", "--reuid", Uid.ToString(CultureInfo.InvariantCulture),
        "--regid", Uid.ToString(CultureInfo.InvariantCulture), "--clear-groups", "--"];

    /// <summary>Everything of this user lies below it.</summary>
    public string Place { get; }

    public string Home { get; }

    /// <summary>Where commands start.</summary>
    public string Project { get; }

    /// <summary>TMPDIR of every command.</summary>
    public string Temporary { get; }

    public string DataRoot => Path.Combine(Home, ".local/share/sandpiper");

    /// <summary>Variables of every command besides HOME and PATH.</summary>
    public Dictionary<string, string> Variables { get; } = new(StringComparer.Ordinal);

    public string CacheRoot => Path.Combine(Home, ".cache/sandpiper");

    /// <summary>The generation that is current, as a directory; through no link.</summary>
    public string Generation(string environment = "shared") =>
        new FileInfo(Path.Combine(DataRoot, "envs", environment, "current")).ResolveLinkTarget(returnFinalTarget: true)!.FullName;

    /// <summary>
    /// Writes the index below <see cref="Place"/>, readable by everybody and writable by nobody else, and gives its address.
    /// </summary>
    public string Serve(SampleIndex index)
    {
        string directory = Directory.CreateDirectory(Path.Combine(Place, $"index{++_indexes}")).FullName;
        index.WriteTo(directory);
        return $"file://{directory}/simple/";
    }

    /// <summary>A command whose effect is over when it is: unless the test says so, nothing goes on in the background.</summary>
    public Outcome Sandpiper(params string[] arguments) => Run([PublishedCommand.Path, .. OverAtOnce(arguments)]);

    /// <summary>The same words, with <c>--compile never</c> where <c>--compile</c> is an option and was not named.</summary>
    public static string[] OverAtOnce(string[] arguments) =>
        Array.IndexOf(arguments, "install") is var at and (0 or 2) && !arguments.Contains("--compile", StringComparer.Ordinal)
            && (at == 0 || arguments[0] is "--root")
            ? [.. arguments[..(at + 1)], "--compile", "never", .. arguments[(at + 1)..]] : arguments;

    /// <summary>Runs a program of the system as this user.</summary>
    public Outcome Run(IReadOnlyList<string> command, string? directory = null, string? input = null)
    {
        using Process process = Start(command, directory);
        return Wait(process, command, input);
    }

    /// <summary>Runs a program with the rights of whoever runs the tests, and this user's variables.</summary>
    public Outcome RunAsTester(IReadOnlyList<string> command)
    {
        using Process process = StartProcess(command, directory: null);
        return Wait(process, command, input: null);
    }

    public Process Start(IReadOnlyList<string> command, string? directory = null) => StartProcess(AsRoot
            ? [.. AsUser, .. command]
            : command, directory);

    /// <summary>Writes a file that belongs to this user; the path is relative to the project directory or absolute.</summary>
    public string Write(string path, string content)
    {
        string full = Path.Combine(Project, path);
        foreach (string directory in MissingDirectories(Path.GetDirectoryName(full)!))
        {
            Directory.CreateDirectory(directory);
            Own(directory);
        }
        File.WriteAllText(full, content);
        Own(full);
        return full;
    }

    public void Dispose()
    {
        // A job in the background, which makes byte code, ends when it finds that all is gone; until then it adds to what is being removed.
        while (true)
        {
            // Sealed trees are read-only for their owner too.
            using Process chmod = Process.Start("/bin/chmod", ["-R", "-f", "u+rwX", Place]);
            chmod.WaitForExit();
            using Process remove = Process.Start("/bin/rm", ["-rf", Place]);
            remove.WaitForExit();
            if (remove.ExitCode == 0) return;
        }
    }

    private static Outcome Wait(Process process, IReadOnlyList<string> command, string? input)
    {
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        Task<string> error = process.StandardError.ReadToEndAsync();
        if (input is not null) process.StandardInput.Write(input);
        process.StandardInput.Close();
        if (!process.WaitForExit(Patience.Endless))
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException($"{string.Join(' ', command)} does not end\n{error.Result}");
        }
        process.WaitForExit();
        return new(process.ExitCode, output.Result, error.Result);
    }

    private Process StartProcess(IReadOnlyList<string> whole, string? directory)
    {
        var start = new ProcessStartInfo(whole[0], whole.Skip(1))
        {
            WorkingDirectory = directory ?? Project,
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment.Clear();
        start.Environment["HOME"] = Home;
        start.Environment["PATH"] = "/usr/local/bin:/usr/bin:/bin";
        start.Environment["LANG"] = "C.UTF-8";
        foreach ((string name, string value) in Variables) start.Environment[name] = value;
        return Process.Start(start) ?? throw new InvalidOperationException($"{whole[0]} did not start");
    }

    private static Stack<string> MissingDirectories(string directory)
    {
        var missing = new Stack<string>();
        for (string? at = directory; at is not null && !Directory.Exists(at); at = Path.GetDirectoryName(at)) missing.Push(at);
        return missing;
    }

    /// <summary>Makes something that whoever runs the tests has made this user's.</summary>
    public static void Own(string path)
    {
        if (!AsRoot) return;
        using Process chown = Process.Start("/bin/chown", [$"{Uid}:{Uid}", path]);
        chown.WaitForExit();
    }
}
