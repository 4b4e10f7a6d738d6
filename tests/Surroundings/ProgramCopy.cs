using System.Diagnostics;

namespace Sandpiper.Surroundings;

/// <summary>
/// Copies programs that are started afterwards. Another process does it: what this one has open for writing is open for a moment in
/// every program that another test starts just then, between fork and exec, and the kernel starts nothing that is open for writing
/// (ETXTBSY). On a busy machine the moment is long.
/// </summary>
internal static class ProgramCopy
{
    /// <param name="from">Files.</param>
    /// <param name="directory">Where they go, by the names that they have.</param>
    public static void Into(string directory, params string[] from) => Copy(["-t", directory, "--", .. from]);

    /// <param name="to">The name that it gets.</param>
    public static void As(string to, string from) => Copy(["-T", "--", from, to]);

    private static void Copy(string[] arguments)
    {
        using Process copy = Process.Start("/bin/cp", arguments);
        copy.WaitForExit();
        Assert.Equal(0, copy.ExitCode);
    }
}
