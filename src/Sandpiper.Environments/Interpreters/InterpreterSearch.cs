using System.Runtime.InteropServices;

namespace Sandpiper.Environments.Interpreters;

/// <summary>Finds the interpreter to use: the one that was named, else the first <c>python3</c> of 3.8 or later on PATH.</summary>
public sealed partial class InterpreterSearch(InterpreterProbe probe)
{
    private const int OldestMinor = 8;

    /// <param name="named">A path or a name that the user gave; null: search.</param>
    /// <param name="searchPath">PATH.</param>
    /// <exception cref="InterpreterException">None can be used.</exception>
    public Interpreter Find(string? named, string? searchPath)
    {
        if (named is not null) return MustBeRecent(probe.Ask(named.Contains('/', StringComparison.Ordinal) ? Path.GetFullPath(named) : Locate(named, searchPath)));
        InterpreterException? first = null;
        foreach (string path in Candidates("python3", searchPath))
        {
            try
            {
                return MustBeRecent(probe.Ask(path));
            }
            catch (InterpreterException error)
            {
                // A shim of a version manager, or one that we may not start: the next one may do.
                first ??= error;
            }
        }
        throw first ?? new InterpreterException(null, "no python3 was found on PATH");
    }

    private static string Locate(string name, string? searchPath) =>
        Candidates(name, searchPath).FirstOrDefault() ?? throw new InterpreterException(name, "there is no such program on PATH");

    // Relative entries of PATH depend on where one stands: a hostile directory could offer a python3 of its own.
    private static IEnumerable<string> Candidates(string name, string? searchPath) =>
        (searchPath ?? "").Split(':').Append("/usr/bin").Where(Path.IsPathRooted).Select(d => Path.Combine(d, name)).Distinct(StringComparer.Ordinal).Where(IsExecutable);

    private static bool IsExecutable(string path) => File.Exists(path) && Access(path, ExecuteOk) == 0;

    private static Interpreter MustBeRecent(Interpreter found) => found.Target is { Major: 3, Minor: >= OldestMinor }
        ? found
        : throw new InterpreterException(found.Path, $"it is Python {found.Version}; 3.{OldestMinor} or later is needed");

    private const int ExecuteOk = 1;    // X_OK, unistd.h

    [LibraryImport("libc", EntryPoint = "access", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Access(string path, int mode);
}
