using Sandpiper.Kernel.Files;

namespace Sandpiper.Sandbox.Profiles;

/// <summary>
/// Commands of packages that are called as one of the system is: <c>git</c>, <c>sh</c>, <c>ls</c>. They would come first on PATH inside,
/// and everything that a program starts would start them; outside, the system's keep their names, too.
/// </summary>
internal static class ShadowedCommands
{
    /// <returns>Full paths.</returns>
    public static IEnumerable<string> In(string scripts) => !Directory.Exists(scripts) ? []
        : Directory.EnumerateFiles(scripts).Where(path => SystemCommands.Keep(Path.GetFileName(path)));
}
