using System.Globalization;

namespace Sandpiper.Surroundings;

/// <summary>How many inputs a fuzzed reader is given: some in every run of the tests, as many as one likes by hand.</summary>
internal static class Fuzz
{
    public static long Inputs { get; } =
        long.TryParse(
            Environment.GetEnvironmentVariable("SANDPIPER_FUZZ"), NumberStyles.None, CultureInfo.InvariantCulture, out long inputs)
            ? inputs : 5_000;
}
