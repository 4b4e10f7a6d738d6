namespace Sandpiper.EndToEnd.Tests.Staging;

/// <summary>Somebody who types when he has seen what he waits for. Nothing waits for a time.</summary>
internal static class SomebodyAtATerminal
{
    private const string Source = """
        import json, os, pty, sys
        steps = json.loads(sys.argv[1])
        child, terminal = pty.fork()
        if child == 0: os.execv(sys.argv[2], sys.argv[2:])
        seen, at = b'', 0
        while True:
            try: piece = os.read(terminal, 65536)
            except OSError: break
            if not piece: break
            seen += piece
            while steps and (found := seen.find(steps[0][0].encode(), at)) >= 0:
                wait, what = steps.pop(0)
                at = found + len(wait)
                os.write(terminal, what.encode())
                open('typed', 'w').close()
        sys.stdout.write(seen.decode())
        sys.exit(99 if steps else os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
        """;

    /// <param name="steps">JSON: pairs of what is waited for, after the last, and what is typed then. A file <c>typed</c> is made.</param>
    /// <param name="words">Of the published command.</param>
    /// <returns>What was seen, as output; exit code 99 where not all was typed.</returns>
    public static Outcome Run(Somebody user, string steps, params string[] words) => Start(user, steps, [PublishedCommand.Path, .. words]);

    /// <summary>The same of any program.</summary>
    public static Outcome Start(Somebody user, string steps, params string[] program) =>
        user.Run(["/usr/bin/python3", "-I", "-c", Source, steps, .. program]);
}
