using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Sandpiper.Packaging.Requirements;
using Sandpiper.Packaging.Tags;

namespace Sandpiper.Environments.Interpreters;

/// <summary>Reads what an interpreter printed; whatever does not fit is refused, for a program that is no interpreter prints anything.</summary>
internal static class InterpreterAnswer
{
    private const string Magic = "sandpiper-interpreter-1";
    private const int LineCount = 20;
    private const int MaxTextLength = 4096;

    public static bool TryRead(string answer, [NotNullWhen(true)] out Interpreter? interpreter, out string problem)
    {
        interpreter = null;
        problem = "it did not answer as an interpreter does";
        string[] lines = answer.TrimEnd('\n').Split('\n');
        if (lines.Length != LineCount || !string.Equals(lines[0], Magic, StringComparison.Ordinal) || lines[..(LineCount - 1)].Any(l => l.Length > MaxTextLength)) return false;
        if (!Path.IsPathRooted(lines[1]) || !Path.IsPathRooted(lines[2])) return false;
        if (!TryNumber(lines[4], out int major) || !TryNumber(lines[5], out int minor)) return false;
        if (!TryLibc(lines[18], lines[1], out LibcVersion libc))
        {
            problem = "its C library is neither glibc nor musl of a version that can be told";
            return false;
        }
        var markers = new MarkerEnvironment
        {
            PythonFullVersion = lines[3],
            PythonVersion = $"{major}.{minor}",
            ImplementationName = lines[6],
            ImplementationVersion = lines[7],
            OsName = lines[8],
            PlatformMachine = lines[9],
            PlatformPythonImplementation = lines[10],
            PlatformRelease = lines[11],
            PlatformSystem = lines[12],
            PlatformVersion = lines[13],
            SysPlatform = lines[14],
        };
        bool is32 = string.Equals(lines[17], "32", StringComparison.Ordinal);
        // A 32-bit interpreter on a 64-bit kernel: the kernel's word for the machine is not its own.
        string architecture = (lines[9], is32) switch { ("x86_64", true) => "i686", ("aarch64", true) => "armv7l", _ => lines[9] };
        var target = new TagTarget(lines[6], major, minor, string.Equals(lines[15], "1", StringComparison.Ordinal), string.Equals(lines[16], "1", StringComparison.Ordinal), architecture, libc);
        interpreter = new Interpreter(lines[1], lines[2], lines[3], markers, target, [.. lines[19].Split(',', StringSplitOptions.RemoveEmptyEntries)]);
        return true;
    }

    private static bool TryNumber(string text, out int number) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number) && number < 1000;

    private static bool TryLibc(string glibc, string executable, out LibcVersion libc)
    {
        libc = default;
        string[] words = glibc.Split(' ');
        if (words is ["glibc", var version])
        {
            string[] parts = version.Split('.');
            if (parts.Length < 2 || !TryNumber(parts[0], out int major) || !TryNumber(parts[1], out int minor)) return false;
            libc = new LibcVersion(LibcKind.Glibc, major, minor);
            return true;
        }
        // musl says nothing of itself; its loader stands in the executable. Every musl since 2014 is 1.1 or 1.2, and 1.1 wheels run on 1.2.
        if (!ProgramLoader.Of(executable).Contains("musl", StringComparison.Ordinal)) return false;
        libc = new LibcVersion(LibcKind.Musl, 1, 1);
        return true;
    }
}
