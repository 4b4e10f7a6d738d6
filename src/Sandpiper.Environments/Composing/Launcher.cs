using System.Text;
using Sandpiper.Packaging.Wheels;

namespace Sandpiper.Environments.Composing;

/// <summary>The scripts of an environment: those made for entry points, and those that a wheel ships for any Python.</summary>
/// <param name="python">Absolute: the environment's interpreter, at its final place.</param>
public sealed class Launcher(string python)
{
    private readonly string _shebang = Shebang.For(python);

    /// <summary>A program that calls <paramref name="script"/>, whose parts are nothing but dotted identifiers.</summary>
    /// <remarks>
    /// Python puts the directory of a script first among those it imports from. Here that is <c>bin/</c>, where any package may have put a
    /// <c>json.py</c>, so it is taken out again before anything is imported; pip's and uv's launchers leave it in. Only when it is the main
    /// program: multiprocessing runs it again in every worker, as <c>__mp_main__</c>, with the parent's path
    /// (Lib/multiprocessing/spawn.py).
    /// </remarks>
    public byte[] For(ScriptEntryPoint script)
    {
        string imported = script.Attribute.Split('.')[0];
        return Encoding.UTF8.GetBytes($$"""
            {{_shebang}}import sys
            if __name__ == '__main__' and not getattr(sys.flags, 'safe_path', sys.flags.isolated):
                del sys.path[0]
            from {{script.Module}} import {{imported}}
            if __name__ == '__main__':
                sys.exit({{script.Attribute}}())

            """);
    }

    /// <summary>
    /// A shipped script with its first line, <c>#!python…</c>, turned into that of this interpreter; the rest stays as it is.
    /// </summary>
    public byte[] Rewrite(ReadOnlySpan<byte> shipped)
    {
        int end = shipped.IndexOf((byte)'\n');
        return [.. Encoding.UTF8.GetBytes(_shebang), .. end < 0 ? [] : shipped[(end + 1)..]];
    }
}
