using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using Sandpiper.Kernel;
using Sandpiper.Kernel.Files;
using Sandpiper.Packaging.Requirements;
using Sandpiper.Packaging.Tags;
using Sandpiper.Sandbox;
using Sandpiper.Sandbox.Programs;

namespace Sandpiper.Interpreters;

/// <summary>
/// Gets to know an interpreter. What can be read from its executable is; the rest it is asked once, and the answer is kept.
/// </summary>
/// <remarks>
/// It is started with <c>-I -S</c> and never otherwise: without <c>-S</c> it would run the <c>.pth</c> files and the <c>sitecustomize</c>
/// of the very packages that are to be judged, which is how other installers run code of packages on a cold start.
/// </remarks>
/// <param name="cacheDirectory">Where answers are kept, and made when it is needed; null: nowhere.</param>
public sealed class InterpreterProbe(string? cacheDirectory)
{
    /// <summary>The oldest minor version of Python 3 that is installed for.</summary>
    public const int OldestMinor = 8;

    private const int MaxAnswerBytes = 512 << 10;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly InterpreterCache? _cache = cacheDirectory is null ? null : new(cacheDirectory);

    /// <param name="path">An executable; relative to the current directory when it is not absolute.</param>
    /// <exception cref="InterpreterException">There is none, it is no Python 3.8 or later, or does not answer.</exception>
    public Interpreter Ask(string path)
    {
        path = Path.GetFullPath(path);
        var answered = Answer(path);
        if (IsInVirtualEnvironment(answered.RealPath))
        {
            // Made with a copied executable; one that was made with a link was left behind when the link was resolved.
            answered = Answer($"{answered.Answer["base_prefix"]}/bin/python{answered.Answer["python_version"]}");
            if (IsInVirtualEnvironment(answered.RealPath))
                throw new InterpreterException(path, "the Python that this virtual environment was made from cannot be told");
        }
        return Describe(path, answered);
    }

    // Where the interpreter itself looks (CPython, Modules/getpath.py). Asked with -S it does not say: site makes the difference.
    private static bool IsInVirtualEnvironment(string executable)
    {
        string directory = Path.GetDirectoryName(executable)!;
        return File.Exists(Path.Combine(directory, "pyvenv.cfg"))
            || File.Exists(Path.Combine(Path.GetDirectoryName(directory) ?? directory, "pyvenv.cfg"));
    }

    private Answered Answer(string path)
    {
        string realPath = ProgramFile.Resolve(path) ?? throw new InterpreterException(path, "there is no such file");
        var (executable, status) = ReadExecutable(realPath);
        if (_cache?.Find(realPath, status) is { } kept && TryUnderstand(kept, out var answer, out _))
            return new(realPath, executable, answer!);

        byte[] fresh = Start(realPath);
        if (!TryUnderstand(fresh, out answer, out string problem)) throw new InterpreterException(realPath, problem);
        _cache?.Keep(realPath, status, fresh);
        return new(realPath, executable, answer!);
    }

    private static (ElfExecutable Executable, FileStatus Status) ReadExecutable(string realPath)
    {
        try
        {
            if (!FileStatus.TryRead(realPath, out var status) || status.Type != FileType.Regular)
                throw new InterpreterException(realPath, "it is no file");
            if (!ProgramFile.MayRun(realPath)) throw new InterpreterException(realPath, "we may not run it");
            using var file = new FileStream(
                realPath, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 4096);
            return ElfExecutable.TryRead(file, out var executable) && executable is not null
                ? (executable, status)
                : throw new InterpreterException(realPath, "it is no program of this machine's kind (a script that picks one, perhaps)");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException && !IsOurs(e))
        {
            throw new InterpreterException(realPath, e.Message);
        }
    }

    // That we have no descriptors left, or may have no further process, says nothing of an interpreter.
    private static bool IsOurs(Exception e) => e is IOException { HResult: Errno.TooManyOpen or Errno.WouldBlock };

    private static byte[] Start(string realPath)
    {
        // -B: a probe leaves no byte code in the standard library.
        var output = Run(realPath, ["-I", "-S", "-B", "-c", InterpreterAnswer.Script]);
        if (output.TimedOut) throw new InterpreterException(realPath, "it did not answer within 10 seconds");
        if (output.WasTruncated) throw new InterpreterException(realPath, "it answered at too great a length");
        if (output.ExitCode != 0)
            throw new InterpreterException(realPath, $"it is no usable Python: it ended with exit code {output.ExitCode}");
        return output.StandardOutput;
    }

    private static ProgramOutput Run(string path, string[] arguments)
    {
        try
        {
            return PlainProgram.Run(path, arguments, FrozenDictionary<string, string>.Empty, Patience, MaxAnswerBytes);
        }
        catch (KernelException e) when (!IsOurs(e))
        {
            throw new InterpreterException(path, $"it cannot be started ({e.Message})");
        }
    }

    private static bool TryUnderstand(byte[] json, out InterpreterAnswer? answer, out string problem) =>
        InterpreterAnswer.TryParse(json, out answer, out problem) && IsComplete(answer, out problem);

    private static bool IsComplete(InterpreterAnswer answer, out string problem)
    {
        problem = "its answer is not complete";
        foreach (string name in (ReadOnlySpan<string>)["implementation_name", "implementation_version", "os_name", "platform_machine",
            "platform_python_implementation", "platform_release", "platform_system", "platform_version", "python_full_version",
            "python_version", "sys_platform", "base_prefix", "abi_flags", "cache_tag", "libc"])
        {
            if (!answer.Texts.ContainsKey(name)) return false;
        }
        return answer.Lists.ContainsKey("library") && answer.Lists.ContainsKey("modules")
            && Path.IsPathFullyQualified(answer["base_prefix"]);
    }

    private static Interpreter Describe(string path, Answered answered)
    {
        var (realPath, executable, answer) = answered;
        if (!TryReadTwoNumbers(answer["python_version"], out int major, out int minor))
            throw new InterpreterException(path, "it does not say which version it is");
        if (major != 3 || minor < OldestMinor)
            throw new InterpreterException(
                path, $"it is Python {answer["python_full_version"]}; 3.{OldestMinor} is the oldest that is supported");
        string flags = answer["abi_flags"];
        var target = new TagTarget(answer["implementation_name"], major, minor,
            FreeThreaded: flags.Contains('t', StringComparison.Ordinal), Debug: flags.Contains('d', StringComparison.Ordinal),
            executable.Architecture, LibcOf(realPath, executable, answer));
        return new Interpreter(realPath, answer["base_prefix"], answer["python_full_version"], MarkersOf(answer), target,
            answer.Lists["modules"].ToHashSet(StringComparer.Ordinal))
        {
            AskedFor = path,
            LibraryDirectories = [.. answer.Lists["library"].Where(Path.IsPathFullyQualified)],
            ByteCodeTag = answer["cache_tag"],
        };
    }

    private static MarkerEnvironment MarkersOf(InterpreterAnswer answer) => new()
    {
        ImplementationName = answer["implementation_name"],
        ImplementationVersion = answer["implementation_version"],
        OsName = answer["os_name"],
        PlatformMachine = answer["platform_machine"],
        PlatformPythonImplementation = answer["platform_python_implementation"],
        PlatformRelease = answer["platform_release"],
        PlatformSystem = answer["platform_system"],
        PlatformVersion = answer["platform_version"],
        PythonFullVersion = answer["python_full_version"],
        PythonVersion = answer["python_version"],
        SysPlatform = answer["sys_platform"],
    };

    private static LibcVersion LibcOf(string realPath, ElfExecutable executable, InterpreterAnswer answer)
    {
        const string Glibc = "glibc ", Musl = "ld-musl-", Version = "Version ";
        string text = answer["libc"];
        if (text.StartsWith(Glibc, StringComparison.Ordinal) && TryReadTwoNumbers(text.AsSpan(Glibc.Length), out int major, out int minor))
            return new LibcVersion(LibcKind.Glibc, major, minor);
        if (executable.Loader is not { } loader)
            throw new InterpreterException(realPath, "it is linked statically, so no compiled wheel could be loaded");
        if (!Path.GetFileName(loader).StartsWith(Musl, StringComparison.Ordinal))
            throw new InterpreterException(realPath, $"its C library is neither glibc nor musl ({loader})");
        // musl says its version only when its loader is started as a program (PEP 656).
        string said = Encoding.UTF8.GetString(Run(loader, []).StandardError);
        foreach (var line in said.AsSpan().EnumerateLines())
        {
            if (line.StartsWith(Version, StringComparison.Ordinal) && TryReadTwoNumbers(line[Version.Length..], out major, out minor))
                return new LibcVersion(LibcKind.Musl, major, minor);
        }
        throw new InterpreterException(realPath, $"its C library does not say its version ({loader})");
    }

    /// <summary><c>2.36</c> and what may follow it, <c>1.2.3</c>.</summary>
    private static bool TryReadTwoNumbers(ReadOnlySpan<char> text, out int first, out int second)
    {
        (first, second) = (0, 0);
        int dot = text.IndexOf('.');
        if (dot < 0 || !int.TryParse(text[..dot], NumberStyles.None, CultureInfo.InvariantCulture, out first)) return false;
        text = text[(dot + 1)..];
        int end = text.IndexOfAnyExceptInRange('0', '9');
        return int.TryParse(end < 0 ? text : text[..end], NumberStyles.None, CultureInfo.InvariantCulture, out second);
    }

    private sealed record Answered(string RealPath, ElfExecutable Executable, InterpreterAnswer Answer);
}
