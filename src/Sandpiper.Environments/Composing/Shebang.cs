using System.Text;
using Sandpiper.Environments.Generations;

namespace Sandpiper.Environments.Composing;

/// <summary>The first line of a script, by which the kernel finds its interpreter.</summary>
public static class Shebang
{
    private const int MaxBytes = 127;       // of the whole line, before Linux 5.1: BINPRM_BUF_SIZE, less one

    /// <summary>
    /// <c>#!path</c>; where that would be cut off or taken apart, a line that is a shell command to <c>sh</c> and a string to Python
    /// (distlib's way, which pip, uv and pypa/installer follow).
    /// </summary>
    /// <exception cref="EnvironmentException">A path that cannot be written without meaning something else.</exception>
    public static string For(string python)
    {
        foreach (char c in python)
        {
            if (char.IsControl(c))
                throw new EnvironmentException("the path of the environment has a control character") { IsOfPlace = true };
        }
        string plain = $"#!{python}\n";
        if (!python.Contains(' ', StringComparison.Ordinal) && Encoding.UTF8.GetByteCount(plain) <= MaxBytes) return plain;
        // What means something between double quotes to sh, or would end the string in Python.
        if (python.AsSpan().ContainsAny("\"$`\\'"))
            throw new EnvironmentException(
                $"the path of the environment is too long or has a space, and has a quote, $ or \\ as well: {python}")
                { IsOfPlace = true };
        return $"#!/bin/sh\n'''exec' \"{python}\" \"$0\" \"$@\"\n' '''\n";
    }
}
