using System.Text;
using Sandpiper.Packaging.Wheels;

namespace Sandpiper.Environments.Composing;

/// <summary>The text of scripts: for an entry point, and the first line of those that a wheel brings.</summary>
internal static class Launcher
{
    private const int MaxShebang = 127; // BINPRM_BUF_SIZE - 1 of the kernels in use; longer first lines are cut off silently

    /// <summary>A command that calls a function. Every part was checked to be plain identifiers when the wheel was read.</summary>
    public static byte[] Of(ScriptEntryPoint script, string python)
    {
        string root = script.Attribute.Split('.')[0];
        return Encoding.UTF8.GetBytes($"{FirstLines(python)}import sys\nfrom {script.Module} import {root}\nif __name__ == \"__main__\":\n    sys.exit({script.Attribute}())\n");
    }

    /// <summary>A wheel's script with its <c>#!python</c> line made to name the environment's interpreter.</summary>
    public static byte[] Rewritten(ReadOnlySpan<byte> script, string python)
    {
        int end = script.IndexOf((byte)'\n');
        ReadOnlySpan<byte> rest = end < 0 ? [] : script[(end + 1)..];
        return [.. Encoding.UTF8.GetBytes(FirstLines(python)), .. rest];
    }

    // Too long, or with a space, the kernel cannot read it: then the shell starts Python, in a line that Python takes for a text.
    private static string FirstLines(string python) => python.Length + 3 <= MaxShebang && !python.Contains(' ', StringComparison.Ordinal)
        ? $"#!{python}\n"
        : $"#!/bin/sh\n'''exec' \"{python}\" \"$0\" \"$@\"\n' '''\n";
}
