using System.Collections.Immutable;
using Sandpiper.Kernel;
using Sandpiper.Sandbox.Bubblewrap;
using Sandpiper.Sandbox.Privileges;
using Sandpiper.Sandbox.Profiles;
using Sandpiper.Sandbox.Programs;
using Sandpiper.Surroundings;

namespace Sandpiper.Sandbox.Tests.Driving;

/// <summary>
/// This program when it is started not to test but to confine: as an ordinary user, with descriptors and signals of the test's choice.
/// </summary>
internal static class Driver
{
    public const int NoSandbox = 4;
    private const string Marker = "--driver";

    /// <summary>This program where the ordinary user can start it.</summary>
    public static string Program => ReachableBuild.Path(Path.GetFileName(Environment.ProcessPath!));

    public static ImmutableArray<string> ArgumentsFor(
        Confinement confinement, IEnumerable<(PathAccess Access, string Path)> unjudged, IEnumerable<string> command) =>
    [
        Marker, "confine",
        .. confinement.Shown.SelectMany(shown => new[] { $"--{shown.Access}", shown.Path }),
        .. unjudged.SelectMany(shown => new[] { $"--{shown.Access}", shown.Path }),
        .. confinement.Variables.SelectMany(variable => new[] { "--set", $"{variable.Key}={variable.Value}" }),
        .. confinement.HostNetwork ? ["--net", "all"] : ImmutableArray<string>.Empty,
        "--second-stage", PublishedSecondStage.Path, "--home", confinement.Home, "--cwd", confinement.WorkingDirectory, "--", .. command,
    ];

    public static ImmutableArray<string> ArgumentsToGiveUpRoot(params ImmutableArray<string> directories) =>
        [Marker, "give-up", PublishedSecondStage.Path, .. directories];

    public static bool IsMeant(string[] args) => args is [Marker, ..];

    public static int Run(string[] args)
    {
        StandardStreams.StopNobodyFromTheBackground(); // as the command does
        try
        {
            return args[1] is "give-up" ? GiveUp(args[2], args[3..]) : Confine(args.AsSpan(2));
        }
        catch (SandboxUnavailableException e)
        {
            Console.Error.WriteLine($"no sandbox: {e.Message}");
            return NoSandbox;
        }
        catch (SecondStageException e)
        {
            Console.Error.WriteLine($"{e.Failure.Kind}: {e.Failure.Subject}");
            return e.Failure.ExitCode;
        }
        catch (KernelException e)
        {
            Console.Error.WriteLine($"failed: {e.Message}");
            return NoSandbox;
        }
    }

    private static int GiveUp(string program, string[] directories)
    {
        byte[] content = File.ReadAllBytes(program);
        var secondStage = new SecondStageImage(() => content, keptAt: null);
        Console.WriteLine(RootPrivileges.GiveUp(directories));
        Console.WriteLine(RootPrivileges.Held);
        foreach (string directory in directories) File.WriteAllText(Path.Join(directory, "mine"), "");
        Console.WriteLine(File.ReadAllText("/proc/self/status"));
        Console.Out.Flush();
        return ConfinedProgram.Run(new Confinement { Home = "/home/sandpiper", WorkingDirectory = "/" }, secondStage,
            ["/usr/bin/id", "-u"]);
    }

    private static int Confine(ReadOnlySpan<string> args)
    {
        var confinement = new Confinement { WorkingDirectory = "/", Home = "/" };
        string? secondStage = null;
        while (args is [not "--", var value, ..])
        {
            if (args[0] is "--second-stage") secondStage = value;
            confinement = args[0] switch
            {
                "--set" => confinement with
                {
                    Variables = confinement.Variables.SetItem(value[..value.IndexOf('=')], value[(value.IndexOf('=') + 1)..]),
                },
                "--second-stage" => confinement,
                "--net" => confinement with { HostNetwork = true },
                "--home" => confinement with { Home = value },
                "--cwd" => confinement with { WorkingDirectory = value },
                var access => confinement with
                {
                    Shown = confinement.Shown.Add(ShownPath.Needed(value, Enum.Parse<PathAccess>(access[2..]))),
                },
            };
            args = args[2..];
        }
        byte[] content = File.ReadAllBytes(secondStage!);
        return ConfinedProgram.Run(confinement, new SecondStageImage(() => content, keptAt: null), args[1..].ToArray());
    }
}
