using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using Sandpiper.Sandbox.Programs;

namespace Sandpiper.Assessment.Replicas;

/// <summary>
/// Stays in a person's view and starts there, one after the other, what he does; a view and an interpreter for every single step would cost
/// more than the steps. It also listens on the view's loopback for what a probe sends, because nothing else reaches across a network of its
/// own. What it starts has none of its descriptors.
/// </summary>
internal static class Attendant
{
    private const string Source = """
        import os, sys, socket, select, json, base64
        port, most = int(sys.argv[1]), int(sys.argv[2])
        listener = socket.socket()
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(("127.0.0.1", port))
        listener.listen(64)
        listener.setblocking(False)
        def take(received):
            try:
                s, _ = listener.accept()
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
            return base64.b64encode(text).decode()
        for line in sys.stdin.buffer:
            asked = json.loads(line)
            received, out, err = [], os.memfd_create("out"), os.memfd_create("err")
            code = wait(start(asked["command"], asked["variables"], out, err), received)
            answer = {"exit": code, "out": said(out), "err": said(err), "received": base64.b64encode(b"".join(received)).decode()}
            sys.stdout.write(json.dumps(answer) + "\n")
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
        byte[] answer = attendant.Ask(Question(command, variables), Patience, MostAnswer)
            ?? throw new StepNotDoneException(command[0], attendant.Errors);
        using JsonDocument said = JsonDocument.Parse(answer);
        JsonElement root = said.RootElement;
        received = System.Text.Encoding.UTF8.GetString(root.GetProperty("received").GetBytesFromBase64());
        return new(root.GetProperty("exit").GetInt32(), root.GetProperty("out").GetBytesFromBase64(),
            root.GetProperty("err").GetBytesFromBase64(), WasTruncated: false, TimedOut: false);
    }

    private static byte[] Question(ImmutableArray<string> command, ImmutableDictionary<string, string> variables)
    {
        using var bytes = new MemoryStream();
        using (var json = new Utf8JsonWriter(bytes))
        {
            json.WriteStartObject();
            json.WriteStartArray("command");
            foreach (string word in command) json.WriteStringValue(word);
            json.WriteEndArray();
            json.WriteStartObject("variables");
            foreach (var (name, value) in variables) json.WriteString(name, value);
            json.WriteEndObject();
            json.WriteEndObject();
        }
        return bytes.ToArray();
    }

    private static string Number(int value) => value.ToString(CultureInfo.InvariantCulture);
}

/// <summary>A step of a trial could not be done to its end, so that what it would have reached is not known.</summary>
internal sealed class StepNotDoneException(string program, string said)
    : IOException($"`{program}` could not be done{(said.Length > 0 ? $": {said.Trim()}" : "")}");
