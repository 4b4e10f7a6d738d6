using System.Buffers.Binary;
using System.Text;

namespace Sandpiper.Interpreters;

/// <summary>
/// The byte code of one wheel, as an interpreter made it that was confined: it only compiles, and imports nothing of the wheel. Read as
/// hostile: what was compiled can be made to break the compiler. Then it has spoilt its own byte code, and no other wheel's.
/// </summary>
/// <param name="ByPath">Of the sources, below the tree; what did not compile is missing.</param>
/// <param name="IsWhole">It came to its end; otherwise what came before counts.</param>
public sealed record CompiledModules(IReadOnlyDictionary<string, ReadOnlyMemory<byte>> ByPath, bool IsWhole)
{
    private const int HeaderSize = 16;          // of a .pyc file: PEP 552
    private const int UncheckedHash = 1;        // its flags: known by the hash of the source, which is not compared at imports
    private const int MaxPathBytes = 4096;

    /// <summary>
    /// Compiles every module below the directory that it is given, on Python 3.8 and later, and writes one frame for each to its output:
    /// length of the path, length of the byte code, both; a path of no length ends it. Its limits come before it has read anything.
    /// </summary>
    /// <remarks>
    /// The limit of processor time moves along, so that one module without an end does not take the others' time. What is too large, is
    /// no Python, or needs more memory, has no byte code, and is compiled at each import as if nobody had tried.
    /// </remarks>
    public const string Script = """
        import importlib.util, marshal, os, resource, struct, sys, warnings
        def limit(what, most, hard=None):
            have = resource.getrlimit(what)[1]
            hard = most if hard is None else hard
            hard = hard if have == resource.RLIM_INFINITY else min(hard, have)
            resource.setrlimit(what, (min(most, hard), hard))
        limit(resource.RLIMIT_AS, 2 << 30)
        limit(resource.RLIMIT_FSIZE, 0)
        limit(resource.RLIMIT_NOFILE, 32)
        limit(resource.RLIMIT_CORE, 0)
        warnings.simplefilter('ignore')
        out = os.fdopen(1, 'wb')
        top = sys.argv[1]
        head = importlib.util.MAGIC_NUMBER + struct.pack('<I', 1)
        def compiled(path, name):
            with open(path, 'rb') as file:
                source = file.read((16 << 20) + 1)
            if len(source) > 16 << 20:
                return b''
            code = compile(source, name, 'exec', dont_inherit=True)
            return head + importlib.util.source_hash(source) + marshal.dumps(code)
        for directory, below, files in os.walk(top):
            below[:] = sorted(d for d in below if d != '__pycache__')
            for file in sorted(files):
                path = os.path.join(directory, file)
                if not file.endswith('.py') or os.path.islink(path):
                    continue
                used = resource.getrusage(resource.RUSAGE_SELF)
                limit(resource.RLIMIT_CPU, int(used.ru_utime + used.ru_stime) + 20, 1200)
                name = os.path.relpath(path, top)
                try:
                    code = compiled(path, name)
                except Exception:
                    code = b''
                name = os.fsencode(name)
                out.write(struct.pack('<II', len(name), len(code)) + name + code)
        out.write(struct.pack('<II', 0, 0))
        out.flush()
        """;

    /// <summary>As many bytes as it may answer for sources of this size: far above what a compiler makes of them.</summary>
    public static int MaxAnswerBytes(long sourceBytes) => (int)Math.Min(1 << 30, (1 << 20) + 8 * sourceBytes);

    public static CompiledModules Parse(ReadOnlyMemory<byte> answer)
    {
        var found = new Dictionary<string, ReadOnlyMemory<byte>>(StringComparer.Ordinal);
        while (answer.Length >= 8)
        {
            uint path = BinaryPrimitives.ReadUInt32LittleEndian(answer.Span);
            uint code = BinaryPrimitives.ReadUInt32LittleEndian(answer.Span[4..]);
            answer = answer[8..];
            if (path == 0) return new(found, IsWhole: code == 0 && answer.IsEmpty);
            if (path > MaxPathBytes || (ulong)path + code > (ulong)answer.Length) break;
            var content = answer.Slice((int)path, (int)code);
            // Of two for one module none counts: who writes a frame more than the script does is not the script.
            if (!found.TryAdd(Encoding.UTF8.GetString(answer.Span[..(int)path]), content)) break;
            answer = answer[(int)(path + code)..];
        }
        return new(found, IsWhole: false);
    }

    /// <summary>The byte code of a module; null when there is none that could be.</summary>
    public ReadOnlyMemory<byte>? Find(string path) =>
        ByPath.TryGetValue(path, out var code) && code.Length > HeaderSize
            && BinaryPrimitives.ReadUInt16LittleEndian(code.Span[2..]) == 0x0a0d
            && BinaryPrimitives.ReadUInt32LittleEndian(code.Span[4..]) == UncheckedHash ? (ReadOnlyMemory<byte>?)code : null;
}
