namespace Sandpiper.Console;

/// <summary>What the command tells a script. <c>run</c>, <c>python</c> and shims pass the program's own code on instead.</summary>
internal enum ExitCode
{
    /// <summary>Done as asked.</summary>
    Done = 0,

    /// <summary>Could not: nothing fits, not found, no network, no space.</summary>
    CouldNot = 1,

    /// <summary>The command line itself was wrong.</summary>
    WrongUsage = 2,

    /// <summary>Refused for safety; the message names the rule.</summary>
    Refused = 3,

    /// <summary>There is no sandbox to be had here.</summary>
    NoSandbox = 4,

    /// <summary><c>run</c> only: Sandpiper failed or refused before the program started.</summary>
    RunFailed = 125,

    /// <summary>Its terminal has gone (128 + SIGHUP).</summary>
    HungUp = 129,

    /// <summary>Ctrl-C (128 + SIGINT).</summary>
    Interrupted = 130,

    /// <summary>Asked to stop (128 + SIGTERM).</summary>
    Terminated = 143,
}
