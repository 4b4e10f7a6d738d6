using System.Globalization;

namespace Sandpiper.Surroundings;

/// <summary>
/// How long a test waits for what is sure to happen. It ends a test that hangs and decides nothing else: no test passes or
/// fails by how fast the machine is.
/// </summary>
internal static class Patience
{
    // Shorter where something was broken on purpose, and a test that hangs is what is hoped for.
    private const string Variable = "SANDPIPER_TESTS_PATIENCE";

    public static readonly TimeSpan Endless =
        int.TryParse(Environment.GetEnvironmentVariable(Variable), NumberStyles.None, CultureInfo.InvariantCulture, out int seconds)
            ? TimeSpan.FromSeconds(seconds)
            : TimeSpan.FromMinutes(10);
}
