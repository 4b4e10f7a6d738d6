using System.Collections.Immutable;
using Sandpiper.Kernel;
using Sandpiper.Sandbox.Bubblewrap;
using Sandpiper.Sandbox.Privileges;
using Sandpiper.Surroundings;

namespace Sandpiper.Sandbox.Tests.Driving;

/// <summary>This program when it is started not to test but to confine: as an ordinary user, with descriptors and signals of the test's choice.</summary>
internal static class Driver
{
    public const int NoSandbox = 4;
    private const string Marker = "--driver";

    /// <summary>This program where the ordinary user can start it.</summary>
    public static string Program => ReachableBuild.Path(Path.GetFileName(Environment.ProcessPath!));

    public static ImmutableArray<string> ArgumentsFor(Confinement confinement, IEnumerable<string> command) =>
    [
        Marker, "confine",
        .. confinement.ReadOnly.SelectMany(path => new[] { "--read", path }),
        .. confinement.Writable.SelectMany(path => new[] { "--write", path }),
        .. confinement.Protected.SelectMany(path => new[] { "--protect", path }),
        .. confinement.Variables.SelectMany(variable => new[] { "--set", $"{variable.Key}={variable.Value}" }),
        .. confinement.HostNetwork ? ["--net", "all"] : ImmutableArray<string>.Empty,
        "--home", confinement.Home, "--cwd", confinement.WorkingDirectory, "--", .. command,
    ];

    public static ImmutableArray<string> ArgumentsToGiveUpRoot(params ImmutableArray<string> directories) => [Marker, "give-up", .. directories];

    public static bool IsMeant(string[] args) => args is [Marker, ..];

    public static int Run(string[] args)
    {
        try
        {
            return args[1] is "give-up" ? GiveUp(args[2..]) : Confine(args.AsSpan(2));
        }
        catch (SandboxUnavailableException e)
        {
            Console.Error.WriteLine($"no sandbox: {e.Because} / {e.Hint}");
            return NoSandbox;
        }
        catch (KernelException e)
        {
            Console.Error.WriteLine($"failed: {e.Message}");
            return NoSandbox;
        }
    }

    private static int GiveUp(string[] directories)
    {
        Console.WriteLine(RootPrivileges.GiveUp(directories));
        Console.WriteLine(RootPrivileges.Held);
        foreach (string directory in directories) File.WriteAllText(Path.Join(directory, "mine"), "");
        Console.WriteLine(File.ReadAllText("/proc/self/status"));
        Console.Out.Flush();
        return ConfinedProgram.Run(new Confinement { Home = "/home/sandpiper", WorkingDirectory = "/" }, ["/usr/bin/id", "-u"]);
    }

    private static int Confine(ReadOnlySpan<string> args)
    {
        var confinement = new Confinement { WorkingDirectory = "/", Home = "/" };
        while (args is [not "--", var value, ..])
        {
            confinement = args[0] switch
            {
                "--read" => confinement with { ReadOnly = confinement.ReadOnly.Add(value) },
                "--write" => confinement with { Writable = confinement.Writable.Add(value) },
                "--protect" => confinement with { Protected = confinement.Protected.Add(value) },
                "--set" => confinement with { Variables = confinement.Variables.SetItem(value[..value.IndexOf('=')], value[(value.IndexOf('=') + 1)..]) },
                "--net" => confinement with { HostNetwork = true },
                "--home" => confinement with { Home = value },
                "--cwd" => confinement with { WorkingDirectory = value },
                _ => throw new ArgumentException(args[0], nameof(args)),
            };
            args = args[2..];
        }
        return ConfinedProgram.Run(confinement, args[1..].ToArray());
    }
}
