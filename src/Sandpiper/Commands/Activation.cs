using Sandpiper.Console;

namespace Sandpiper.Commands;

/// <summary>What a shell of the user's reads to have an environment's commands first, each of them confined.</summary>
internal static class Activation
{
    /// <summary>For sh, bash, zsh, dash and ksh; no word of it is run as a program.</summary>
    /// <param name="name">Of the environment; it has no character that a shell reads.</param>
    /// <param name="directory">Of its commands; no colon is in it.</param>
    public static string For(string name, string directory) => $$"""
        if [ -n "${_SANDPIPER_OLD_PATH+x}" ]; then deactivate; fi
        _SANDPIPER_OLD_PATH=$PATH
        PATH={{InShell.Quoted(directory)}}:$PATH
        export PATH
        if [ -n "${PS1-}" ]; then _SANDPIPER_OLD_PS1=$PS1; PS1="({{name}}) $PS1"; fi
        deactivate () {
            PATH=$_SANDPIPER_OLD_PATH
            if [ -n "${_SANDPIPER_OLD_PS1+x}" ]; then PS1=$_SANDPIPER_OLD_PS1; fi
            unset _SANDPIPER_OLD_PATH _SANDPIPER_OLD_PS1
            unset -f deactivate
            hash -r 2>/dev/null
        }
        hash -r 2>/dev/null
        """;
}
