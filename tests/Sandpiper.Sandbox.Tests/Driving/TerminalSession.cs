using System.Collections.Immutable;
using System.Text.Json;
using Sandpiper.Sandbox.Profiles;

namespace Sandpiper.Sandbox.Tests.Driving;

/// <summary>A user's terminal: what is typed into it, in turn with what is read on it, and what came out of it in the end.</summary>
internal sealed class TerminalSession(Ground ground)
{
    // Each step waits for a text after the last one, and then types, or makes the window another size. Nothing waits for a time.
    private const string Outer = """
        import fcntl, json, os, pty, struct, sys, termios
        steps = json.loads(sys.argv[1])
        child, terminal = pty.fork()
        if child == 0: os.execv(sys.argv[2], sys.argv[2:])
        seen, at = b'', 0
        def size(rows, columns): fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack('HHHH', rows, columns, 0, 0))
        size(24, 80)
        while True:
            try: piece = os.read(terminal, 65536)
            except OSError: break
            if not piece: break
            seen += piece
            while steps and (found := seen.find(steps[0][0].encode(), at)) >= 0:
                wait, what = steps.pop(0)
                at = found + len(wait.encode())
                if what == 'RESIZE': size(40, 100)
                else: os.write(terminal, what.encode())
        print(json.dumps({'left': len(steps), 'seen': seen.decode('latin-1'), 'exit': os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])}))
        """;

    private const string Prompt = "@ ";

    /// <summary>One command.</summary>
    public (string Seen, int ExitCode) Run(ImmutableArray<string> command, params ImmutableArray<(string Wait, string Type)> steps)
    {
        string asJson = $"[{string.Join(',', steps.Select(step =>
            $"[\"{JsonEncodedText.Encode(step.Wait)}\",\"{JsonEncodedText.Encode(step.Type)}\"]"))}]";
        Outcome outcome = Ground.Finish(ground.AsOrdinaryUser(["/usr/bin/python3", "-I", "-c", Outer, asJson, .. command]));
        Assert.True(outcome.ExitCode == 0, $"{outcome}");
        using var answer = JsonDocument.Parse(outcome.Output);
        JsonElement root = answer.RootElement;
        string seen = root.GetProperty("seen").GetString()!;
        Assert.True(root.GetProperty("left").GetInt32() == 0, $"it ended before all was typed: {seen}");
        return (seen, root.GetProperty("exit").GetInt32());
    }

    /// <summary>The same, confined.</summary>
    public (string Seen, int ExitCode) Confined(Confinement confinement, ImmutableArray<string> command,
        params ImmutableArray<(string Wait, string Type)> steps) => Run(Ground.ConfinedCommand(confinement, command), steps);

    /// <summary>
    /// A shell with job control, in which <c>$R</c> starts a program confined: each line is typed at the prompt that follows the step
    /// before.
    /// </summary>
    public string Shell(Confinement confinement, params ImmutableArray<(string Wait, string Type)> steps)
    {
        string command = Path.Join(ground.Project, "confined.sh"), settings = Path.Join(ground.Project, "shell.rc");
        string confined = string.Join(' ', Ground.ConfinedCommand(confinement, "@").Select(Quoted));
        File.WriteAllText(command, $"exec {confined.Replace("'@'", "\"$@\"", StringComparison.Ordinal)}\n");
        File.WriteAllText(settings, $"PS1='{Prompt}'; set -b; bind 'set enable-bracketed-paste off'; R='sh {command}'\n");
        ground.Own();
        return Run(["/bin/bash", "--noprofile", "--rcfile", settings, "-i"], [.. steps, (Prompt, "exit\r")]).Seen;
    }

    private static string Quoted(string word) => $"'{word.Replace("'", "'\\''", StringComparison.Ordinal)}'";
}
