namespace Sandpiper.Surroundings;

/// <summary>
/// How long a test waits for what is sure to happen. It ends a test that hangs and decides nothing else: no test passes or
/// fails by how fast the machine is.
/// </summary>
internal static class Patience
{
    public static readonly TimeSpan Endless = TimeSpan.FromMinutes(10);
}
