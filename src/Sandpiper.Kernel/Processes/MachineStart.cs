using System.Globalization;
using System.Text;
using Sandpiper.Kernel.Files;

namespace Sandpiper.Kernel.Processes;

/// <summary>Which start of this machine it is: no process of an earlier one runs any more.</summary>
public static class MachineStart
{
    private const int MostBytes = 64;
    private const string Began = "btime ";      // proc_stat(5)

    /// <summary>Another one after each start; empty where the kernel does not say.</summary>
    public static string Id { get; } = Encoding.ASCII.GetString(Read("/proc/sys/kernel/random/boot_id", MostBytes)).TrimEnd('\n');

    /// <summary>Which machine (machine-id(5)); empty where nobody says.</summary>
    public static string Machine { get; } = Encoding.ASCII.GetString(Read("/etc/machine-id", MostBytes)).TrimEnd('\n');

    /// <summary>When it was, to the second; null where the kernel does not say.</summary>
    public static DateTimeOffset? At
    {
        get
        {
            try
            {
                string? line = File.ReadLines("/proc/stat").FirstOrDefault(l => l.StartsWith(Began, StringComparison.Ordinal));
                return long.TryParse(line?[Began.Length..], NumberStyles.None, CultureInfo.InvariantCulture, out long seconds)
                    ? DateTimeOffset.FromUnixTimeSeconds(seconds) : null;
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                return null;
            }
        }
    }

    private static byte[] Read(string path, int most)
    {
        using var file = RawFile.Open(path, RawFile.ReadOnly, out int errno);
        byte[] text = new byte[most];
        return errno == 0 ? text[..Descriptor.Read(file, text)] : [];
    }
}
