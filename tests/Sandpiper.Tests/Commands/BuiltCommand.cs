using System.Diagnostics;
using Sandpiper.Surroundings;

namespace Sandpiper.Tests.Commands;

/// <summary>What a process left behind.</summary>
internal sealed record Ended(int ExitCode, string Output, string Error);

/// <summary>The command as a process of its own, as it was built beside these tests.</summary>
internal static class BuiltCommand
{
    public static string Path { get; } = ReachableBuild.Path("sandpiper");

    public static Ended Run(params string[] args) => End(new ProcessStartInfo(Path, args));

    /// <summary>With variables besides ours; null: without ours of that name.</summary>
    public static Ended RunWith(IReadOnlyDictionary<string, string?> variables, params string[] args)
    {
        var start = new ProcessStartInfo(Path, args);
        foreach ((string name, string? value) in variables)
        {
            if (value is null) start.Environment.Remove(name);
            else start.Environment[name] = value;
        }
        return End(start);
    }

    public static Ended Shell(string script) => End(new ProcessStartInfo("/bin/sh", ["-c", script]));

    private static Ended End(ProcessStartInfo start)
    {
        start.RedirectStandardOutput = start.RedirectStandardError = true;
        using Process process = Process.Start(start)!;
        Task<string> error = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return new(process.ExitCode, output, error.Result);
    }
}
