using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using Sandpiper.Packaging.Names;
using Sandpiper.Sandbox;
using Sandpiper.Sandbox.Programs;

namespace Sandpiper.Environments.Interpreters;

/// <summary>Asks an interpreter what it is, without letting it read anything that a package could have put there.</summary>
/// <param name="cacheDirectory">Answers are kept here, by path, size, time and inode of the executable; null: never.</param>
public sealed class InterpreterProbe(string? cacheDirectory)
{
    private const int MaxAnswerBytes = 1 << 20;
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    // One value a line, so that no parser of ours has to understand more than lines. `-I -S` keeps site, .pth files, PYTHON* variables
    // and the current directory out; nothing but the standard library is imported.
    private const string Questions = """
        import os, sys, platform
        v = sys.implementation.version
        iv = "%d.%d.%d" % v[:3] + ("" if v[3] == "final" else v[3][0] + str(v[4]))
        try:
            libc = os.confstr("CS_GNU_LIBC_VERSION") or ""
        except (AttributeError, ValueError, OSError):
            libc = ""
        try:
            import sysconfig
            free = 1 if sysconfig.get_config_var("Py_GIL_DISABLED") else 0
        except Exception:
            free = 0
        if hasattr(sys, "stdlib_module_names"):
            names = sorted(sys.stdlib_module_names)
        else:
            lib = os.path.dirname(os.__file__)
            names = sorted(set(sys.builtin_module_names) | {n.split(".")[0] for n in os.listdir(lib)} | {n.split(".")[0] for n in os.listdir(lib + "/lib-dynload")})
        for x in ("sandpiper-interpreter-1", getattr(sys, "_base_executable", sys.executable) or sys.executable, sys.base_prefix, platform.python_version(),
                  sys.version_info[0], sys.version_info[1], sys.implementation.name, iv, os.name, platform.machine(),
                  platform.python_implementation(), platform.release(), platform.system(), platform.version(), sys.platform,
                  free, 1 if hasattr(sys, "gettotalrefcount") else 0, 64 if sys.maxsize > 2**32 else 32, libc, ",".join(n for n in names if n.isidentifier())):
            print(str(x).replace("\n", " "))
        """;

    /// <param name="path">Absolute.</param>
    /// <exception cref="InterpreterException">It is none, or did not answer as one does.</exception>
    public Interpreter Ask(string path)
    {
        string real = RealPath(path);
        string key = KeyOf(path, real);
        if (Recall(key) is { } known && InterpreterAnswer.TryRead(known, out Interpreter? remembered, out _)) return remembered;

        string answer = AskNow(path);
        if (!InterpreterAnswer.TryRead(answer, out Interpreter? interpreter, out string problem)) throw new InterpreterException(path, problem);
        Remember(key, answer);
        return interpreter;
    }

    private static string AskNow(string path)
    {
        ProgramOutput output;
        try
        {
            output = PlainProgram.Run(path, ["-I", "-S", "-c", Questions], ImmutableDictionary<string, string>.Empty.Add("LC_ALL", "C.UTF-8").Add("PATH", "/usr/bin:/bin"), Limit, MaxAnswerBytes);
        }
        catch (SandboxException error)
        {
            throw new InterpreterException(path, $"it could not be started ({error.Call}, errno {error.Errno})");
        }
        if (output.TimedOut) throw new InterpreterException(path, $"it did not answer within {Limit.TotalSeconds} s");
        if (output.ExitCode != 0 || output.WasTruncated) throw new InterpreterException(path, $"it did not answer as an interpreter does (exit code {output.ExitCode})");
        return Encoding.UTF8.GetString(output.StandardOutput);
    }

    private static string RealPath(string path)
    {
        try
        {
            return File.ResolveLinkTarget(path, returnFinalTarget: true)?.FullName ?? path;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new InterpreterException(path, "there is no such program, or we may not look at it");
        }
    }

    private static string KeyOf(string path, string real)
    {
        var file = new FileInfo(real);
        if (!file.Exists) throw new InterpreterException(path, "there is no such program, or we may not look at it");
        // The kernel's release and version are marker fields, so an update of it is a new question too.
        string kernel = Environment.OSVersion.VersionString;
        return Sha256Digest.Of(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{path}\n{real}\n{file.Length}\n{file.LastWriteTimeUtc.Ticks}\n{kernel}"))).Hex;
    }

    private string? Recall(string key)
    {
        try
        {
            return cacheDirectory is null ? null : File.ReadAllText(Path.Combine(cacheDirectory, key));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private void Remember(string key, string answer)
    {
        if (cacheDirectory is null) return;
        try
        {
            Directory.CreateDirectory(cacheDirectory);
            string temporary = Path.Combine(cacheDirectory, $"{key}.{Environment.ProcessId}");
            File.WriteAllText(temporary, answer);
            File.Move(temporary, Path.Combine(cacheDirectory, key), overwrite: true);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // Asking again next time costs 30 ms.
        }
    }
}
