using System.Collections.Immutable;
using Microsoft.Win32.SafeHandles;
using Sandpiper.Console;
using Sandpiper.Kernel.Processes;
using Sandpiper.Sandbox.Networks;
using Sandpiper.Sandbox.Profiles;

namespace Sandpiper.Commands;

/// <summary>What a program that failed had not been granted, as far as that is known, and the question whether it is to have it.</summary>
/// <param name="Write">Paths as they would be typed here.</param>
/// <param name="Read">Likewise.</param>
internal sealed record WantedGrants(ImmutableArray<string> Write, ImmutableArray<string> Read, ImmutableArray<HostGrant> Hosts)
{
    /// <summary>Nothing that is known.</summary>
    public static WantedGrants None { get; } = new([], [], []);

    public bool AreNone => Write.IsEmpty && Read.IsEmpty && Hosts.IsEmpty;

    /// <summary>As they are typed.</summary>
    public string Words => GrantWords.AsTyped(Chosen(path => path), null);

    /// <param name="path">What becomes of a path as it is typed.</param>
    public Grants Chosen(Func<string, string> path) => new()
    {
        Write = [.. Write.Select(path)],
        Read = [.. Read.Select(path)],
        Hosts = Hosts,
    };

    /// <summary>Asks whoever sits at the terminal; nobody else, and not from the background.</summary>
    /// <param name="canBeRemembered">There is a project that it could hold for.</param>
    public WantedAnswer Ask(Console.Terminal terminal, bool canBeRemembered)
    {
        using var input = new SafeFileHandle(0, ownsHandle: false);
        bool isOurs = ProcessGroup.InForegroundOf(input) is not { } group || group == ProcessGroup.Own;
        if (!Question.CanBeAsked || terminal.Verbosity < Verbosity.Normal || !isOurs) return WantedAnswer.No;
        string always = canBeRemembered ? ", [a]lways here" : "";
        return Question.Answer(terminal, $"Run it again with {Words}? [y]es, this once{always}, [N]o ") switch
        {
            "y" or "yes" => WantedAnswer.ThisOnce,
            "a" or "always" when canBeRemembered => WantedAnswer.Always,
            _ => WantedAnswer.No,
        };
    }
}

/// <summary>What was answered; nothing that is not clear is a yes.</summary>
internal enum WantedAnswer
{
    No,
    ThisOnce,
    Always,
}
