using System.ComponentModel;
using System.Diagnostics;
using Sandpiper.Kernel;
using Sandpiper.Kernel.Processes;

namespace Sandpiper.Sandbox.Programs;

/// <summary>
/// Runs a program of the system itself (an interpreter with <c>-I -S</c>), unconfined: absolute path, given environment, bounded output and
/// time.
/// </summary>
public static class PlainProgram
{
    // What a dead program wrote is in the pipes already; on a busy machine it takes a while until it has been read.
    private static readonly TimeSpan DrainTime = TimeSpan.FromSeconds(5);

    /// <param name="path">Absolute; never looked up.</param>
    /// <param name="arguments">Without the program's own name.</param>
    /// <param name="variables">Its whole environment.</param>
    /// <param name="limit">After that it is killed.</param>
    /// <param name="maxOutputBytes">Of each stream; the rest is read and dropped.</param>
    /// <exception cref="KernelException">It could not be started.</exception>
    public static ProgramOutput Run(string path, IReadOnlyList<string> arguments, IReadOnlyDictionary<string, string> variables,
        TimeSpan limit, int maxOutputBytes)
    {
        using var cancel = new CancellationTokenSource();
        using Process process = Start(path, arguments, variables);
        process.StandardInput.Close(); // an end of file at once, as /dev/null has it
        Task<(byte[] Kept, bool Truncated)> output = KeepAsync(process.StandardOutput.BaseStream, maxOutputBytes, cancel.Token);
        Task<(byte[] Kept, bool Truncated)> error = KeepAsync(process.StandardError.BaseStream, maxOutputBytes, cancel.Token);
        bool timedOut = !process.WaitForExit(limit);
        if (timedOut)
        {
            process.Kill();
            process.WaitForExit(DrainTime);
        }
        // A grandchild may hold the pipes open for ever: what has arrived by then is what there is.
        cancel.CancelAfter(DrainTime);
        Task.WaitAll(output, error);
        return new ProgramOutput(
            process.HasExited ? process.ExitCode : 128 + 9, output.Result.Kept, error.Result.Kept, output.Result.Truncated
                || error.Result.Truncated, timedOut);
    }

    /// <summary>With pipes for its standard streams; it gets nothing of ours but what is named.</summary>
    /// <inheritdoc cref="Run" path="/param[@name='path' or @name='arguments' or @name='variables']|/exception"/>
    internal static Process Start(string path, IReadOnlyList<string> arguments, IReadOnlyDictionary<string, string> variables)
    {
        if (!Path.IsPathFullyQualified(path)) throw new ArgumentException($"not a full path: `{path}`", nameof(path));
        InheritedDescriptors.StayWithUs();
        var start = new ProcessStartInfo(path, arguments)
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = "/", // not ours: a program may look into it
        };
        start.Environment.Clear();
        foreach (var (name, value) in variables) start.Environment[name] = value;
        try
        {
            return Process.Start(start)!; // null only with the shell of Windows
        }
        catch (Win32Exception e)
        {
            throw new KernelException($"starting `{path}`", e.NativeErrorCode);
        }
    }

    private static async Task<(byte[] Kept, bool Truncated)> KeepAsync(Stream stream, int maxBytes, CancellationToken cancel)
    {
        using var kept = new MemoryStream();
        byte[] buffer = new byte[16 * 1024];
        bool truncated = false;
        try
        {
            while (await stream.ReadAsync(buffer, cancel) is var got and > 0)
            {
                int room = Math.Min(got, maxBytes - (int)kept.Length);
                kept.Write(buffer, 0, room);
                truncated |= room < got;
            }
        }
        catch (OperationCanceledException)
        {
            truncated = true; // somebody still holds the other end
        }
        return (kept.ToArray(), truncated);
    }
}
