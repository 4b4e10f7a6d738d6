using System.Diagnostics;
using System.Text;
using Sandpiper.Kernel;

namespace Sandpiper.Sandbox.Programs;

/// <summary>
/// A program that stays, is asked by a line and answers by one. It ends when it is let go, with all that a sandbox around it holds.
/// For one thread at a time.
/// </summary>
public sealed class LastingProgram : IDisposable
{
    private static readonly TimeSpan EndTime = TimeSpan.FromSeconds(5);

    private readonly Process _process;
    private readonly StringBuilder _errors = new();
    private readonly byte[] _piece = new byte[16 << 10];
    private int _at, _end;

    private LastingProgram(Process process)
    {
        _process = process;
        process.ErrorDataReceived += (_, line) =>
        {
            lock (_errors)
            {
                if (line.Data is { } said && _errors.Length < MostErrors) _errors.Append(said).Append('\n');
            }
        };
        process.BeginErrorReadLine();
    }

    private const int MostErrors = 16 << 10;

    /// <summary>What it complained of so far.</summary>
    public string Errors
    {
        get { lock (_errors) return _errors.ToString(); }
    }

    /// <param name="path">Absolute; never looked up.</param>
    /// <param name="variables">Its whole environment.</param>
    /// <exception cref="KernelException">It could not be started.</exception>
    internal static LastingProgram Start(string path, IReadOnlyList<string> arguments, IReadOnlyDictionary<string, string> variables) =>
        new(PlainProgram.Start(path, arguments, variables));

    /// <summary>Asks, and waits for the answer.</summary>
    /// <param name="line">Without an end of line in it.</param>
    /// <param name="limit">How long the answer may take.</param>
    /// <param name="maxBytes">Of the answer.</param>
    /// <returns>Null when there is none: it ended, took too long or said too much. It is no more to be asked then.</returns>
    public byte[]? Ask(ReadOnlySpan<byte> line, TimeSpan limit, int maxBytes)
    {
        if (!Tell(line)) return null;
        using var cancel = new CancellationTokenSource(limit);
        try
        {
            return ReadLineAsync(maxBytes, cancel.Token).GetAwaiter().GetResult();
        }
        catch (OperationCanceledException)
        {
            return null;
        }
    }

    /// <summary>Says a line, and waits for nothing.</summary>
    /// <param name="line">Without an end of line in it.</param>
    /// <returns>False when it has ended.</returns>
    public bool Tell(ReadOnlySpan<byte> line)
    {
        try
        {
            Stream input = _process.StandardInput.BaseStream;
            input.Write(line);
            input.WriteByte((byte)'\n');
            input.Flush();
            return true;
        }
        catch (IOException)
        {
            return false;
        }
    }

    /// <summary>Waits for it to end by itself.</summary>
    /// <returns>Its exit code; null when it takes longer.</returns>
    public int? WaitForEnd(TimeSpan limit) => _process.WaitForExit(limit) ? _process.ExitCode : null;

    /// <summary>Ends it from another thread: who waits for an answer gets none.</summary>
    public void Kill()
    {
        if (!_process.HasExited) _process.Kill();
    }

    private async Task<byte[]?> ReadLineAsync(int maxBytes, CancellationToken cancel)
    {
        using var line = new MemoryStream();
        while (line.Length <= maxBytes)
        {
            if (_at == _end)
            {
                (_at, _end) = (0, await _process.StandardOutput.BaseStream.ReadAsync(_piece, cancel));
                if (_end == 0) return null;
            }
            int newline = Array.IndexOf(_piece, (byte)'\n', _at, _end - _at);
            line.Write(_piece, _at, (newline < 0 ? _end : newline) - _at);
            _at = newline < 0 ? _end : newline + 1;
            if (newline >= 0) return line.ToArray();
        }
        return null;
    }

    /// <summary>Ends it.</summary>
    public void Dispose()
    {
        Kill();
        _process.WaitForExit(EndTime);
        _process.Dispose();
    }
}
