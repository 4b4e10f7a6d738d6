using Sandpiper.Sandbox.Bubblewrap;

namespace Sandpiper.Running;

/// <summary>Who runs a program, from where, with what: read once from the process, so that a test can be anybody.</summary>
/// <param name="Home">The real home directory; never shown.</param>
/// <param name="SandboxHome">Where the program's private, empty home appears.</param>
/// <param name="Cache">Where what indexes said is kept.</param>
/// <param name="CurrentDirectory">Absolute.</param>
/// <param name="UserName">As the program shall see it.</param>
/// <param name="SecondStage">This very program, for the last step inside.</param>
/// <param name="WasRoot">Started as root, an ordinary user since.</param>
/// <param name="Variable">Gives an environment variable of the caller, or null.</param>
/// <param name="MayWrite">Whether the caller may write in a directory.</param>
internal sealed record Caller(
    string Home, string SandboxHome, string Cache, string CurrentDirectory, string UserName, OwnProgram SecondStage, bool WasRoot, Func<string, string?> Variable, Func<string, bool> MayWrite);
