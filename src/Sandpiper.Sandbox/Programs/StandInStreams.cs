using System.Collections.Immutable;
using Microsoft.Win32.SafeHandles;
using Sandpiper.Kernel;
using Sandpiper.Kernel.Files;
using Sandpiper.Kernel.Sockets;

namespace Sandpiper.Sandbox.Programs;

/// <summary>
/// What a confined program gets where our own standard streams are files. A descriptor is a way out of every mount namespace: through
/// <c>/proc/self/fd</c> a file that was opened for reading can be opened again for writing, and a log that is appended to can be read.
/// </summary>
/// <remarks>
/// Input is a copy in memory, whose position says afterwards how much of ours was used; output comes through a pipe. Terminals, pipes and
/// sockets are handed on as they are: there is nothing behind them that the program does not have already. A socket stays connected as it
/// is (<see cref="Connections.ConnectionSupervisor"/>).
/// </remarks>
internal sealed class StandInStreams : IDisposable
{
    private const int Input = 0, Output = 1, Errors = 2;
    private const int MostBytesInMemory = 64 << 20; // more comes through a pipe, and all of it counts as used
    private const int PieceBytes = 64 << 10;

    private readonly List<(SafeFileHandle Theirs, int Number)> _replaced = [];
    private readonly List<Thread> _outputs = [];
    private Thread? _inputPump;
    private readonly SafeFileHandle _input = new(Input, ownsHandle: false);
    private SafeFileHandle? _copy;
    private long _start;
    private volatile bool _lost;

    private StandInStreams() { }

    /// <summary>For <c>ChildProcess</c>: what takes the place of which standard stream.</summary>
    public ImmutableArray<(SafeFileHandle File, int Number)> Replaced => [.. _replaced];

    /// <exception cref="SandboxUnavailableException">A stream is a directory: everything beside and above it could be reached.</exception>
    /// <exception cref="KernelException">No memory, or no descriptors left.</exception>
    public static StandInStreams ForOurs()
    {
        var streams = new StandInStreams();
        try
        {
            if (IsFile(Input)) streams.ReplaceInput();
            bool outputIsFile = IsFile(Output), errorsAreFile = IsFile(Errors);
            if (outputIsFile) streams.ReplaceOutput(Output);
            // `> log 2>&1`: one pipe keeps the lines in their order.
            if (errorsAreFile && outputIsFile && IdentityOf(Output) == IdentityOf(Errors))
            {
                streams._replaced.Add((streams._replaced[^1].Theirs, Errors));
            }
            else if (errorsAreFile) streams.ReplaceOutput(Errors);
            return streams;
        }
        catch
        {
            streams.Dispose();
            throw;
        }
    }

    /// <summary>The child has its ends: from now on only it holds them, and what it says is handed on.</summary>
    public void BeginOutput()
    {
        foreach (var (theirs, _) in _replaced.Where(r => r.Theirs != _copy)) theirs.Dispose();
        foreach (Thread output in _outputs) output.Start();
    }

    /// <summary>The program is about to begin: nobody before it reads what is meant for it.</summary>
    public void BeginInput() => _inputPump?.Start();

    /// <summary>
    /// The child and all it started are dead: what they wrote is handed on, and what they left of the input is unread again.
    /// </summary>
    /// <returns>False when some of the output could not be written.</returns>
    public bool End()
    {
        if (_copy is not null) Descriptor.MoveTo(_input, _start + Descriptor.Position(_copy));
        foreach (Thread output in _outputs) output.Join();
        return !_lost;
    }

    public void Dispose()
    {
        foreach (var (theirs, _) in _replaced) theirs.Dispose();
        // No program has read any of it.
        if (_inputPump is { ThreadState: ThreadState.Unstarted or (ThreadState.Unstarted | ThreadState.Background) })
            Descriptor.MoveTo(_input, _start);
        _input.Dispose();
    }

    private static bool IsFile(int number)
    {
        using var stream = new SafeFileHandle(number, ownsHandle: false);
        if (OpenSocket.FamilyOf(stream) is not null && OpenSocket.SendsToAnybody(stream))
        {
            throw new SandboxUnavailableException(SandboxObstacle.StreamReachesOthers, $"{number}");
        }
        return FileFacts.KindOf(stream) switch
        {
            FileType.Directory => throw new SandboxUnavailableException(SandboxObstacle.StreamIsDirectory, $"{number}"),
            FileType.Regular or FileType.BlockDevice => true,
            _ => false,
        };
    }

    private static FileIdentity IdentityOf(int number)
    {
        using var stream = new SafeFileHandle(number, ownsHandle: false);
        return FileFacts.IdentityOf(stream);
    }

    private void ReplaceInput()
    {
        _start = Descriptor.Position(_input);
        using var content = new MemoryStream();
        byte[] piece = new byte[PieceBytes];
        while (content.Length <= MostBytesInMemory && Descriptor.Read(_input, piece) is > 0 and var got) content.Write(piece, 0, got);
        if (content.Length <= MostBytesInMemory)
        {
            _copy = MemoryFile.With("input", content.GetBuffer().AsSpan(0, (int)content.Length));
            _replaced.Add((_copy, Input));
            Descriptor.MoveTo(_input, _start);
            return;
        }
        var (reader, writer) = Pipe.Blocking();
        _replaced.Add((reader, Input));
        byte[] first = content.ToArray();
        // In the background: a program that ends without having read everything ends it, too.
        _inputPump = new Thread(() =>
        {
            using var ours = new SafeFileHandle(Input, ownsHandle: false); // it may outlive everything else here
            using (writer)
            {
                if (!Descriptor.TryWrite(writer, first)) return;
                while (Descriptor.Read(ours, piece) is > 0 and var got && Descriptor.TryWrite(writer, piece.AsSpan(0, got))) { }
            }
        }) { IsBackground = true };
    }

    private void ReplaceOutput(int number)
    {
        var (reader, writer) = Pipe.Blocking();
        _replaced.Add((writer, number));
        _outputs.Add(new Thread(() =>
        {
            using var ours = new SafeFileHandle(number, ownsHandle: false);
            byte[] piece = new byte[PieceBytes];
            // Closed early when the disk is full: the program then has nobody to write to, and hears of it.
            using (reader)
            {
                while (!_lost && Descriptor.Read(reader, piece) is > 0 and var got)
                {
                    _lost |= !Descriptor.TryWrite(ours, piece.AsSpan(0, got));
                }
            }
        }));
    }
}
