using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using Sandpiper.Sandbox.Programs;

namespace Sandpiper.Assessment.Replicas;

/// <summary>
/// Listens on the replica's loopback for what a probe sends, because nothing else reaches across a network of its own. It is started before
/// the command, and its standard output, which the command does not have, carries what arrived.
/// </summary>
internal static class Sink
{
    private const string Source = """
        import os, sys, socket, select
        port = int(sys.argv[1])
        listener = socket.socket()
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(("127.0.0.1", port))
        listener.listen(64)
        listener.setblocking(False)
        child = os.fork()
        if child == 0:
            listener.close()
            os.dup2(2, 1)
            try:
                os.execv(sys.argv[2], sys.argv[2:])
            except OSError as error:
                sys.stderr.write("%s: %s\n" % (sys.argv[2], error.strerror))
            os._exit(127)
        def take():
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
            os.write(1, data)
            return True
        # Without pidfd (Python 3.8) it has to look now and then whether the command has ended.
        end = os.pidfd_open(child) if hasattr(os, "pidfd_open") else None
        while True:
            ready = select.select([listener] if end is None else [listener, end], [], [], 0.02 if end is None else None)[0]
            if listener in ready:
                take()
            if end is None or end in ready:
                done, status = os.waitpid(child, os.WNOHANG)
                if done:
                    break
        while take():
            pass
        sys.exit(os.WEXITSTATUS(status) if os.WIFEXITED(status) else 128 + os.WTERMSIG(status))
        """;

    /// <summary>What stands before a command.</summary>
    public static ImmutableArray<string> Before(int port) =>
        ["/usr/bin/python3", "-I", "-S", "-c", Source, port.ToString(CultureInfo.InvariantCulture)];

    public static string Received(ProgramOutput output) => Encoding.UTF8.GetString(output.StandardOutput);
}
