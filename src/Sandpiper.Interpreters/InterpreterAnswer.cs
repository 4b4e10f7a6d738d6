using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Text.Json;

namespace Sandpiper.Interpreters;

/// <summary>What an interpreter says of itself: one flat JSON object, read as hostile.</summary>
/// <param name="Texts">By name; everything that is a text.</param>
/// <param name="Lists">By name; everything that is a list of texts.</param>
internal sealed record InterpreterAnswer(
    ImmutableDictionary<string, string> Texts, ImmutableDictionary<string, ImmutableArray<string>> Lists)
{
    private const int MaxNames = 64;            // we ask for twenty
    private const int MaxListLength = 10_000;   // the standard library has three hundred modules
    private const int MaxTextLength = 4096;     // PATH_MAX

    private static readonly JsonReaderOptions Flat = new() { MaxDepth = 2 };

    /// <summary>
    /// Runs on every Python from 2.7, so that an old one can say that it is old. Whatever it says of the machine is what the standard's
    /// definition of the markers says to ask ("Dependency specifiers", "Environment markers").
    /// </summary>
    public const string Script = """
        import json, os, platform, sys
        def version(v):
            text = '%d.%d.%d' % (v.major, v.minor, v.micro)
            return text if v.releaselevel == 'final' else text + v.releaselevel[0] + str(v.serial)
        try:
            libc = os.confstr('CS_GNU_LIBC_VERSION') or ''
        except (AttributeError, ValueError, OSError):
            libc = ''
        modules = getattr(sys, 'stdlib_module_names', None)
        if modules is None:
            modules = set(sys.builtin_module_names)
            for directory in sys.path:
                if os.path.isdir(directory):
                    modules.update(name.split('.')[0] for name in os.listdir(directory))
            modules = [m for m in modules if m.isidentifier() and m not in ('__pycache__', 'test', 'sitecustomize', 'usercustomize')]
        implementation = getattr(sys, 'implementation', None)
        print(json.dumps({
            'implementation_name': implementation.name if implementation else '',
            'implementation_version': version(implementation.version) if implementation else '',
            'os_name': os.name,
            'platform_machine': platform.machine(),
            'platform_python_implementation': platform.python_implementation(),
            'platform_release': platform.release(),
            'platform_system': platform.system(),
            'platform_version': platform.version(),
            'python_full_version': platform.python_version(),
            'python_version': '.'.join(platform.python_version_tuple()[:2]),
            'sys_platform': sys.platform,
            'base_prefix': getattr(sys, 'base_prefix', sys.prefix),
            'abi_flags': getattr(sys, 'abiflags', ''),
            'cache_tag': getattr(implementation, 'cache_tag', '') or '',
            'libc': libc,
            'library': [p for p in sys.path if p],
            'modules': sorted(modules),
        }))
        """;

    public string this[string name] => Texts[name];

    /// <param name="problem">What does not fit, in words.</param>
    public static bool TryParse(ReadOnlySpan<byte> json, [NotNullWhen(true)] out InterpreterAnswer? answer, out string problem)
    {
        answer = null;
        problem = "its answer is not what was asked for";
        try
        {
            var reader = new Utf8JsonReader(json, Flat);
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject) return false;
            var texts = ImmutableDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);
            var lists = ImmutableDictionary.CreateBuilder<string, ImmutableArray<string>>(StringComparer.Ordinal);
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                string name = Text(ref reader);
                if (texts.Count + lists.Count == MaxNames || texts.ContainsKey(name) || lists.ContainsKey(name)) return false;
                reader.Read();
                if (reader.TokenType == JsonTokenType.String) texts[name] = Text(ref reader);
                else if (reader.TokenType == JsonTokenType.StartArray && TryTakeList(ref reader, out var list)) lists[name] = list;
                else return false;
            }
            if (reader.TokenType != JsonTokenType.EndObject || reader.Read()) return false;
            answer = new InterpreterAnswer(texts.ToImmutable(), lists.ToImmutable());
            return true;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or FormatException)
        {
            problem = $"its answer cannot be read ({e.Message})";
            return false;
        }
    }

    private static bool TryTakeList(ref Utf8JsonReader reader, out ImmutableArray<string> list)
    {
        var items = ImmutableArray.CreateBuilder<string>();
        list = [];
        while (reader.Read() && reader.TokenType == JsonTokenType.String)
        {
            if (items.Count == MaxListLength) return false;
            items.Add(Text(ref reader));
        }
        list = items.ToImmutable();
        return reader.TokenType == JsonTokenType.EndArray;
    }

    // Control characters would come to life in a file of ours or on a terminal; no path or version of ours has any.
    private static string Text(ref Utf8JsonReader reader)
    {
        string text = reader.GetString()!;
        if (text.Length > MaxTextLength) throw new FormatException("a text of more than 4096 characters");
        foreach (char c in text)
        {
            if (char.IsControl(c)) throw new FormatException("a control character");
        }
        return text;
    }
}
