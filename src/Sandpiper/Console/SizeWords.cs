using System.Globalization;

namespace Sandpiper.Console;

/// <summary>A number of bytes as a person reads it: <c>12.3 MB</c>, in powers of ten as file managers and pip show them.</summary>
internal static class SizeWords
{
    private static readonly string[] Units = ["bytes", "kB", "MB", "GB", "TB"];

    public static string Of(long bytes)
    {
        double size = bytes;
        int unit = 0;
        // As it will be shown: 999.96 kB is 1.0 MB.
        for (; unit < Units.Length - 1 && (unit == 0 ? size : Math.Round(size, 1)) >= 1000; unit++) size /= 1000;
        return unit == 0 ? Counted.Of(bytes, "byte") : string.Create(CultureInfo.InvariantCulture, $"{size:0.0} {Units[unit]}");
    }
}
