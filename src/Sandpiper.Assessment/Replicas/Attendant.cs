using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using Sandpiper.Sandbox.Programs;

namespace Sandpiper.Assessment.Replicas;

/// <summary>
/// Stays in a person's view and starts there, one after the other, what he does; a view and an interpreter for every single step would cost
/// more than the steps. It also listens on the view's loopback for what a probe sends, because nothing else reaches across a network of its
/// own. What it starts has none of its descriptors.
/// </summary>
internal static class Attendant
{
    // Nothing is imported that takes time: there are several of it in every trial. Words travel in hexadecimal, joined by zeros.
    private const string Source = """
        import os, sys, select, _socket
        port, most = int(sys.argv[1]), int(sys.argv[2])
        listener = _socket.socket()
        listener.setsockopt(_socket.SOL_SOCKET, _socket.SO_REUSEADDR, 1)
        listener.bind(("127.0.0.1", port))
        listener.listen(64)
        listener.setblocking(False)
        def take(received):
            try:
                s = _socket.socket(fileno=listener._accept()[0])
            except BlockingIOError:
                return False
            s.settimeout(5)
            data = b""
            try:
                while len(data) < 65536:
                    piece = s.recv(4096)
                    if not piece:
                        break
                    data += piece
            except OSError:
                pass
            s.close()
            received.append(data)
            return True
        def start(command, variables, out, err):
            child = os.fork()
            if child == 0:
                try:
                    os.setsid()
                    os.dup2(os.open("/dev/null", os.O_RDONLY), 0)
                    os.dup2(out, 1)
                    os.dup2(err, 2)
                    os.execve(command[0], command, variables)
                except OSError as error:
                    os.write(2, ("%s: %s\n" % (command[0], error.strerror)).encode())
                finally:
                    os._exit(127)
            return child
        def wait(child, received):
            # Without pidfd (Python 3.8) it has to look now and then whether the command has ended.
            end = os.pidfd_open(child) if hasattr(os, "pidfd_open") else None
            while True:
                ready = select.select([listener] if end is None else [listener, end], [], [], 0.02 if end is None else None)[0]
                if listener in ready:
                    take(received)
                if end is None or end in ready:
                    done, status = os.waitpid(child, os.WNOHANG)
                    if done:
                        break
            if end is not None:
                os.close(end)
            while take(received):
                pass
            return os.WEXITSTATUS(status) if os.WIFEXITED(status) else 128 + os.WTERMSIG(status)
        def said(file):
            size = os.fstat(file).st_size
            text = os.pread(file, most, max(0, size - most))
            os.close(file)
            return text.hex()
        def words(text):
            return bytes.fromhex(text).decode().split("\0")
        for line in sys.stdin:
            command, variables = map(words, line.split())
            received, out, err = [], os.memfd_create("out"), os.memfd_create("err")
            code = wait(start(command, dict(v.split("=", 1) for v in variables), out, err), received)
            sys.stdout.write("%d:%s:%s:%s\n" % (code, said(out), said(err), b"".join(received).hex()))
            sys.stdout.flush()
        """;

    // Of each stream of a command; the last of it is kept.
    private const int MostOutput = 64 << 10;
    private const int MostAnswer = 4 << 20;

    // Ends what hangs, and decides nothing else.
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);

    /// <summary>The attendant itself, to be started in a view.</summary>
    /// <param name="port">Where it listens.</param>
    public static ImmutableArray<string> Command(int port) =>
        ["/usr/bin/python3", "-I", "-S", "-c", Source, Number(port), Number(MostOutput)];

    /// <summary>Has a command done.</summary>
    /// <param name="received">What came to the sink meanwhile.</param>
    /// <exception cref="StepNotDoneException">The view is gone, or the command did not end: nothing is known of it.</exception>
    public static ProgramOutput Do(
        LastingProgram attendant, ImmutableArray<string> command, ImmutableDictionary<string, string> variables, out string received)
    {
        string question = $"{Hex(command)} {Hex(variables.Select(v => $"{v.Key}={v.Value}"))}";
        byte[] answer = attendant.Ask(Encoding.ASCII.GetBytes(question), Patience, MostAnswer)
            ?? throw new StepNotDoneException(command[0], attendant.Errors);
        if (Encoding.ASCII.GetString(answer).Split(':') is not [var exit, var output, var error, var sent]
            || !int.TryParse(exit, NumberStyles.None, CultureInfo.InvariantCulture, out int code))
        {
            throw new StepNotDoneException(command[0], attendant.Errors);
        }
        received = Encoding.UTF8.GetString(Convert.FromHexString(sent));
        return new(code, Convert.FromHexString(output), Convert.FromHexString(error), WasTruncated: false, TimedOut: false);
    }

    private static string Hex(IEnumerable<string> words) => Convert.ToHexStringLower(Encoding.UTF8.GetBytes(string.Join('\0', words)));

    private static string Number(int value) => value.ToString(CultureInfo.InvariantCulture);
}

/// <summary>A step of a trial could not be done to its end, so that what it would have reached is not known.</summary>
internal sealed class StepNotDoneException(string program, string said)
    : IOException($"`{program}` could not be done{(said.Length > 0 ? $": {said.Trim()}" : "")}");
